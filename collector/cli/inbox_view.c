#include "cli/inbox_view.h"

#include "codec/lines.h"
#include "model/limits.h"
#include "model/trust.h"
#include "store/store_inbox.h"

#define VIEW_BYTES ((size_t)512 << 20)

const char *
inbox_verdict_text(int64_t code)
{
	enum trust_verdict verdict;

	return trust_verdict_from_code(code, &verdict) == E_OK
	    ? trust_verdict_text(verdict)
	    : "";
}

/* -- loading: texts are copied, rows end with the call -- */

static enum err
keep(struct arena *arena, struct span *text)
{
	*text = arena_copy(arena, *text);
	return text->p == NULL && text->len > 0 ? E_NOMEM : E_OK;
}

static enum err
keep_all(struct arena *arena, struct span *const *texts, size_t n)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < n; i++)
		e = keep(arena, texts[i]);
	return e;
}

/* The n-th is about to be added. */
static void *
grown(struct arena *arena, void *v, size_t n, size_t size)
{
	bool is_full = (n & (n - 1)) == 0; /* at each power of two, and at 0 */

	return is_full ? arena_grow(arena, v, n, n == 0 ? 1 : 2 * n, size) : v;
}

static enum err
load_policy(void *arg, const struct inbox_policy *row)
{
	struct inbox_view *v = arg;
	struct inbox_view_policy *p;
	enum err e;

	if (v->npolicies == INCOMING_POLICIES_MAX)
		return E_RANGE;
	v->policies = grown(&v->arena, v->policies, v->npolicies, sizeof(*p));
	if (v->policies == NULL)
		return E_NOMEM;
	p = &v->policies[v->npolicies++];
	*p = (struct inbox_view_policy){ .row = *row };
	e = keep_all(&v->arena,
	    (struct span *const[]){ &p->row.domain, &p->row.unknown_type,
		&p->row.policy_domain, &p->row.strings, &p->row.mx_hosts },
	    5);
	p->is_known = row->unknown_type.len == 0;
	p->policy.type = row->type;
	p->policy.domain = p->row.policy_domain;
	if (e == E_OK)
		e = lines_split(p->row.strings, &v->arena, &p->policy.strings);
	if (e == E_OK)
		e = lines_split(p->row.mx_hosts, &v->arena,
		    &p->policy.mx_hosts);
	return e;
}

static enum err
load_detail(void *arg, const struct inbox_detail *row)
{
	struct inbox_view *v = arg;
	struct inbox_view_policy *p = NULL;
	struct inbox_detail *d;

	for (size_t i = 0; i < v->npolicies && p == NULL; i++)
		if (v->policies[i].row.number == row->policy)
			p = &v->policies[i];
	if (p == NULL)
		return E_OK;
	p->details = grown(&v->arena, p->details, p->ndetails, sizeof(*d));
	if (p->details == NULL)
		return E_NOMEM;
	d = &p->details[p->ndetails++];
	*d = *row;
	return keep_all(&v->arena,
	    (struct span *const[]){ &d->unknown_type, &d->detail.sending_ip,
		&d->detail.mx_hostname, &d->detail.helo,
		&d->detail.receiving_ip, &d->detail.info, &d->detail.reason },
	    7);
}

static bool
has_failure(const struct inbox_view_policy *p, enum result_type type)
{
	for (size_t i = 0; i < p->ndetails; i++)
		if (p->details[i].unknown_type.len == 0 &&
		    p->details[i].detail.type == type)
			return true;
	return false;
}

enum err
inbox_view_load(struct store *store, const struct inbox_row *row, bool details,
    struct inbox_view *v, struct why *why)
{
	enum err e;

	*v = (struct inbox_view){ .row = row, .arena = ARENA_INIT(VIEW_BYTES) };
	e = store_inbox_policies(store, row->intake, row->part, load_policy, v,
	    why);
	if (e == E_OK && details)
		e = store_inbox_details(store, row->intake, row->part,
		    load_detail, v, why);
	for (size_t i = 0; e == E_OK && i < v->npolicies; i++) {
		struct inbox_view_policy *p = &v->policies[i];
		bool unusable = has_failure(p, RESULT_TLSA_INVALID);

		p->protection = protection_of(&p->policy, p->is_known,
		    unusable);
		p->effect = failure_effect_of(&p->policy, p->is_known,
		    unusable);
	}
	return e;
}

void
inbox_view_free(struct inbox_view *v)
{
	arena_free(&v->arena);
}

/* -- sessions by what protected them -- */

typedef bool pick_fn(const struct inbox_view_policy *, int wanted);

static bool
has_protection(const struct inbox_view_policy *p, int wanted)
{
	return (int)p->protection == wanted;
}

static bool
has_effect(const struct inbox_view_policy *p, int wanted)
{
	return (int)p->effect == wanted;
}

static void
sum(const struct inbox_view *v, pick_fn *pick, int wanted,
    struct session_totals *ret)
{
	struct policy_totals totals[INCOMING_POLICIES_MAX];

	for (size_t i = 0; i < v->npolicies; i++) {
		const struct inbox_view_policy *p = &v->policies[i];
		bool picked = pick(p, wanted);

		totals[i] = (struct policy_totals){
			.policy = &p->policy,
			.is_known = p->is_known,
			.succeeded = { picked ? p->row.succeeded : 0,
			    picked && p->row.has_succeeded },
			.failed = { picked ? p->row.failed : 0,
			    picked && p->row.has_failed },
			.owner = p->row.domain,
		};
	}
	session_totals(totals, v->npolicies, ret);
}

struct told_count
inbox_view_protected(const struct inbox_view *v, enum protection protection)
{
	struct session_totals totals;

	sum(v, has_protection, (int)protection, &totals);
	return totals.succeeded;
}

struct told_count
inbox_view_failed(const struct inbox_view *v, enum failure_effect effect)
{
	struct session_totals totals;

	sum(v, has_effect, (int)effect, &totals);
	return totals.failed;
}
