/* report/report_build.h -- a closed day's tallies become reports, s4. */
#ifndef REPORT_REPORT_BUILD_H
#define REPORT_REPORT_BUILD_H

#include "base/clock.h"
#include "config/config.h"
#include "model/report.h"
#include "store/store.h"

struct report_options {
	struct reporter reporter;
	size_t max_bytes;    /* of a report's JSON */
	size_t max_details;  /* that stay whole; the others are folded */
	struct list exclude; /* resolved words of config/domain_word.h */
};

/* As configured; it points into the configuration. */
struct report_options report_options_of(const struct config *);

/* A tally's policies as a report's, views of the tally and the arena. E_NOMEM.
 */
MUST_CHECK enum err report_policies_of(const struct tally *, struct arena *,
    struct report_policy **ret);

/* One report out of one tally: its JSON, gzipped, and the row that describes
 * it, both in the arena. Equal tallies give equal JSON. E_RANGE: even the
 * coarsest report is past max_bytes; E_NOMEM. */
MUST_CHECK enum err report_build(const struct report_options *,
    const struct tally *, int64_t now_s, struct arena *, struct report_row *ret,
    struct why *why);

/* Build what is due of a closed day: what has no report yet or a stale one, and
 * with late also the parts after the first. *ret_built: how many. A tally that
 * cannot be read or built is logged and passed over: one domain's trouble must
 * not hold up the others. */
MUST_CHECK enum err report_build_day(struct store *,
    const struct report_options *, int64_t day, bool late, int64_t now_s,
    size_t *ret_built, struct why *why);

#endif
