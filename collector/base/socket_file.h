/* base/socket_file.h -- a Unix socket at a path, with an owner and a mode. */
#ifndef BASE_SOCKET_FILE_H
#define BASE_SOCKET_FILE_H

#include <sys/types.h>

#include "base/err.h"

struct socket_file {
	const char *path;
	const char *owner; /* user name, "" for ours */
	const char *group; /* group name, "" for ours */
	mode_t mode;
	const char *option; /* that says the path, for what to do */
};

/* Bind a socket of that type, with its flags, as SOCK_STREAM has them. One that
 * nobody listens on any more is replaced; whoever binds must hold
 * file_lock(path ".lock"). E_BUSY: somebody listens on it; E_EXISTS: something
 * else lies there; E_RANGE: too long a path; E_USAGE: no such user or group. */
MUST_CHECK enum err socket_file_bind(const struct socket_file *, int type,
    int *ret_fd, struct why *why);

#endif
