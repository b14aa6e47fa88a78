/* insight/judge.h -- what was reported is judged, and the findings in the store
 * follow: opened, changed, closed. */
#ifndef INSIGHT_JUDGE_H
#define INSIGHT_JUDGE_H

#include "store/store.h"

struct judgement {
	uint64_t opened, worsened, closed; /* by this judgement */
	uint64_t current;		   /* not closed, after it */
};

/* All domains of ours as of a time: what was received later does not count.
 * Each domain has a transaction of its own. */
MUST_CHECK enum err insight_judge(struct store *, int64_t as_of_s,
    struct judgement *ret, struct why *why);

#endif
