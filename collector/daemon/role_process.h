/* daemon/role_process.h -- a role in a process of its own. */
#ifndef DAEMON_ROLE_PROCESS_H
#define DAEMON_ROLE_PROCESS_H

#include <sys/types.h>

#include "daemon/role.h"

/* Start this program again for one role. It reads the configuration given here
 * from its standard input, so that it is the same as ours whatever the file has
 * become. socket_fd: handed over if the role needs it. */
MUST_CHECK enum err role_process_start(const struct role *,
    const struct config *, int socket_fd, pid_t *ret, struct why *why);

#endif
