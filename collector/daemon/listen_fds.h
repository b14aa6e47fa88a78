/* daemon/listen_fds.h -- sockets handed over by who started us: systemd's
 * protocol (sd_listen_fds(3)), which the supervisor also speaks to its roles.
 */
#ifndef DAEMON_LISTEN_FDS_H
#define DAEMON_LISTEN_FDS_H

#include <stddef.h>

#include "base/err.h"

/* Of those that take connections: FileDescriptorName= of systemd.socket(5). */
#define LISTEN_FDS_HTTP "http"
#define LISTEN_FDS_LMTP "lmtp"
#define LISTEN_FDS_PAGE "web"
/* Of memory that a role counts in; no socket, so no unit has it. */
#define HANDED_COUNTS "metrics"

#define LISTEN_FDS_HANDED_MAX 4

struct listen_fd {
	int fd;
	const char *name; /* without ":" */
};

/* The first handed-over descriptor that is a Unix datagram socket, made
 * close-on-exec. E_ABSENT: none. */
MUST_CHECK enum err listen_fds_datagram(int *ret_fd);

/* The first of that name that takes connections, made close-on-exec and
 * non-blocking. E_ABSENT: none. */
MUST_CHECK enum err listen_fds_stream(const char *name, int *ret_fd);

/* The first of that name that is memory, made close-on-exec. E_ABSENT: none. */
MUST_CHECK enum err listen_fds_memory(const char *name, int *ret_fd);

/* In a child, before exec: hand these over, at most LISTEN_FDS_HANDED_MAX, and
 * no others. */
MUST_CHECK enum err listen_fds_hand_over(const struct listen_fd *, size_t n);

#endif
