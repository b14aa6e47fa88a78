/* report/day_close.h -- when a UTC day is over: every collector has passed
 * midnight, or it was waited for long enough. */
#ifndef REPORT_DAY_CLOSE_H
#define REPORT_DAY_CLOSE_H

#include "store/store.h"

/* How long after its own start the service does not lose patience: collectors
 * that were down with it need a moment to say how far they are. */
#define DAY_CLOSE_START_S 60

struct day_close_options {
	int64_t now_s;
	int64_t grace_s;   /* wait so long after midnight for silent ones */
	int64_t started_s; /* when this process began to look */
};

/* Close the days before now that can be. *ret_closed: how many were. */
MUST_CHECK enum err day_close_due(struct store *,
    const struct day_close_options *, size_t *ret_closed, struct why *why);

/* Close one day now, whoever is missing. E_EXISTS, E_ABSENT; E_USAGE: it is not
 * over yet. */
MUST_CHECK enum err day_close_now(struct store *, int64_t day, int64_t now_s,
    struct why *why);

#endif
