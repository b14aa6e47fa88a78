/* intake/posted_fill.h -- what was posted before the start is remembered as
 * well. */
#ifndef INTAKE_POSTED_FILL_H
#define INTAKE_POSTED_FILL_H

#include "intake/posted.h"
#include "intake/spool.h"
#include "store/store.h"

/* What the spool has, to POSTED_SCAN_MAX; by the spool's worker, before it
 * begins. What cannot be read is for the worker to meet. */
void posted_fill_from_spool(struct posted *, struct spool *);

/* What the store has of the last POSTED_DAYS, the last first. */
MUST_CHECK enum err posted_fill_from_store(struct posted *, struct store *,
    int64_t now_s, struct why *why);

#endif
