/* ingest/drain.h -- the thread that only receives: from the socket into the
 * journal. It decodes nothing, waits for no disk and takes no lock but at a
 * roll-over, because a queue of max_dgram_qlen datagrams is all the time that
 * it has. */
#ifndef INGEST_DRAIN_H
#define INGEST_DRAIN_H

#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "ingest/journal.h"

struct drain_options {
	int fd; /* the bound socket; stays the caller's */
	struct journal *journal;
	const struct clock *clock;
	const uint32_t *allow_uids; /* empty: everybody */
	size_t nallow_uids;
};

struct drain;

/* Start the thread. options outlive it. */
MUST_CHECK enum err drain_start(const struct drain_options *,
    struct drain **ret, struct why *why);
/* Real-time priority, so that it runs as soon as something comes however busy
 * the machine is: half a millisecond late is too late for a queue of ten. In
 * lasting floods it does without. Behind a clump of datagrams it does not sleep
 * for some milliseconds. E_DENIED: this process may not. */
MUST_CHECK enum err drain_prefer(struct drain *, struct why *why);
/* Stop it, after taking what is in the socket's queue. NULL is fine. */
void drain_stop(struct drain *);

#endif
