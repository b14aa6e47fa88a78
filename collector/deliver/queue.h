/* deliver/queue.h -- a report that was built gets a delivery for each of its
 * destinations (s3: all are tried). */
#ifndef DELIVER_QUEUE_H
#define DELIVER_QUEUE_H

#include "deliver/plan.h"

/* Queue what deliver.mode asks for, in the transaction that marks the report as
 * handed over. What is not to be sent is queued as done, so that it can be
 * seen. Of the report id, day, domain, rua and failed are looked at. */
MUST_CHECK enum err queue_report(struct store *, const struct config *,
    const struct report_row *, int64_t now_s, struct why *why);

/* The same for one more destination of a report that was handed over before:
 * its record names it now. With deliver.mode on, in a transaction of the
 * caller's; of the report id, day and domain are looked at. */
MUST_CHECK enum err queue_destination(struct store *, const struct config *,
    const struct report_row *, struct span uri, int64_t now_s, struct why *why);

/* -- by hand -- */

enum queue_finding {
	QUEUE_NEW,
	QUEUE_THERE,	/* queued before: it stays as it is */
	QUEUE_UNWANTED, /* deliver.only_with_failures leaves it out */
};

/* delivery: as it is in the queue; if it is not, as it would be, without an id.
 */
typedef enum err queue_fn(void *arg, enum queue_finding,
    const struct delivery *);

/* Do what queue_report would do with deliver.mode on, in a transaction of its
 * own, and tell of each destination; dry: change nothing. Beside what is looked
 * at above delivered_s and stale are. E_CONFLICT: the report has not been
 * handed over yet. */
MUST_CHECK enum err queue_by_hand(struct store *, const struct config *,
    const struct report_row *, bool dry, int64_t now_s, queue_fn *, void *arg,
    struct why *why);

#endif
