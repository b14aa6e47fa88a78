#include "model/session_totals.h"

#include <assert.h>

#include "base/num.h"
#include "model/limits.h"
#include "model/sts.h"

/* At lines and patterns of policies, in one report. Past it hosts stand alone:
 * a hostile report shall not cost time. */
#define LOOKS_MAX 100000

/* What may be over the same sessions, and what may not. */
enum kind { KIND_STS, KIND_TLSA, KIND_OTHER, KINDS, KIND_NONE = KINDS };

static enum kind
kind_of(const struct policy_totals *p)
{
	if (!p->is_known)
		return KIND_OTHER;
	return p->policy->type == POLICY_TLSA ? KIND_TLSA
	    : p->policy->type == POLICY_STS   ? KIND_STS
					      : KIND_NONE;
}

/* -- whose sessions they are -- */

static bool
lists_host(const struct policy_totals *p, struct span host, size_t *looks)
{
	size_t patterns = p->policy->mx_hosts.n + p->policy->strings.n;

	if (kind_of(p) != KIND_STS || p->policy->domain.len == 0 ||
	    patterns > *looks)
		return false;
	*looks -= patterns;
	return sts_lists_host(p->policy, host);
}

/* The domain that the policies of one domain and its MX hosts share. */
static struct span
owner_of(const struct policy_totals *v, size_t n, size_t i, size_t *looks)
{
	struct span domain = v[i].policy->domain;

	/* One of ours under its own name may still be listed by another. */
	if (v[i].owner.len > 0 && !span_eq(v[i].owner, domain))
		return v[i].owner;
	if (kind_of(&v[i]) != KIND_TLSA || domain.len == 0)
		return domain;
	for (size_t j = 0; j < n; j++)
		if (lists_host(&v[j], domain, looks))
			return v[j].policy->domain;
	return domain;
}

void
session_owners(const struct policy_totals *v, size_t n, struct span *ret)
{
	size_t looks = LOOKS_MAX;

	for (size_t i = 0; i < n; i++)
		ret[i] = owner_of(v, n, i, &looks);
}

/* -- sums -- */

static void
add(struct told_count *sum, struct told_count more)
{
	sum->n = count_add(sum->n, more.n);
	sum->is_told |= more.is_told;
}

struct pair {
	struct told_count succeeded, failed;
};

/* Of the owner, by kind; what was added is marked as done. */
static void
add_up(const struct policy_totals *v, size_t n, const struct span *owners,
    size_t first, bool *done, struct pair sums[KINDS + 1])
{
	for (size_t i = first; i < n; i++) {
		struct pair *sum = &sums[kind_of(&v[i])];

		if (done[i] || !span_eq(owners[i], owners[first]))
			continue;
		done[i] = true;
		add(&sum->succeeded, v[i].succeeded);
		add(&sum->failed, v[i].failed);
	}
}

static uint64_t
most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Each session once, under whichever policies it stands. */
static struct pair
merge(const struct pair sums[KINDS])
{
	struct pair all = { { 0, false }, { 0, false } };
	uint64_t sessions = 0;

	for (int k = 0; k < KINDS; k++) {
		/* Two of at most COUNT_MAX: this cannot overflow. */
		sessions = most(sessions,
		    sums[k].succeeded.n + sums[k].failed.n);
		all.failed.n = most(all.failed.n, sums[k].failed.n);
		all.failed.is_told |= sums[k].failed.is_told;
		all.succeeded.is_told |= sums[k].succeeded.is_told;
	}
	if (all.succeeded.is_told)
		all.succeeded.n = count_add(0, sessions - all.failed.n);
	return all;
}

void
session_totals(const struct policy_totals *v, size_t n,
    struct session_totals *ret)
{
	struct span owners[INCOMING_POLICIES_MAX];
	bool done[INCOMING_POLICIES_MAX] = { false };

	assert(n <= INCOMING_POLICIES_MAX);
	*ret = (struct session_totals){ .is_capped = false };
	session_owners(v, n, owners);
	for (size_t i = 0; i < n; i++) {
		struct pair sums[KINDS + 1] = { 0 }, all;

		if (done[i])
			continue;
		add_up(v, n, owners, i, done, sums);
		all = merge(sums);
		add(&ret->succeeded, all.succeeded);
		add(&ret->failed, all.failed);
		add(&ret->succeeded, sums[KIND_NONE].succeeded);
		add(&ret->failed, sums[KIND_NONE].failed);
	}
	ret->is_capped = count_add(ret->succeeded.n, ret->failed.n) ==
	    COUNT_MAX;
}
