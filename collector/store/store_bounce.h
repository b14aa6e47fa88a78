/* store/store_bounce.h -- mails that came back, and whom that keeps from
 * getting more of them. Errors as in store.h. */
#ifndef STORE_STORE_BOUNCE_H
#define STORE_STORE_BOUNCE_H

#include "store/store.h"

struct bounce {
	struct span delivery; /* its id */
	int64_t attempt;
	/* Else it only failed this time, and is not counted. */
	bool is_for_good;
	struct span text; /* what was said of it: "5.1.1 user unknown"; UTF-8 */
};

/* So many mails for one destination within window_s keep it from getting any
 * more for suppress_s. */
struct bounce_limit {
	int64_t after; /* from 1 */
	int64_t window_s;
	int64_t suppress_s;
};

/* Note it at the attempt and, if that was the last and its mail was taken, at
 * the delivery, which is given up; count it; in a transaction of its own.
 *   ret_suppressed_until  UTC; 0: that many are not there yet
 * E_ABSENT: no such delivery or attempt; E_EXISTS: it was noted before;
 * E_BUSY: also while the attempt is going on. */
MUST_CHECK enum err store_bounce_add(struct store *, const struct bounce *,
    const struct bounce_limit *, int64_t now_s, int64_t *ret_suppressed_until,
    struct why *why);

#endif
