/* daemon/listen_fds.h -- sockets handed over by who started us: systemd's
 * protocol (sd_listen_fds(3)), which the supervisor also speaks to its roles.
 */
#ifndef DAEMON_LISTEN_FDS_H
#define DAEMON_LISTEN_FDS_H

#include "base/err.h"

/* The first handed-over descriptor that is a Unix datagram socket, made
 * close-on-exec. E_ABSENT: none. */
MUST_CHECK enum err listen_fds_datagram(int *ret_fd);

/* In a child, before exec: hand over fd as the only descriptor. */
MUST_CHECK enum err listen_fds_hand_over(int fd);

#endif
