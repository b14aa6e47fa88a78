/* daemon/listen_socket.h -- the socket of MTAs as the supervisor holds it:
 * bound and watched here, or handed over by who started us. */
#ifndef DAEMON_LISTEN_SOCKET_H
#define DAEMON_LISTEN_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

#include "config/config.h"
#include "base/fault.h"

struct listen_socket {
	int fd;	     /* for role collect; -1: none */
	int next_fd; /* bound anew, while fd's queue is not empty; or -1 */
	int lock_fd; /* of PATH.lock; -1: handed over, not ours to watch */
	dev_t dev;   /* of the file that was bound last */
	ino_t ino;
	struct fault fault; /* of binding anew */
};

#define LISTEN_SOCKET_INIT                             \
	((struct listen_socket){ .fd = -1,             \
	    .next_fd = -1,                             \
	    .lock_fd = -1,                             \
	    .fault = { .what = "socket file is gone, " \
			       "and cannot be made anew" } })

/* Take over a socket, or lock and bind one. Logs what the operator should
 * change. */
MUST_CHECK enum err listen_socket_open(struct listen_socket *,
    const struct config *, struct why *why);

/* To be called now and then: a socket file that was removed or replaced is
 * bound anew. True: fd is another socket now, so role collect is to start
 * again; the old one's queue is empty and takes nothing any more. */
bool listen_socket_watch(struct listen_socket *, const struct config *);

/* At the end: from now on senders are refused, and role collect takes what the
 * kernel had accepted before. Of a socket that was handed over the queue stays.
 */
void listen_socket_shut(const struct listen_socket *);

#endif
