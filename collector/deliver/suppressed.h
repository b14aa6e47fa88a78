/* deliver/suppressed.h -- whether the suppression list keeps a delivery from
 * being sent. */
#ifndef DELIVER_SUPPRESSED_H
#define DELIVER_SUPPRESSED_H

#include "deliver/send_job.h"

/* Which entry does, in the arena: "host a.example is suppressed: it wants
 * none"; SPAN_NONE: none does. Of the delivery report, uri, target and host are
 * looked at. */
MUST_CHECK enum err suppressed_reason(struct store *, const struct delivery *,
    int64_t now_s, struct arena *, struct span *ret, struct why *why);

/* An attempt that has been claimed is done before it begins, if an entry has
 * come since it was queued. */
MUST_CHECK enum err suppressed_stop(struct store *, struct send_job *,
    int64_t now_s, struct why *why);

#endif
