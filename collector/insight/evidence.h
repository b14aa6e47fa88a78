/* insight/evidence.h -- what rules reason over: what reporters told about one
 * domain, as of the end of a day. Nothing in it needs a store. */
#ifndef INSIGHT_EVIDENCE_H
#define INSIGHT_EVIDENCE_H

#include "base/arena.h"
#include "model/sts.h"
#include "store/store_evidence.h"
#include "store/store_published.h"

#define EVIDENCE_DAYS 45   /* of reports that rules look at */
#define EVIDENCE_ACTIVE 7  /* days: what was received before is no news */
#define EVIDENCE_RHYTHM 90 /* days of reports that a rhythm is told by */

/* Of one domain; what is authenticated goes first. */
#define EVIDENCE_ROWS_MAX 10000
#define EVIDENCE_POLICIES_MAX 4000
#define EVIDENCE_REPORTERS_MAX 300

/* How far a report is to be believed. */
enum layer {
	LAYER_AUTHENTICATED, /* it counts, and DKIM vouches for it */
	LAYER_POSTED,	     /* it counts, and nothing vouches for it */
	LAYER_UNCOUNTED,     /* it does not count: s3 */
	LAYER_REPEATED,	     /* it tells what another one told */
	LAYER_OURS,	     /* no report: what we looked up ourselves */
};

enum layer layer_of(const struct evidence_told *);
const char *layer_text(enum layer); /* "authenticated" */

struct seen_policy {
	struct evidence_policy row;
	struct policy policy;
	enum sts_mode mode;
	uint64_t key; /* of its lines, in any order: equal, or another policy */
};

/* Mode and key out of the policy. */
void seen_policy_finish(struct seen_policy *);

/* Case and blanks do not count. 0: there is nothing in it. */
uint64_t policy_line_key(struct span line);

/* A reporter that told of any domain of ours. */
struct elsewhere {
	struct span reporter;
	int64_t last;	  /* day */
	uint64_t domains; /* of ours, that it told of */
};

/* A day of our own collectors. */
struct own_day {
	int64_t day;
	int64_t closed_s; /* 0: it is open */
};

struct evidence {
	struct span domain; /* empty: what is of no domain */
	int64_t today;	    /* UTC day, which has ended, or is about to */
	int64_t as_of_s;    /* nothing was received after it */
	struct span_list
	    hosts; /* MX hosts of the domain, as the operator said */
	const struct evidence_day *days;
	size_t ndays;
	const struct seen_policy *policies;
	size_t npolicies;
	const struct evidence_failure *failures;
	size_t nfailures;
	const struct elsewhere *elsewhere; /* authenticated */
	size_t nelsewhere;
	const struct past *past; /* each thing in the order of time */
	size_t npast;
	const struct own_day *own_days; /* with an empty domain only */
	size_t nown_days;
};

/* One layer of it, by reporter. */
struct view {
	const struct evidence *all;
	enum layer layer;
	struct arena *arena;	/* for what rules need */
	struct span *reporters; /* each once, sorted */
	size_t nreporters;
	struct evidence_day *days; /* by reporter and day */
	size_t ndays;
	struct seen_policy *policies;
	size_t npolicies;
	struct evidence_failure *failures;
	size_t nfailures;
};

/* Its arrays are in the arena; texts stay where they are. E_NOMEM. */
MUST_CHECK enum err view_make(const struct evidence *, enum layer,
    struct arena *, struct view *ret);

/* Its place among the reporters; nreporters: it is none of them. */
size_t view_reporter(const struct view *, struct span name);

/* It was received lately. */
bool is_news(const struct evidence *, int64_t received_s);

#endif
