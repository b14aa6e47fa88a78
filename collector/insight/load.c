#include "insight/load.h"

#include "base/clock.h"
#include "codec/lines.h"
#include "insight/past.h"
#include "model/trust.h"
#include "store/store_domain.h"

#define HOSTS_MAX 1000

/* An array of rows that grows. */
struct rows {
	struct arena *arena;
	void *v;
	size_t n, room;
};

static void *
next_row(struct rows *rows, size_t size)
{
	size_t room = rows->room == 0 ? 64 : 2 * rows->room;
	void *v;

	if (rows->n == rows->room) {
		v = arena_grow(rows->arena, rows->v, rows->n, room, size);
		if (v == NULL)
			return NULL;
		rows->v = v;
		rows->room = room;
	}
	return (char *)rows->v + size * rows->n++;
}

static bool
copy_text(struct arena *arena, struct span *text)
{
	*text = text->len == 0 ? SPAN_LIT("") : arena_copy(arena, *text);
	return text->p != NULL;
}

static bool
copy_told(struct arena *arena, struct evidence_told *t)
{
	return copy_text(arena, &t->reporter) && copy_text(arena, &t->intake);
}

/* -- rows -- */

static enum err
note_day(void *arg, const struct evidence_day *d)
{
	struct rows *rows = arg;
	struct evidence_day *to = next_row(rows, sizeof(*to));

	if (to == NULL)
		return E_NOMEM;
	*to = *d;
	return copy_told(rows->arena, &to->told) ? E_OK : E_NOMEM;
}

static enum err
split_policy(struct arena *arena, struct seen_policy *p)
{
	enum err e = lines_split(p->row.strings, arena, &p->policy.strings);

	if (e == E_OK)
		e = lines_split(p->row.mx_hosts, arena, &p->policy.mx_hosts);
	p->policy.type = p->row.type;
	p->policy.domain = p->row.policy_domain;
	seen_policy_finish(p);
	return e;
}

/* Most rows tell of the same policy as the one before. */
static enum err
note_policy(void *arg, const struct evidence_policy *p)
{
	struct rows *rows = arg;
	struct seen_policy *to = next_row(rows, sizeof(*to)), *before;

	if (to == NULL)
		return E_NOMEM;
	before = rows->n > 1 ? to - 1 : NULL;
	*to = (struct seen_policy){ .row = *p };
	if (!copy_told(rows->arena, &to->row.told))
		return E_NOMEM;
	if (before != NULL && p->type == before->row.type &&
	    span_eq(p->policy_domain, before->row.policy_domain) &&
	    span_eq(p->strings, before->row.strings) &&
	    span_eq(p->mx_hosts, before->row.mx_hosts)) {
		to->row.policy_domain = before->row.policy_domain;
		to->row.strings = before->row.strings;
		to->row.mx_hosts = before->row.mx_hosts;
		to->policy = before->policy;
		to->mode = before->mode;
		to->key = before->key;
		return E_OK;
	}
	return copy_text(rows->arena, &to->row.policy_domain) &&
		copy_text(rows->arena, &to->row.strings) &&
		copy_text(rows->arena, &to->row.mx_hosts)
	    ? split_policy(rows->arena, to)
	    : E_NOMEM;
}

static enum err
note_failure(void *arg, const struct evidence_failure *f)
{
	struct rows *rows = arg;
	struct evidence_failure *to = next_row(rows, sizeof(*to));

	if (to == NULL)
		return E_NOMEM;
	*to = *f;
	return copy_told(rows->arena, &to->told) &&
		copy_text(rows->arena, &to->mx) &&
		copy_text(rows->arena, &to->receiving_ip) &&
		copy_text(rows->arena, &to->sending_ip) &&
		copy_text(rows->arena, &to->reason)
	    ? E_OK
	    : E_NOMEM;
}

static enum err
note_host(void *arg, struct span host)
{
	struct rows *rows = arg;
	struct span *to = rows->n < HOSTS_MAX ? next_row(rows, sizeof(*to))
					      : NULL;

	if (to == NULL)
		return rows->n < HOSTS_MAX ? E_NOMEM : E_OK;
	*to = host;
	return copy_text(rows->arena, to) ? E_OK : E_NOMEM;
}

struct past_rows {
	struct rows rows;
	int64_t as_of_s;
};

static enum err
note_past(void *arg, const struct published_value *v)
{
	struct past_rows *p = arg;
	struct arena *arena = p->rows.arena;
	struct past *to;

	if (v->first_s > p->as_of_s)
		return E_OK;
	if ((to = next_row(&p->rows, sizeof(*to))) == NULL)
		return E_NOMEM;
	*to = (struct past){ .kind = v->kind,
		.subject = v->subject,
		.value = v->value,
		.first_s = v->first_s,
		.last_s = v->last_s < p->as_of_s ? v->last_s : p->as_of_s };
	return copy_text(arena, &to->subject) && copy_text(arena, &to->value)
	    ? lines_split(to->value, arena, &to->lines)
	    : E_NOMEM;
}

static enum err
note_own_day(void *arg, const struct day_state *d)
{
	struct rows *rows = arg;
	struct own_day *to = next_row(rows, sizeof(*to));

	if (to == NULL)
		return E_NOMEM;
	*to = (struct own_day){ d->day, d->closed_s };
	return E_OK;
}

static enum err
note_elsewhere(void *arg, struct span reporter, int64_t last, uint64_t domains)
{
	struct rows *rows = arg;
	struct elsewhere *to = next_row(rows, sizeof(*to));

	if (to == NULL)
		return E_NOMEM;
	*to = (struct elsewhere){ reporter, last, domains };
	return copy_text(rows->arena, &to->reporter) ? E_OK : E_NOMEM;
}

/* -- all -- */

static struct evidence_scope
scope_of(const struct load *l, struct span domain, int64_t days, size_t max)
{
	return (struct evidence_scope){ .domain = domain,
		.first = l->today - days,
		.last = l->today,
		.until_s = l->as_of_s,
		.max = max };
}

enum err
load_elsewhere(struct load *l, struct arena *arena, struct why *why)
{
	const struct evidence_scope scope = scope_of(l, SPAN_LIT(""),
	    EVIDENCE_RHYTHM, EVIDENCE_ROWS_MAX);
	struct rows rows = { .arena = arena };
	enum err e = store_evidence_reporters(l->store, &scope,
	    TRUST_AUTHENTICATED, note_elsewhere, &rows, why);

	l->elsewhere = rows.v;
	l->nelsewhere = rows.n;
	return e;
}

static enum err
load_reports(const struct load *l, struct arena *arena, struct evidence *to,
    struct why *why)
{
	const struct evidence_scope all = scope_of(l, to->domain,
	    EVIDENCE_RHYTHM, EVIDENCE_ROWS_MAX);
	const struct evidence_scope late = scope_of(l, to->domain,
	    EVIDENCE_DAYS, EVIDENCE_ROWS_MAX);
	const struct evidence_scope few = scope_of(l, to->domain, EVIDENCE_DAYS,
	    EVIDENCE_POLICIES_MAX);
	struct rows days = { .arena = arena }, policies = { .arena = arena },
		    failures = { .arena = arena };
	enum err e = store_evidence_days(l->store, &all, note_day, &days, why);

	if (e == E_OK)
		e = store_evidence_policies(l->store, &few, note_policy,
		    &policies, why);
	if (e == E_OK)
		e = store_evidence_failures(l->store, &late, note_failure,
		    &failures, why);
	to->days = days.v;
	to->ndays = days.n;
	to->policies = policies.v;
	to->npolicies = policies.n;
	to->failures = failures.v;
	to->nfailures = failures.n;
	return e;
}

/* What is ours and of no domain. */
static enum err
load_own_days(const struct load *l, struct arena *arena, struct evidence *to,
    struct why *why)
{
	struct rows rows = { .arena = arena };
	enum err e = store_day_list(l->store, l->today - EVIDENCE_ACTIVE,
	    note_own_day, &rows, why);

	to->own_days = rows.v;
	to->nown_days = rows.n;
	return e;
}

static enum err
load_past(const struct load *l, struct arena *arena, struct evidence *to,
    struct why *why)
{
	struct past_rows past = { { .arena = arena }, l->as_of_s };
	enum err e = store_published_list(l->store, to->domain, 0, note_past,
	    &past, why);

	to->past = past.rows.v;
	to->npast = past.rows.n;
	return e;
}

enum err
load_evidence(const struct load *l, struct span domain, struct arena *arena,
    struct evidence *ret, struct why *why)
{
	struct evidence to = { .domain = domain,
		.today = l->today,
		.as_of_s = l->as_of_s,
		.elsewhere = l->elsewhere,
		.nelsewhere = l->nelsewhere };
	struct rows hosts = { .arena = arena };
	enum err e = load_reports(l, arena, &to, why);

	if (e == E_OK)
		e = domain.len == 0 ? load_own_days(l, arena, &to, why)
				    : store_domain_hosts(l->store, domain,
					  note_host, &hosts, why);
	to.hosts = (struct span_list){ hosts.v, hosts.n };
	if (e == E_OK && domain.len > 0)
		e = load_past(l, arena, &to, why);
	if (e == E_OK)
		*ret = to;
	return e;
}
