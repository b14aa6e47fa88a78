/* store/store_posted.h -- bodies that were posted. Errors and lists as in
 * store.h. */
#ifndef STORE_STORE_POSTED_H
#define STORE_STORE_POSTED_H

#include "store/store.h"

typedef enum err posted_fn(void *arg, const struct uuid *intake,
    const struct content_key *);
/* Those received since then, the last first; at most max. */
MUST_CHECK enum err store_posted_list(struct store *, int64_t since_s,
    int64_t max, posted_fn *, void *arg, struct why *why);

/* So many were posted once more; the collector is the intake's spool. */
MUST_CHECK enum err store_posted_count(struct store *, int64_t day,
    const struct uuid *collector, uint64_t n, struct why *why);

#endif
