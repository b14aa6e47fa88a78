/* cli/demo_folder.h -- where a demo lies: DEMO_DIR, which is kept, or a folder
 * of its own, which goes with it. */
#ifndef CLI_DEMO_FOLDER_H
#define CLI_DEMO_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

#define DEMO_PATH_SIZE (PATH_MAX + 32)

/* Where mails with reports go to in the demo, and what takes them. */
#define DEMO_RUA "tls-reports@ours.example"
#define DEMO_MAIL_SERVER "mail.ours.example"

struct demo_folder {
	char path[PATH_MAX];
	char config[DEMO_PATH_SIZE];	/* there once the sample has come in */
	char yesterday[DEMO_PATH_SIZE]; /* config until then */
	char log[DEMO_PATH_SIZE];
	/* Of HTTP, for a new configuration. */
	int64_t port, page_port;
	bool temporary;
	bool kept; /* it has a configuration already */
};

/* Find or make it; the ports stay. E_USAGE: a demo was broken off in it. */
MUST_CHECK enum err demo_folder_make(struct demo_folder *ret, struct why *why);

/* Write config or yesterday. offset_s: of tlsrptd's clock against the
 * machine's. */
MUST_CHECK enum err demo_folder_configure(const struct demo_folder *,
    const char *path, int64_t offset_s, struct why *why);

/* The last error in the log from byte start on, or what stands there that is no
 * log line: why tlsrptd ended. "" if there is none. */
#define DEMO_REASON_SIZE 1024
void demo_folder_reason(const struct demo_folder *, off_t start,
    char ret[DEMO_REASON_SIZE]);

/* Remove it with all that is in it. */
MUST_CHECK enum err demo_folder_remove(const struct demo_folder *);

#endif
