/* api/throttle.h -- how long whoever failed to log in has to wait: by name and
 * by address, in a table of one size. For one thread. */
#ifndef API_THROTTLE_H
#define API_THROTTLE_H

#include <stdint.h>

#include "base/span.h"

/* So many failures are free; then each doubles the wait from one second on, to
 * a ceiling. An hour without one forgives all. */
#define THROTTLE_FREE 5
#define THROTTLE_MAX_S 900
#define THROTTLE_FORGET_S 3600

#define THROTTLE_SLOTS 4096 /* a power of two */

struct throttle_slot {
	uint64_t key; /* 0: free */
	uint32_t failed;
	int64_t last_s; /* failure, monotonic */
};

struct throttle {
	struct throttle_slot slots[THROTTLE_SLOTS];
};

/* what: "name" or "address", so that one is not the other. */
int64_t throttle_wait_s(const struct throttle *, const char *what,
    struct span of, int64_t mono_s);
void throttle_fail(struct throttle *, const char *what, struct span of,
    int64_t mono_s);
void throttle_forgive(struct throttle *, const char *what, struct span of);

#endif
