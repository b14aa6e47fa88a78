/* intake/judge.h -- what vouches for a report when no signature is looked at.
 */
#ifndef INTAKE_JUDGE_H
#define INTAKE_JUDGE_H

#include "intake/take.h"

/* A take_judge_fn; arg is not used. */
enum err judge_unverified(void *arg, const struct examined *,
    const struct examined_report *, struct take_trust *ret);

#endif
