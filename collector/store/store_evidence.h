/* store/store_evidence.h -- what was reported about a domain, added up for
 * insight: what was received up to some time. Errors and lists as in store.h.
 */
#ifndef STORE_STORE_EVIDENCE_H
#define STORE_STORE_EVIDENCE_H

#include "model/policy.h"
#include "model/result_type.h"
#include "store/store.h"

struct evidence_scope {
	struct span domain;
	int64_t first, last; /* days of the reports */
	int64_t until_s;     /* of receipt */
	size_t max;	     /* rows */
};

/* Of one day, reporter, state and verdict. */
struct evidence_told {
	int64_t day;
	struct span reporter;
	int64_t state, verdict; /* as in the inbox */
	struct span intake;	/* one of them */
};

struct evidence_day {
	struct evidence_told told;
	uint64_t sessions, failed, not_sent, reports;
	int64_t first_received_s, received_s;
};

typedef enum err evidence_day_fn(void *arg, const struct evidence_day *);
/* By reporter and day; what is counted and authenticated first, as in those
 * below. */
MUST_CHECK enum err store_evidence_days(struct store *,
    const struct evidence_scope *, evidence_day_fn *, void *arg,
    struct why *why);

struct evidence_policy {
	struct evidence_told told;
	enum policy_type type;
	struct span policy_domain;
	struct span strings, mx_hosts; /* codec/lines */
	uint64_t succeeded, failed;
};

typedef enum err evidence_policy_fn(void *arg, const struct evidence_policy *);
/* Of types that RFC 8460 knows; of long ones the beginning. */
MUST_CHECK enum err store_evidence_policies(struct store *,
    const struct evidence_scope *, evidence_policy_fn *, void *arg,
    struct why *why);

struct evidence_failure {
	struct evidence_told told;
	enum policy_type type;
	int64_t level; /* enum level: what the failure did */
	enum result_type result;
	struct span mx, receiving_ip, sending_ip, reason;
	uint64_t sessions;
	int64_t received_s;
	int64_t last_day; /* of the report, which may be of several */
};

typedef enum err evidence_failure_fn(void *arg,
    const struct evidence_failure *);
MUST_CHECK enum err store_evidence_failures(struct store *,
    const struct evidence_scope *, evidence_failure_fn *, void *arg,
    struct why *why);

typedef enum err evidence_reporter_fn(void *arg, struct span reporter,
    int64_t last, uint64_t domains);
/* Who reported about any domain of ours so that it counts, with that verdict,
 * the last day of it, and about how many domains. The scope's domain is not
 * looked at. */
MUST_CHECK enum err store_evidence_reporters(struct store *,
    const struct evidence_scope *, int64_t verdict, evidence_reporter_fn *,
    void *arg, struct why *why);

#endif
