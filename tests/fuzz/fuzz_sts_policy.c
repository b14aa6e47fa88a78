/* Whatever the file, a policy has hosts, few, and allows each that is none of a
 * wildcard. */
#include "fuzz/fuzz.h"

#include "codec/sts_policy.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sts_policy policy;
	struct span file = { (const char *)data, size };
	enum err e = sts_policy_parse(file, &policy, NULL);

	assert(e == E_OK || e == E_SYNTAX || e == E_RANGE);
	if (e != E_OK)
		return 0;
	assert(policy.nmx <= STS_POLICY_MX_MAX);
	assert(policy.nmx > 0 || policy.mode == STS_MODE_NONE);
	assert(policy.max_age_s >= 0 && policy.max_age_s <= STS_MAX_AGE_MAX_S);
	for (size_t i = 0; i < policy.nmx; i++)
		assert(policy.mx[i].len > 0 &&
		    (policy.mx[i].p[0] == '*' ||
			sts_policy_allows(&policy, policy.mx[i])));
	return 0;
}
