/* base/backoff.h -- how long to wait before the next attempt. */
#ifndef BASE_BACKOFF_H
#define BASE_BACKOFF_H

#include <stdint.h>

/* Twice as long after each failure, up to a ceiling; the wait is picked at
 * random out of the upper half, so that many who failed at one moment do not
 * come back at one moment. */
struct backoff {
	int64_t first_ns, max_ns;
	int64_t ns; /* the longest that the next wait may be; 0: first_ns */
};

#define BACKOFF_INIT(first, max) ((struct backoff){ (first), (max), 0 })

/* An attempt has failed: wait so long. */
int64_t backoff_next_ns(struct backoff *);
/* One has succeeded. */
void backoff_reset(struct backoff *);

#endif
