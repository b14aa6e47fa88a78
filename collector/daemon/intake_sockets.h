/* daemon/intake_sockets.h -- where reports of others come in, as the supervisor
 * holds it: while role intake starts again, connections wait. */
#ifndef DAEMON_INTAKE_SOCKETS_H
#define DAEMON_INTAKE_SOCKETS_H

#include <sys/types.h>

#include "config/config.h"
#include "daemon/listen_fds.h"

#define INTAKE_SOCKETS 2

struct intake_sockets {
	struct intake_socket {
		int fd;		  /* -1: not open */
		const char *path; /* of the file that was bound; or NULL */
		dev_t dev;
		ino_t ino;
	} http, lmtp;
	int lmtp_lock_fd; /* of PATH.lock, or -1 */
};

#define INTAKE_SOCKETS_INIT                             \
	((struct intake_sockets){ .http = { .fd = -1 }, \
	    .lmtp = { .fd = -1 },                       \
	    .lmtp_lock_fd = -1 })

/* Take over or bind those that the configuration wants and that are not open.
 * The configuration outlives them. */
MUST_CHECK enum err intake_sockets_open(struct intake_sockets *,
    const struct config *, struct why *why);

/* To be called now and then. True: the file of one was removed or replaced; it
 * is closed, to be opened anew before role intake starts again. */
bool intake_sockets_watch(struct intake_sockets *);

/* For role intake: how many. */
size_t intake_sockets_list(const struct intake_sockets *,
    struct listen_fd ret[INTAKE_SOCKETS]);

/* At the end: who connects once role intake has ended is refused. */
void intake_sockets_shut(struct intake_sockets *);

#endif
