/* store/store_log_report.h -- sessions of logs on their way into reports: whose
 * policies are to be looked up, and what was decided. Errors and lists as in
 * store.h. */
#ifndef STORE_STORE_LOG_REPORT_H
#define STORE_STORE_LOG_REPORT_H

#include "model/levels.h"
#include "model/mta_session.h"
#include "store/store.h"

struct log_look {
	int64_t day;
	int64_t latest_s; /* a domain that was looked at later is not due */
	int64_t now_s;
};

typedef enum err log_look_fn(void *arg, struct span domain);
/* At most so many policy domains with sessions of that day of which nothing is
 * decided, longest ago first. */
MUST_CHECK enum err store_log_look_due(struct store *, const struct log_look *,
    size_t max, log_look_fn *, void *arg, struct why *why);
/* Of several who try one gets it, unless sessions come meanwhile: what two
 * decide counts once all the same. */
MUST_CHECK enum err store_log_look_claim(struct store *,
    const struct log_look *, struct span domain, bool *ret_is_mine,
    struct why *why);

/* Of the sessions of one row of store_log_levels. */
struct log_settled {
	struct span mx_host, peer_ip;
	enum tls_seen tls;
	enum level level;
	uint64_t before;	    /* how many were settled */
	uint64_t settled, reported; /* so many more */
};

struct log_settlement {
	int64_t day;
	struct span domain;
	const struct log_settled *v; /* in the order of store_log_levels */
	size_t n;
	struct tally_source tallies; /* what is reported; sorted */
};

/* All or nothing, in a transaction of its own. E_CONFLICT: somebody else has
 * decided meanwhile, and nothing is added. */
MUST_CHECK enum err store_log_settle(struct store *,
    const struct log_settlement *, struct why *why);

#endif
