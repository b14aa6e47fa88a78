/* report/report_shrink.h -- a report with too much in it is made coarser, its
 * counts staying as they are. */
#ifndef REPORT_REPORT_SHRINK_H
#define REPORT_REPORT_SHRINK_H

#include "base/arena.h"
#include "base/err.h"
#include "model/report.h"

/* Steps from fine to coarse: 0 only keeps each policy's failure details below
 * their ceiling; the last one leaves nothing but policy types and result types.
 */
#define REPORT_SHRINK_STEPS 7

/* A coarser copy of the report in the arena. Which details stay whole depends
 * on their counts and contents, not on who came first. *ret_folded: how many
 * details were merged into others. E_NOMEM. */
MUST_CHECK enum err report_shrink(const struct report *, unsigned step,
    struct arena *, struct report *ret, uint64_t *ret_folded);

#endif
