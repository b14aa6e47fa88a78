/* model/sts.h -- what an MTA-STS policy says, RFC 8461 s3.2, as a report quotes
 * it. */
#ifndef MODEL_STS_H
#define MODEL_STS_H

#include "model/policy.h"

enum sts_mode {
	STS_MODE_NOT_TOLD, /* or another one */
	STS_MODE_ENFORCE,
	STS_MODE_TESTING,
	STS_MODE_NONE,
};

enum sts_mode sts_mode(const struct policy *);

/* RFC 8461 s4.1, by mx-host or by the "mx" lines of the policy. */
bool sts_lists_host(const struct policy *, struct span host);

#endif
