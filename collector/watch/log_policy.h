/* watch/log_policy.h -- what becomes of a session that a log tells of: a log
 * says how TLS went, and not by which policy. That one is known where a domain
 * publishes none at all, or one alone and the log says that the server was
 * verified, or was to be.
 *
 * no-policy-found is said where MTA-STS and DANE were looked for, and are not
 * there. */
#ifndef WATCH_LOG_POLICY_H
#define WATCH_LOG_POLICY_H

#include "model/failure_detail.h"
#include "model/policy.h"
#include "store/store_log_level.h"
#include "watch/published.h"

enum log_fate {
	LOG_NOT_MEASURED, /* DNS or the policy's host did not answer */
	LOG_LEFT_OUT,	  /* nobody can tell which policy applied, or how the
			   * session went */
	LOG_SUCCEEDED,
	LOG_FAILED,
};

struct log_outcome {
	enum log_fate fate;
	struct policy policy;	      /* if it succeeded or failed */
	struct failure_detail detail; /* if it failed */
};

/* New texts are in the arena of what was found, the others are of either.
 * E_NOMEM. */
MUST_CHECK enum err log_outcome_of(struct published *,
    const struct log_level_row *, struct log_outcome *ret);

#endif
