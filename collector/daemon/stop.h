/* daemon/stop.h -- SIGTERM and SIGINT ask a role to end: it wakes up and looks.
 */
#ifndef DAEMON_STOP_H
#define DAEMON_STOP_H

#include <stdbool.h>

#include "base/waker.h"

/* Install the handlers. waker outlives the process; the signals wake it. */
MUST_CHECK enum err stop_on_signals(struct waker *, struct why *why);
bool stop_asked(void);

#endif
