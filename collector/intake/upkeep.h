/* intake/upkeep.h -- keeps the inbox within its bounds: removes by age, and
 * what is worth least where there is too much; knows who signs. Beside the
 * worker, by its thread. */
#ifndef INTAKE_UPKEEP_H
#define INTAKE_UPKEEP_H

#include "intake/admission.h"
#include "intake/posted.h"
#include "intake/take.h"
#include "store/store_inbox_expire.h"

#define UPKEEP_NEWS_MAX 32

struct upkeep_options {
	const struct clock *clock;
	struct span account;		 /* store_inbox_account.h */
	int64_t keep_raw_s, keep_rows_s; /* 0: for good */
	uint64_t store_max;		 /* bytes */
	unsigned reserve;		 /* percent, of what is authenticated */
	struct admission *admission;
	struct posted *posted; /* what is removed is forgotten; or NULL */
};

/* Zeroed but for options. */
struct upkeep {
	struct upkeep_options options;
	int64_t due_ns, expire_ns, tell_ns;		    /* monotonic */
	struct inbox_removed evicted, expired, raw_expired; /* to be told */
	uint64_t refused[INBOX_EVENTS + 1];
	bool is_full, has_more; /* authenticated ones; since the last look */
	bool has_levels; /* each report, as of store/store_inbox_level.h */
	char news[UPKEEP_NEWS_MAX][SOURCE_SIZE]; /* signers for the store */
	size_t nnews;
};

/* bytes that each class holds, by its number. What is to be removed of those
 * that a flood may consist of: they leave the reserve to what is authenticated,
 * and all to more of that. */
uint64_t upkeep_surplus(const uint64_t bytes[INBOX_CLASSES + 1], uint64_t max,
    unsigned reserve);

/* What is due, in short transactions: between two batches of the worker. */
MUST_CHECK enum err upkeep_run(struct upkeep *, struct store *,
    struct why *why);

/* Something was taken for good. taken: zeroed if nothing of it was kept. */
void upkeep_taken(struct upkeep *, const struct receipt_facts *,
    struct span body, const struct taken *);

#endif
