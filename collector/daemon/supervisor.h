/* daemon/supervisor.h -- the process that the operator starts. It holds the
 * locks and the socket, brings the store's schema up, and runs each role as a
 * process of its own, so that a role's death loses no queued datagram. */
#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H

#include "config/config.h"

/* Returns when asked to end (SIGTERM, SIGINT) and all roles have: an exit code
 * of sysexits.h. SIGHUP restarts the roles with the configuration as it is
 * then, if that is without fault. */
int supervisor_run(const struct config *);

#endif
