/* http/listen.h -- a socket that takes connections. */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include <sys/types.h>

#include "base/err.h"

/* Bind and listen. A Unix socket that nobody listens on any more is replaced.
 *   where  "192.0.2.1:443", "[::]:443" (IPv4 as well), or a path from "/" on
 *   mode   of the Unix socket
 * E_USAGE: where is none of these; E_EXISTS: somebody listens there;
 * E_DENIED, E_IO. */
MUST_CHECK enum err http_listen(const char *where, mode_t mode, int *ret_fd,
    struct why *why);

#endif
