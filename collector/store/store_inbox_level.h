/* store/store_inbox_level.h -- how well the sessions of a received report were
 * protected, kept beside it. Errors as in store.h. */
#ifndef STORE_STORE_INBOX_LEVEL_H
#define STORE_STORE_INBOX_LEVEL_H

#include "model/inbox.h"
#include "store/store.h"

/* When all of the report is put, in the same transaction. */
enum err store_inbox_put_levels(struct store *, const struct inbox_row *,
    struct why *why);

/* The same for at most max reports that were received by a version that did not
 * know it; a transaction of its own. ret_n: how many there were. */
MUST_CHECK enum err store_inbox_level_old(struct store *, size_t max,
    size_t *ret_n, struct why *why);

/* An intake is about to be removed, and its rows in the roll-ups now, in the
 * transaction of the caller. */
enum err store_inbox_forget_levels(struct store *, struct span intake,
    struct why *why);

#endif
