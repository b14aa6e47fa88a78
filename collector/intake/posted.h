/* intake/posted.h -- reports that were posted lately: the same bytes again are
 * answered with the intake that the first came to, and not kept once more. */
#ifndef INTAKE_POSTED_H
#define INTAKE_POSTED_H

#include "intake/receipt.h"
#include "model/content_key.h"

/* That are remembered; then the oldest are forgotten, and what is posted again
 * is found out behind the spool. 40 bytes each. */
#define POSTED_MAX 131072
#define POSTED_DAYS 14 /* and so long, over a restart */
/* Of the spool, looked at before the first post is taken. */
#define POSTED_SCAN_MAX ((uint64_t)256 << 20)

struct posted;

/* E_NOMEM. */
MUST_CHECK enum err posted_open(size_t max, struct posted **ret);
/* After what it was put into. NULL is fine. */
void posted_close(struct posted *);

/* Of a body as it was posted. E_NOMEM. */
MUST_CHECK enum err posted_key(struct span body, struct content_key *ret);

/* That intake, which is durable, has the body of the key. Of several the first
 * counts. Thread-safe. */
void posted_note(struct posted *, const struct content_key *,
    const struct uuid *intake);

/* That intake is kept no more: what has its key is new. Thread-safe. */
void posted_forget(struct posted *, const struct content_key *,
    const struct uuid *intake);

/* All that is not on its way. Thread-safe. */
void posted_forget_all(struct posted *);

/* Put it into the sink, unless the same bytes are durable already, or on their
 * way: then it shares their fate. done is called exactly once on E_OK, maybe
 * before this returns, as the sink does it; else never. is_again: the intake is
 * that of an earlier one. Errors of the sink. Thread-safe. */
typedef void posted_done_fn(void *arg, enum err, const struct uuid *intake,
    bool is_again);
MUST_CHECK enum err posted_put(struct posted *, const struct receipt_sink *,
    const struct receipt_facts *, struct span body, posted_done_fn *done,
    void *arg, struct why *why);

/* How many came again, so far. */
uint64_t posted_again(struct posted *);

#endif
