/* model/session_totals.h -- how many sessions the policies of one report tell
 * of. */
#ifndef MODEL_SESSION_TOTALS_H
#define MODEL_SESSION_TOTALS_H

#include <stdint.h>

#include "model/policy.h"

/* What is not told is not 0. */
struct told_count {
	uint64_t n; /* at most COUNT_MAX; 0 unless told */
	bool is_told;
};

/* One element of a report's policies. */
struct policy_totals {
	const struct policy *policy;
	bool is_known; /* or its type is another one than those of s4.4 */
	struct told_count succeeded, failed;
	/* The domain that it is known to be about; or empty. */
	struct span owner;
};

struct session_totals {
	struct told_count succeeded, failed;
	bool is_capped; /* what is past COUNT_MAX is left out */
};

/* Sessions, each once. Policies of one type have sessions of their own and are
 * added up: reporters split a policy, or tell each version of it. But a session
 * to which MTA-STS and DANE applied stands under both (s4), so of the types of
 * one policy domain the one with the most sessions counts, and of the failures
 * the most. Sessions without a policy are others, and are added. An element of
 * type tlsa may be of the domain or of an MX host: those hosts that an MTA-STS
 * policy of the same report lists belong to its domain.
 * n is at most INCOMING_POLICIES_MAX. */
void session_totals(const struct policy_totals *, size_t n,
    struct session_totals *ret);

/* Whose each element is, by what the report tells: its own domain, or for an MX
 * host the domain that lists it. ret: room for n. */
void session_owners(const struct policy_totals *, size_t n, struct span *ret);

#endif
