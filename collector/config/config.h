/* config/config.h -- tlsrptd.conf: one struct out of the table options.def. */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct list {
	char **v;
	size_t n;
};

#define CONFIG_TYPE_text char *
#define CONFIG_TYPE_path char *
#define CONFIG_TYPE_list struct list
#define CONFIG_TYPE_flag bool
#define CONFIG_TYPE_number int64_t
#define CONFIG_TYPE_mode int64_t
#define CONFIG_TYPE_duration int64_t
#define CONFIG_TYPE_size int64_t

#define CONFIG_FIELD_text(s, k) s##_##k
#define CONFIG_FIELD_path(s, k) s##_##k
#define CONFIG_FIELD_list(s, k) s##_##k
#define CONFIG_FIELD_flag(s, k) s##_##k
#define CONFIG_FIELD_number(s, k) s##_##k
#define CONFIG_FIELD_mode(s, k) s##_##k
#define CONFIG_FIELD_duration(s, k) s##_##k##_ms
#define CONFIG_FIELD_size(s, k) s##_##k##_bytes

struct config {
#define OPTION(section, key, type, def, min, max, taken, sentence) \
	CONFIG_TYPE_##type CONFIG_FIELD_##type(section, key);
#define CHOICE(section, key, def, choices, taken, sentence) \
	int64_t section##_##key;
#include "config/options.def"
#undef OPTION
#undef CHOICE
	/* Made out of the others. */
	char *file;		/* that was read; NULL: none */
	char *store_path_url;	/* store_url, or the default spelled out */
	char *report_submitter; /* the domain of report_contact; may be "" */
};

enum daemon_log_to { CONFIG_LOG_STDERR, CONFIG_LOG_SYSLOG };

enum deliver_mail_by { CONFIG_MAIL_BY_SENDMAIL, CONFIG_MAIL_BY_SMTP };

enum store_pooler { CONFIG_POOLER_NONE, CONFIG_POOLER_TRANSACTION };

#define CONFIG_FILE_MAX (1024 * 1024) /* bytes */

/* Read path, "-" for standard input, or take the defaults if it is NULL. Over
 * all but standard input go the files conf.d/NAME.conf beside path, by name,
 * and the variables TLSRPTD_SECTION_KEY. All faults are found in one go: each
 * is a line "file:line: what is wrong, what to do" in errors. E_USAGE: there
 * were any; E_NOMEM. */
MUST_CHECK enum err config_read(const char *path, struct config **ret,
    struct buf *errors);
/* From text alone; name stands in the messages, and relative paths are
 * relative to folder. */
MUST_CHECK enum err config_parse(struct span text, const char *name,
    const char *folder, struct config **ret, struct buf *errors);
/* Append the names of options that differ and need a restart: "daemon.roles,
 * store.url". */
void config_needs_restart(const struct config *before,
    const struct config *after, struct buf *out);
void config_free(struct config *); /* NULL is fine */

/* "500ms", "30s", "5m", "4h", "1d", as a file has it. E_SYNTAX, E_RANGE. */
MUST_CHECK enum err config_duration(struct span, int64_t *ret_ms);

bool config_has_role(const struct config *, const char *role);

/* Append a line "warning: what, and what to do" for each choice that is
 * allowed, and risky. */
void config_warn(const struct config *, struct buf *out);

/* Append the configuration in force as a file, with each option's sentence. */
void config_dump(const struct config *, struct buf *out);

#endif
