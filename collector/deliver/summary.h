/* deliver/summary.h -- one log line a day about deliveries. */
#ifndef DELIVER_SUMMARY_H
#define DELIVER_SUMMARY_H

#include "store/store_delivery.h"

struct summary {
	int64_t day; /* UTC, of the last call; 0: none yet */
};

/* Where a midnight (UTC) has passed since the last call, log what was done on
 * the day before, and what waits now. A failure leaves it to the next call. */
MUST_CHECK enum err summary_step(struct summary *, struct store *,
    int64_t now_s, struct why *why);

#endif
