/* insight/contrast.h -- one reporter against the others on the same days: who
 * has a failure, and who would have it if it were everywhere. Pure. */
#ifndef INSIGHT_CONTRAST_H
#define INSIGHT_CONTRAST_H

#include "insight/evidence.h"

/* Which failures are meant. */
typedef bool failure_fn(const struct evidence_failure *, const void *arg);

struct question {
	failure_fn *is_meant;
	const void *arg;
	/* The others' sessions are those under a policy of this type, since
	 * only they could have failed so; 0: all sessions. */
	int policy_type;
};

/* A reporter's day. */
struct cell {
	uint64_t sessions, failed;
	bool is_news;
	size_t more; /* days that a report with failures goes on for */
};

/* Of each reporter of the view EVIDENCE_DAYS + 1 cells, the last of today. */
struct grid {
	const struct view *view;
	int64_t first; /* day of the first cell */
	struct cell *cells;
};

/* In the view's arena. E_NOMEM. */
MUST_CHECK enum err grid_make(const struct view *, const struct question *,
    struct grid *ret);
const struct cell *grid_cell(const struct grid *, size_t reporter, size_t day);

enum extent {
	EXTENT_UNCLEAR,	   /* too little is known of the others */
	EXTENT_ALONE,	   /* the others would have it, and have not */
	EXTENT_EVERYWHERE, /* most who could have it have it */
};

struct contrast {
	int64_t first, last; /* days on which the reporter has it */
	uint64_t failed, sessions;
	uint64_t most; /* failed on one day */
	size_t days;   /* with a failure */
	double rate;
	/* Others on those days. clean: those that have it not, or a tenth as
	 * often; only those that would have had one at least at that rate. */
	size_t affected, clean;
	uint64_t clean_sessions;
	double expected;     /* failures of the clean ones at that rate */
	uint64_t before;     /* days of the reporter before that without it */
	uint64_t before_bad; /* and with it */
	enum extent extent;
};

/* False: the reporter has no news of it. */
bool contrast_of(const struct grid *, size_t reporter, struct contrast *ret);

/* It is on some paths only, by what the others tell and by the reporter's own
 * past. */
bool contrast_is_on_path(const struct contrast *);

/* The same by one other alone, who has to have had very many sessions, while
 * this one has a longer past without it. */
bool contrast_is_clear_pair(const struct contrast *);

#endif
