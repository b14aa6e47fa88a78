/* intake/stream_socket.h -- sockets that programs of this machine connect to.
 */
#ifndef INTAKE_STREAM_SOCKET_H
#define INTAKE_STREAM_SOCKET_H

#include "base/err.h"
#include "base/socket_file.h"

/* Listen at a path. A socket that nobody listens on any more is replaced;
 * whoever does this must hold file_lock(path ".lock"). E_BUSY: somebody listens
 * on it; E_EXISTS: something else lies there; E_USAGE: no such user or group.
 */
MUST_CHECK enum err stream_socket_listen(const struct socket_file *,
    int *ret_fd, struct why *why);

/* Listen at "127.0.0.1:24" or "[::1]:24"; port 0 is any. E_SYNTAX; E_USAGE: the
 * address is not of this machine alone; E_IO: also when the port is taken. */
MUST_CHECK enum err stream_socket_listen_tcp(const char *address, int *ret_fd,
    struct why *why);

#endif
