#include "report/report_shrink.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/num.h"
#include "model/limits.h"

static const struct {
	size_t details;	 /* of a policy that stay whole */
	size_t policies; /* that keep their text */
	bool names;	 /* the others keep their policy domain */
} steps[REPORT_SHRINK_STEPS] = {
	{ REPORT_POLICY_DETAILS_MAX, SIZE_MAX, true },
	{ REPORT_POLICY_DETAILS_MAX / 10, SIZE_MAX, true },
	{ REPORT_POLICY_DETAILS_MAX / 100, SIZE_MAX, true },
	{ 0, SIZE_MAX, true },
	{ 0, 16, true },
	{ 0, 0, true },
	{ 0, 0, false },
};

/* -- failure details -- */

static int
compare_details(const void *a, const void *b)
{
	const struct report_detail *x = a, *y = b;

	if (x->sessions != y->sessions)
		return x->sessions > y->sessions ? -1 : 1;
	return failure_detail_cmp(&x->detail, &y->detail);
}

static int
compare_detail_content(const void *a, const void *b)
{
	const struct report_detail *x = a, *y = b;

	return failure_detail_cmp(&x->detail, &y->detail);
}

/* Merge equal ones; the order is by content after. */
static size_t
merge_details(struct report_detail *v, size_t n)
{
	size_t kept = 0;

	if (n > 1)
		qsort(v, n, sizeof(*v), compare_detail_content);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 &&
		    compare_detail_content(&v[kept - 1], &v[i]) == 0)
			v[kept - 1].sessions = count_add(v[kept - 1].sessions,
			    v[i].sessions);
		else
			v[kept++] = v[i];
	}
	return kept;
}

/* Details that stay whole, by count, and the rest folded just as far as makes
 * it no more than those. v is changed. */
static size_t
fold_details(struct report_detail *v, size_t n, size_t whole)
{
	enum detail_level level = DETAIL_NO_HELO;
	size_t rest;

	if (n > 1)
		qsort(v, n, sizeof(*v), compare_details);
	if (n <= whole)
		return n;
	rest = n - whole;
	for (;; level++) {
		for (size_t i = 0; i < rest; i++)
			v[whole + i].detail =
			    failure_detail_fold(&v[whole + i].detail, level);
		rest = merge_details(v + whole, rest);
		if (rest <= whole || level == DETAIL_TYPE)
			break;
	}
	qsort(v + whole, rest, sizeof(*v), compare_details);
	return whole + rest;
}

static enum err
copy_details(struct report_policy *p, struct arena *arena)
{
	if (p->ndetails == 0)
		return E_OK;
	p->details = arena_grow(arena, p->details, p->ndetails, p->ndetails,
	    sizeof(*p->details));
	return p->details == NULL ? E_NOMEM : E_OK;
}

/* -- policies -- */

static uint64_t
sessions(const struct report_policy *p)
{
	return count_add(p->succeeded, p->failed);
}

static int
compare_list(struct span_list a, struct span_list b)
{
	int c = 0;

	for (size_t i = 0; i < a.n && i < b.n && c == 0; i++)
		c = span_cmp(a.v[i], b.v[i]);
	return c == 0 ? (a.n > b.n) - (a.n < b.n) : c;
}

/* The order of a report: type, domain, text. */
static int
compare_policies(const void *a, const void *b)
{
	const struct policy *x = &((const struct report_policy *)a)->policy;
	const struct policy *y = &((const struct report_policy *)b)->policy;
	int c = (x->type > y->type) - (x->type < y->type);

	if (c == 0)
		c = span_cmp(x->domain, y->domain);
	if (c == 0)
		c = compare_list(x->strings, y->strings);
	return c == 0 ? compare_list(x->mx_hosts, y->mx_hosts) : c;
}

static int
compare_by_sessions(const void *a, const void *b)
{
	uint64_t x = sessions(a), y = sessions(b);

	if (x != y)
		return x > y ? -1 : 1;
	return compare_policies(a, b);
}

static enum err
join_details(struct report_policy *to, const struct report_policy *from,
    struct arena *arena)
{
	size_t n = to->ndetails + from->ndetails;
	struct report_detail *v;

	if (from->ndetails == 0)
		return E_OK;
	v = arena_grow(arena, to->details, to->ndetails, n, sizeof(*v));
	if (v == NULL)
		return E_NOMEM;
	memcpy(v + to->ndetails, from->details, from->ndetails * sizeof(*v));
	to->details = v;
	to->ndetails = merge_details(v, n);
	return E_OK;
}

/* Take the text off all but the busiest, and merge what is then the same. */
static enum err
fold_policies(struct report *r, size_t whole, bool names, struct arena *arena)
{
	struct report_policy *v = r->policies;
	size_t kept = 0;
	enum err e = E_OK;

	if (r->npolicies <= whole)
		return E_OK;
	qsort(v, r->npolicies, sizeof(*v), compare_by_sessions);
	for (size_t i = whole; i < r->npolicies; i++) {
		v[i].policy.strings.n = v[i].policy.mx_hosts.n = 0;
		if (!names)
			v[i].policy.domain = r->domain;
	}
	qsort(v, r->npolicies, sizeof(*v), compare_policies);
	for (size_t i = 0; i < r->npolicies && e == E_OK; i++) {
		if (kept == 0 || compare_policies(&v[kept - 1], &v[i]) != 0) {
			v[kept++] = v[i];
			continue;
		}
		v[kept - 1].succeeded = count_add(v[kept - 1].succeeded,
		    v[i].succeeded);
		v[kept - 1].failed = count_add(v[kept - 1].failed, v[i].failed);
		e = join_details(&v[kept - 1], &v[i], arena);
	}
	r->npolicies = kept;
	return e;
}

static uint64_t
count_details(const struct report *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->npolicies; i++)
		n += r->policies[i].ndetails;
	return n;
}

enum err
report_shrink(const struct report *from, unsigned step, struct arena *arena,
    struct report *ret, uint64_t *ret_folded)
{
	struct report r = *from;
	enum err e;

	r.policies = arena_grow(arena, from->policies, from->npolicies,
	    from->npolicies + 1, sizeof(*r.policies));
	if (r.policies == NULL)
		return E_NOMEM;
	e = fold_policies(&r, steps[step].policies, steps[step].names, arena);
	if (r.npolicies > 1)
		qsort(r.policies, r.npolicies, sizeof(*r.policies),
		    compare_policies);
	for (size_t i = 0; i < r.npolicies && e == E_OK; i++) {
		struct report_policy *p = &r.policies[i];

		e = copy_details(p, arena);
		if (e == E_OK)
			p->ndetails = fold_details(p->details, p->ndetails,
			    steps[step].details);
	}
	if (e != E_OK)
		return e;
	*ret_folded = count_details(from) - count_details(&r);
	*ret = r;
	return E_OK;
}
