/* model/inbox.h -- reports that were received, as they are kept. */
#ifndef MODEL_INBOX_H
#define MODEL_INBOX_H

#include "model/content_key.h"
#include "model/failure_detail.h"
#include "model/inbox_state.h"
#include "model/policy.h"

/* Absent texts have len 0. */
struct inbox_row {
	struct span intake; /* UUID of what was received */
	int64_t part;	    /* of the reports in it, from 0 */
	int64_t received_s;
	struct span way, peer, route, sender, recipient;
	enum inbox_state state;
	struct span reason;    /* of the state, for a person */
	int64_t verdict;       /* enum trust_verdict; 0: not judged */
	struct span trust;     /* codec/lines: why that verdict */
	struct span submitter; /* a domain */
	struct span organization, contact, report_id;
	int64_t start_s, end_s; /* UTC; 0: not told */
	uint64_t policies;
	uint64_t succeeded, failed;	/* model/session_totals.h */
	bool has_succeeded, has_failed; /* or they are not told */
	struct span notes;		/* codec/lines: codec/receipt_flags.h */
	struct content_key identity, content;
	struct span like; /* intake of another one with the same identity */
	int64_t due_s;	  /* when what waits is taken once more; 0: never */
};

struct inbox_policy {
	int64_t day;	    /* UTC, of the range's start; 0: not told */
	struct span domain; /* the owned one; empty: none */
	int64_t number;	    /* from 0 */
	enum policy_type type;
	struct span unknown_type; /* another one, as it was told */
	struct span policy_domain;
	struct span strings, mx_hosts; /* codec/lines */
	uint64_t succeeded, failed;
	bool has_succeeded, has_failed; /* or they are not told */
};

/* Which reports are meant. */
struct inbox_filter {
	int state;	      /* enum inbox_state; 0: any */
	int verdict;	      /* enum trust_verdict; 0: any */
	struct span reporter; /* submitter or organization; empty: any */
	struct span domain;   /* of a policy; empty: any */
	/* A range that has a second of these in it; one that is not told is
	 * the second of receipt. */
	int64_t since_s, until_s;
};

struct inbox_detail {
	int64_t policy, number; /* both from 0 */
	struct failure_detail detail;
	struct span unknown_type;
	uint64_t sessions;
	bool has_sessions; /* or it is not told */
};

#endif
