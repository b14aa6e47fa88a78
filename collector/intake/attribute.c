#include "intake/attribute.h"

#include "store/store_domain.h"

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

static enum err
find_owner(struct store *store, const struct incoming_policy *p,
    struct span *ret, struct why *why)
{
	struct span domain = p->policy.domain;
	bool is_owned = false;
	enum err e = E_OK;

	if (domain.len > 0)
		e = store_domain_is_owned(store, domain, &is_owned, why);
	*ret = is_owned ? domain : SPAN_LIT("");
	return e;
}

enum err
attribute(struct store *store, struct incoming_report *r,
    const struct attribution_hints *hints, struct arena *arena,
    struct attribution *ret, struct why *why)
{
	enum err e;

	*ret = (struct attribution){
		.owned = arena_alloc(arena,
		    (r->npolicies + 1) * sizeof(*ret->owned)),
	};
	if (ret->owned == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	e = fill_in(store, r, hints, arena, &ret->flags, why);
	for (size_t i = 0; e == E_OK && i < r->npolicies; i++) {
		e = find_owner(store, &r->policies[i], &ret->owned[i], why);
		ret->any |= ret->owned[i].len > 0;
	}
	return e;
}
