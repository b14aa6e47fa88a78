/* codec/sts_policy.h -- the policy file of MTA-STS, RFC 8461 s3.2, and which MX
 * hosts it allows, RFC 8461 s4.1. Pure. */
#ifndef CODEC_STS_POLICY_H
#define CODEC_STS_POLICY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "model/sts.h"

#define STS_POLICY_BYTES_MAX 65536 /* RFC 8461 s3.3: a limit */
#define STS_POLICY_MX_MAX 256	   /* one more and the policy is refused */
#define STS_MAX_AGE_MAX_S 31557600

struct sts_policy {
	enum sts_mode mode;
	int64_t max_age_s;
	struct span mx[STS_POLICY_MX_MAX]; /* parts of the file */
	size_t nmx;
};

/* Parse a policy file: untrusted bytes, which outlive *ret. *ret is undefined
 * unless E_OK. E_SYNTAX: not a valid policy; E_RANGE: past a ceiling. */
MUST_CHECK enum err sts_policy_parse(struct span file, struct sts_policy *ret,
    struct why *why);

/* Its lines as they stand there, without their ends and without those that are
 * blank: parts of the file. E_NOMEM. */
MUST_CHECK enum err sts_policy_lines(struct span file, struct arena *,
    struct span_list *ret);

/* Whether a pattern of the policy allows the host, a name without a final dot.
 * Case does not count. */
bool sts_policy_allows(const struct sts_policy *, struct span host);

#endif
