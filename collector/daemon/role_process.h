/* daemon/role_process.h -- a role in a process of its own. */
#ifndef DAEMON_ROLE_PROCESS_H
#define DAEMON_ROLE_PROCESS_H

#include <sys/types.h>

#include "daemon/listen_fds.h"
#include "daemon/role.h"

/* Start this program again for one role. It reads the configuration given here
 * from its standard input, so that it is the same as ours whatever the file has
 * become. The sockets are handed over. */
MUST_CHECK enum err role_process_start(const struct role *,
    const struct config *, const struct listen_fd *, size_t n, pid_t *ret,
    struct why *why);

#endif
