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

#endif
