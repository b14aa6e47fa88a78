#include "intake/attribute.h"

#include "store/store_domain.h"

/* A report is about one domain (s3); some are about a few. */
#define OURS_MAX 8

/* -- policies that do not tell their domain -- */

static bool
tells_all(const struct incoming_report *r)
{
	for (size_t i = 0; i < r->npolicies; i++)
		if (r->policies[i].policy.domain.len == 0)
			return false;
	return true;
}

/* The header goes first: it is of who reports, the token is of who sends. */
static enum err
find_hinted(struct store *store, const struct attribution_hints *h,
    struct arena *arena, struct span *ret, uint32_t *ret_flag, struct why *why)
{
	enum err e;

	if (h->header.len > 0) {
		*ret = h->header;
		*ret_flag = UINT32_C(1) << RECEIPT_FLAG_DOMAIN_OF_HEADER;
		return E_OK;
	}
	if (h->route.len == 0)
		return E_ABSENT;
	e = store_domain_of_token(store, h->route, arena, ret, why);
	if (e == E_OK)
		*ret_flag = UINT32_C(1) << RECEIPT_FLAG_DOMAIN_OF_TOKEN;
	return e;
}

/* s4.4: policy-domain is there; some leave it out. */
static enum err
fill_in(struct store *store, struct incoming_report *r,
    const struct attribution_hints *h, struct arena *arena, uint32_t *ret_flags,
    struct why *why)
{
	struct span domain = SPAN_NONE;
	enum err e;

	if (tells_all(r))
		return E_OK;
	e = find_hinted(store, h, arena, &domain, ret_flags, why);
	if (e != E_OK)
		return e == E_ABSENT ? E_OK : e;
	for (size_t i = 0; i < r->npolicies; i++)
		if (r->policies[i].policy.domain.len == 0)
			r->policies[i].policy.domain = domain;
	return E_OK;
}

/* -- whose they are -- */

struct search {
	struct store *store;
	const struct incoming_report *report;
	const struct attribution_hints *hints;
	struct arena *arena;
	struct span *owners;	    /* as the report tells it */
	struct span ours[OURS_MAX]; /* that it is said to be about */
	size_t nours;
};

static enum err
is_ours(const struct search *s, struct span domain, bool *ret, struct why *why)
{
	*ret = false;
	return domain.len == 0
	    ? E_OK
	    : store_domain_is_owned(s->store, domain, ret, why);
}

static bool
is_noted(const struct search *s, struct span domain)
{
	for (size_t i = 0; i < s->nours; i++)
		if (span_eq(s->ours[i], domain))
			return true;
	return false;
}

static enum err
note_ours(struct search *s, struct span domain, struct why *why)
{
	bool ours;
	enum err e;

	if (s->nours == OURS_MAX || is_noted(s, domain))
		return E_OK;
	e = is_ours(s, domain, &ours, why);
	if (e == E_OK && ours)
		s->ours[s->nours++] = domain;
	return e;
}

/* Elements of type tlsa may be about a host, and do not tell. */
static enum err
find_ours(struct search *s, struct why *why)
{
	const struct incoming_report *r = s->report;
	enum err e = note_ours(s, s->hints->header, why);

	for (size_t i = 0; e == E_OK && i < r->npolicies; i++)
		if (r->policies[i].policy.type != POLICY_TLSA)
			e = note_ours(s, r->policies[i].policy.domain, why);
	return e;
}

/* Of several domains with one MX host the report says which one it is about,
 * or nobody knows. E_ABSENT. */
static enum err
find_by_host(const struct search *s, struct span host, struct span *ret,
    struct why *why)
{
	bool has = false;
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && !has && i < s->nours; i++) {
		*ret = s->ours[i];
		e = store_domain_has_host(s->store, *ret, host, &has, why);
	}
	if (e != E_OK || has)
		return e;
	return s->nours > 0
	    ? E_ABSENT
	    : store_domain_of_host(s->store, host, s->arena, ret, why);
}

/* s4.4: the policy domain of DANE is an MX host's name for some, of whom the
 * report's own MTA-STS policy may tell that it is of the domain. */
static enum err
find_owner(const struct search *s, size_t i, struct span *ret, struct why *why)
{
	const struct policy *p = &s->report->policies[i].policy;
	bool ours = false;
	enum err e = p->type == POLICY_STS || p->domain.len == 0
	    ? E_ABSENT
	    : find_by_host(s, p->domain, ret, why);

	if (e != E_ABSENT)
		return e;
	*ret = s->owners[i];
	e = is_ours(s, *ret, &ours, why);
	if (e == E_OK && !ours) {
		*ret = p->domain;
		e = is_ours(s, *ret, &ours, why);
	}
	if (!ours)
		*ret = SPAN_LIT("");
	return e;
}

static enum err
find_owners(struct search *s, struct attribution *ret, struct why *why)
{
	enum err e = find_ours(s, why);

	report_owners(s->report, s->owners);
	for (size_t i = 0; e == E_OK && i < s->report->npolicies; i++) {
		e = find_owner(s, i, &ret->owned[i], why);
		ret->any |= ret->owned[i].len > 0;
	}
	return e;
}

enum err
attribute(struct store *store, struct incoming_report *r,
    const struct attribution_hints *hints, struct arena *arena,
    struct attribution *ret, struct why *why)
{
	const size_t bytes = (r->npolicies + 1) * sizeof(struct span);
	struct search s = {
		.store = store,
		.report = r,
		.hints = hints,
		.arena = arena,
		.owners = arena_alloc(arena, bytes),
	};
	enum err e;

	*ret = (struct attribution){ .owned = arena_alloc(arena, bytes) };
	if (s.owners == NULL || ret->owned == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	e = fill_in(store, r, hints, arena, &ret->flags, why);
	return e == E_OK ? find_owners(&s, ret, why) : e;
}
