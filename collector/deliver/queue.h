/* deliver/queue.h -- a report that was built gets a delivery for each of its
 * destinations (s3: all are tried). */
#ifndef DELIVER_QUEUE_H
#define DELIVER_QUEUE_H

#include "config/config.h"
#include "store/store_delivery.h"

enum deliver_mode { DELIVER_OFF, DELIVER_SHADOW, DELIVER_ON };

/* Queue what deliver.mode asks for, in the transaction that marks the report as
 * handed over. A URI that cannot be delivered to is queued as given up, one
 * that is suppressed as that, so that it can be seen. Of the report id, day,
 * rua and failed are looked at. */
MUST_CHECK enum err queue_report(struct store *, const struct config *,
    const struct report_row *, int64_t now_s, struct why *why);

#endif
