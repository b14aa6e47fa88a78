/* cli/collectd_take.h -- one day of a database of tlsrpt-reporter, into the
 * store: all of it at once, and once. */
#ifndef CLI_COLLECTD_TAKE_H
#define CLI_COLLECTD_TAKE_H

#include "store/collectd_db.h"
#include "store/store.h"

struct collectd_taken {
	uint64_t succeeded, failed; /* policy results */
	uint64_t details;	    /* times that failure details were told */
	uint64_t damaged;	    /* rows that were passed over */
	uint64_t folded;	    /* rows counted coarser, past a ceiling */
	bool before;		    /* all of it had been taken before */
};

struct collectd_take {
	const struct collectd_db *from;
	struct store *store;
	int64_t now_s;
	/* A row that cannot be counted. */
	void (*damaged)(void *arg, struct span domain, const struct why *);
	void (*tell)(void *arg, uint64_t rows); /* read so far */
	void *arg;
};

/* E_CONFLICT: taken before, when other counts stood there: nothing is added.
 * E_RANGE: too much for memory. E_UNCERTAIN: again will tell. */
MUST_CHECK enum err collectd_take_day(const struct collectd_take *, int64_t day,
    struct collectd_taken *ret, struct why *why);

#endif
