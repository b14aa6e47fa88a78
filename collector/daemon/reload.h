/* daemon/reload.h -- SIGHUP asks a role that goes on to look at its files
 * again. A thread of its own does that, so that it waits for no work. */
#ifndef DAEMON_RELOAD_H
#define DAEMON_RELOAD_H

#include "base/err.h"

/* From now on each SIGHUP is followed by a call of fn, on that thread; several
 * may share one. Once a process. */
MUST_CHECK enum err reload_start(void (*fn)(void *arg), void *arg,
    struct why *why);
/* fn is not called any more. Fine if it was not started. */
void reload_stop(void);

#endif
