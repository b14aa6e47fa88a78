/* intake/posted_fill.h -- what is remembered agrees with the store: what was
 * posted before the start is known, and what another machine evicted is not. */
#ifndef INTAKE_POSTED_FILL_H
#define INTAKE_POSTED_FILL_H

#include "base/clock.h"
#include "intake/posted.h"
#include "intake/spool.h"
#include "store/store.h"

/* What the spool has, to POSTED_SCAN_MAX; by the spool's worker, before it
 * begins. What cannot be read is for the worker to meet. */
void posted_fill_from_spool(struct posted *, struct spool *);

/* What the store has of the last POSTED_DAYS, the last first. */
MUST_CHECK enum err posted_fill_from_store(struct posted *, struct store *,
    int64_t now_s, struct why *why);

/* So often, and so long may what another machine evicted be taken for kept. */
#define POSTED_EVICTED_LOOK_NS (60 * NS_PER_S)

/* What other accounts of the store have evicted. Zeroed. */
struct posted_others {
	int64_t since_day;
	uint64_t evicted;
	bool is_known;
	int64_t due_ns; /* monotonic */
};

/* *ret: another has evicted something since the last call, and so all is
 * forgotten, and to be filled from the store again. False while none is due. */
MUST_CHECK enum err posted_drop_evicted(struct posted *, struct posted_others *,
    struct store *, const struct clock *, struct span account, bool *ret,
    struct why *why);

#endif
