/* intake/retake.h -- what was received before is taken once more: when its keys
 * may be had by now, or because the operator wants it. */
#ifndef INTAKE_RETAKE_H
#define INTAKE_RETAKE_H

#include "intake/taking.h"

/* Take what is stored of an intake (its UUID as text) anew, with the facts of
 * its arrival: its rows are replaced, and those that it stands in the way of,
 * or that stand in its way, are told anew which of them counts. In a
 * transaction of its own, after DNS was asked. E_SYNTAX: no such id; E_ABSENT:
 * it is not there, or its bytes are not kept any more. */
MUST_CHECK enum err retake(const struct intake *, struct store *,
    struct span intake, struct why *why);

/* The same for some of those that wait and are due. */
MUST_CHECK enum err retake_due(const struct intake *, struct store *,
    struct why *why);

#endif
