/* base/waker.h -- one thread sleeps until another has something for it. */
#ifndef BASE_WAKER_H
#define BASE_WAKER_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/err.h"

struct waker {
	int fd; /* eventfd */
	atomic_bool asleep;
};

MUST_CHECK enum err waker_open(struct waker *, struct why *why);
void waker_close(struct waker *);

/* Wake the sleeper, now or at its next waker_sleep. Costs one atomic
 * exchange while nobody sleeps. Safe in a signal handler. */
void waker_wake(struct waker *);

/* Sleep until woken or max_ns have passed. To lose no wake-up call
 * waker_prepare first, then look once more for work, then sleep. */
void waker_prepare(struct waker *);
void waker_sleep(struct waker *, int64_t max_ns);

#endif
