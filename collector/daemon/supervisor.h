/* daemon/supervisor.h -- the process that the operator starts. It holds the
 * locks and the sockets and runs each role as a process of its own, so that a
 * role's death loses no queued datagram and refuses no connection. It never
 * waits for the store: that is left to a process which brings the schema up,
 * and ends then. */
#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H

#include "config/config.h"

/* Returns when asked to end (SIGTERM, SIGINT) and all roles have: an exit code
 * of sysexits.h. SIGHUP restarts the roles with the configuration as it is
 * then, if that is without fault; where it is the same, those that reread their
 * files do that instead. */
int supervisor_run(const struct config *);

#endif
