/* daemon/stop.h -- SIGTERM and SIGINT ask a role to end: it wakes up and looks.
 */
#ifndef DAEMON_STOP_H
#define DAEMON_STOP_H

#include <signal.h>
#include <stdbool.h>

#include "base/waker.h"

/* Those two. A role is started with them blocked, so that one that comes before
 * stop_on_signals is not lost, and does not kill it. */
void stop_signals(sigset_t *ret);

/* Install the handlers, and let them come. waker outlives the process; the
 * signals wake it. */
MUST_CHECK enum err stop_on_signals(struct waker *, struct why *why);
bool stop_asked(void);

#endif
