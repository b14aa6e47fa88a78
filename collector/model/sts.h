/* model/sts.h -- what MTA-STS policies say, RFC 8461 s3.2: modes, and which MX
 * hosts are meant; and as a report quotes them. */
#ifndef MODEL_STS_H
#define MODEL_STS_H

#include "model/policy.h"

enum sts_mode {
	STS_MODE_NOT_TOLD, /* or another one */
	STS_MODE_ENFORCE,
	STS_MODE_TESTING,
	STS_MODE_NONE,
};
#define NSTS_MODES (STS_MODE_NONE + 1)

/* "enforce"; "" of STS_MODE_NOT_TOLD. */
const char *sts_mode_text(enum sts_mode);

/* RFC 8461 s4.1: whether a pattern, "mx.example.com" or "*.example.com", means
 * the host. Case does not count. */
bool sts_mx_matches(struct span pattern, struct span host);

/* -- of a policy as a report quotes it -- */

enum sts_mode sts_mode(const struct policy *);

/* By mx-host or by the "mx" lines of the policy. */
bool sts_lists_host(const struct policy *, struct span host);

#endif
