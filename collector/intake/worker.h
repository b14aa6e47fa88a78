/* intake/worker.h -- the work behind the spool: what was received goes into the
 * inbox. */
#ifndef INTAKE_WORKER_H
#define INTAKE_WORKER_H

#include "intake/posted_fill.h"
#include "intake/spool.h"
#include "intake/taking.h"
#include "intake/upkeep.h"

struct intake_worker {
	struct spool *spool;
	struct intake intake;
	struct upkeep *upkeep; /* or NULL */
	int64_t looked_ns;     /* monotonic: when what waits was looked at */
	struct posted *posted; /* NULL: nothing is */
	bool is_filled;	       /* it has what the store has */
	struct posted_others others; /* other machines of the store */
	uint64_t again_counted;	     /* of those that came again */
};

/* Whether there is anything to run for: without that the store is left alone.
 */
bool intake_worker_has_work(const struct intake_worker *);

/* Take what is in the spool, for about a second, some in a transaction, with
 * how far the spool has been read; what the store has is released. A receipt
 * that the store cannot take is tried again by the next call. Then once more
 * what waits and is due. */
MUST_CHECK enum err intake_worker_run(struct intake_worker *, struct store *,
    struct why *why);

/* At the end: what is left to count. store may be NULL. */
void intake_worker_end(struct intake_worker *, struct store *);

#endif
