#include "store/store_inbox_level.h"

#include <stdlib.h>

#include "base/clock.h"
#include "codec/lines.h"
#include "model/levels.h"
#include "model/limits.h"
#include "store/store_inbox.h"
#include "store/store_private.h"

#define ARENA_MAX ((size_t)256 << 20)
#define TYPES_MAX 32 /* more than there are result types */

/* A policy, and by result type what failed under it. */
struct element {
	int64_t number, day;
	struct span domain;
	struct policy policy;
	struct level_policy level;
	bool is_done;
};

struct failure {
	int64_t policy;
	int64_t type;
	uint64_t sessions;
};

struct report {
	struct store *store;
	const struct inbox_row *row;
	struct arena arena;
	struct element *elements;
	size_t n;
	struct failure *failures;
	size_t nfailures;
	struct level_policy *picked; /* room for n */
};

/* -- reading -- */

/* Room for the n-th: doubled at each power of two. */
static void *
grown(struct arena *arena, void *v, size_t n, size_t size)
{
	bool is_full = (n & (n - 1)) == 0;

	return is_full ? arena_grow(arena, v, n, n == 0 ? 1 : 2 * n, size) : v;
}

static enum err
copy_policy(struct arena *arena, const struct inbox_policy *p,
    struct element *to)
{
	struct span strings = arena_copy(arena, p->strings);
	struct span hosts = arena_copy(arena, p->mx_hosts);
	enum err e;

	to->domain = arena_copy(arena, p->domain);
	to->policy = (struct policy){ .type = p->type,
		.domain = arena_copy(arena, p->policy_domain) };
	if (strings.p == NULL || hosts.p == NULL || to->domain.p == NULL ||
	    to->policy.domain.p == NULL)
		return E_NOMEM;
	e = lines_split(strings, arena, &to->policy.strings);
	return e == E_OK ? lines_split(hosts, arena, &to->policy.mx_hosts) : e;
}

static enum err
note_policy(void *arg, const struct inbox_policy *p)
{
	struct report *r = arg;
	struct element *to;

	if (r->n == INCOMING_POLICIES_MAX)
		return E_RANGE;
	to = grown(&r->arena, r->elements, r->n, sizeof(*to));
	if (to == NULL)
		return E_NOMEM;
	r->elements = to;
	to += r->n++;
	*to = (struct element){
		.number = p->number,
		.day = p->day,
		.level.totals = { .is_known = p->unknown_type.len == 0,
		    .succeeded = { p->succeeded, p->has_succeeded },
		    .failed = { p->failed, p->has_failed } },
	};
	return copy_policy(&r->arena, p, to);
}

static enum err
note_failure(void *arg, const struct db_value *row)
{
	struct report *r = arg;
	struct failure *to = grown(&r->arena, r->failures, r->nfailures,
	    sizeof(*to));

	if (to == NULL)
		return E_NOMEM;
	r->failures = to;
	to[r->nfailures++] = (struct failure){ row[0].num, row[1].num,
		(uint64_t)row[2].num };
	return E_OK;
}

static enum err
read_report(struct report *r, struct why *why)
{
	enum err e = store_inbox_policies(r->store, r->row->intake,
	    r->row->part, note_policy, r, why);

	return e == E_OK
	    ? db_read(r->store->db, QUERY_INBOX_LEVEL_TYPES, note_failure, r,
		  why, DB_T(r->row->intake), DB_I(r->row->part))
	    : e;
}

/* -- levels of the policies -- */

static bool
has_failure(const struct report *r, int64_t policy, enum result_type type)
{
	for (size_t i = 0; i < r->nfailures; i++)
		if (r->failures[i].policy == policy &&
		    r->failures[i].type == (int64_t)type)
			return true;
	return false;
}

static enum err
put_policy_levels(struct report *r, struct element *p, struct why *why)
{
	bool is_known = p->level.totals.is_known;
	bool tlsa_invalid = has_failure(r, p->number, RESULT_TLSA_INVALID);

	p->level.totals.policy = &p->policy;
	p->level.totals.owner = p->domain;
	p->level.succeeded = level_of_success(
	    protection_of(&p->policy, is_known, tlsa_invalid));
	p->level.failed = level_of_failure(
	    failure_effect_of(&p->policy, is_known, tlsa_invalid));
	return db_write(r->store->db, QUERY_INBOX_LEVEL_POLICY, why,
	    DB_I(p->day), DB_T(p->domain), DB_T(r->row->intake),
	    DB_I(r->row->part), DB_I(p->number), DB_I(p->level.succeeded),
	    DB_I(p->level.failed));
}

/* -- rows of the domains -- */

/* The element that a failure is of; both are sorted by its number. */
static const struct element *
element_of(const struct report *r, const struct failure *f, size_t *at)
{
	while (*at < r->n && r->elements[*at].number < f->policy)
		++*at;
	return *at < r->n && r->elements[*at].number == f->policy
	    ? &r->elements[*at]
	    : NULL;
}

static void
add_failure(struct failure *sums, const struct failure *f)
{
	size_t i = 0;

	while (
	    i < TYPES_MAX - 1 && sums[i].type != 0 && sums[i].type != f->type)
		i++;
	sums[i].type = f->type;
	sums[i].sessions = count_add(sums[i].sessions, f->sessions);
}

/* The result type that most sessions failed with, under the policies of the
 * domain; the least of several. */
static struct failure
worst_of(const struct report *r, struct span domain)
{
	struct failure sums[TYPES_MAX] = { { .type = 0 } }, worst = sums[0];
	size_t at = 0;

	for (size_t i = 0; i < r->nfailures; i++) {
		const struct element *p = element_of(r, &r->failures[i], &at);

		if (p != NULL && span_eq(p->domain, domain))
			add_failure(sums, &r->failures[i]);
	}
	for (size_t i = 0; i < TYPES_MAX && sums[i].type != 0; i++)
		if (worst.type == 0 || sums[i].sessions > worst.sessions ||
		    (sums[i].sessions == worst.sessions &&
			sums[i].type < worst.type))
			worst = sums[i];
	return worst;
}

static struct span
reporter_of(const struct inbox_row *row)
{
	return row->submitter.len > 0 ? row->submitter : row->organization;
}

static enum err
put_domain(struct report *r, int64_t day, struct span domain,
    const struct levels *l, const struct failure *worst, struct why *why)
{
	const struct inbox_row *row = r->row;
	enum err e = inbox_touch(r->store, day, domain, reporter_of(row), why);

	return e == E_OK
	    ? db_write(r->store->db, QUERY_INBOX_LEVEL_PUT, why, DB_I(day),
		  DB_T(domain), DB_T(row->intake), DB_I(row->part),
		  DB_I(row->state), DB_I(row->verdict), DB_T(reporter_of(row)),
		  DB_I(row->received_s), DB_I(l->n[LEVEL_AUTHENTICATED - 1]),
		  DB_I(l->n[LEVEL_TESTING - 1]),
		  DB_I(l->n[LEVEL_ENCRYPTED - 1]),
		  DB_I(l->n[LEVEL_CLEARTEXT - 1]),
		  DB_I(l->n[LEVEL_NOT_SENT - 1]), DB_I(l->is_told),
		  DB_I(worst->type), DB_I(worst->sessions))
	    : e;
}

/* All policies of the first one's domain. */
static enum err
put_domain_of(struct report *r, size_t first, struct why *why)
{
	const struct element *f = &r->elements[first];
	struct failure worst;
	struct levels levels;
	size_t n = 0;

	for (size_t i = first; i < r->n; i++)
		if (span_eq(r->elements[i].domain, f->domain)) {
			r->elements[i].is_done = true;
			r->picked[n++] = r->elements[i].level;
		}
	levels_of(r->picked, n, &levels);
	worst = worst_of(r, f->domain);
	return put_domain(r, f->day, f->domain, &levels, &worst, why);
}

/* It is about none of ours: it has a row all the same. */
static enum err
put_nobodys(struct report *r, struct why *why)
{
	const struct inbox_row *row = r->row;
	int64_t s = row->start_s == 0 ? row->received_s : row->start_s;

	return put_domain(r, day_of_s(s), SPAN_LIT(""),
	    &(const struct levels){ .is_told = false },
	    &(const struct failure){ .sessions = 0 }, why);
}

static enum err
put_rows(struct report *r, struct why *why)
{
	bool any = false;
	enum err e = E_OK;

	r->picked = arena_alloc(&r->arena, (r->n + 1) * sizeof(*r->picked));
	if (r->picked == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	for (size_t i = 0; e == E_OK && i < r->n; i++)
		e = put_policy_levels(r, &r->elements[i], why);
	for (size_t i = 0; e == E_OK && i < r->n; i++) {
		if (r->elements[i].is_done || r->elements[i].domain.len == 0)
			continue;
		any = true;
		e = put_domain_of(r, i, why);
	}
	if (e == E_OK && !any)
		e = put_nobodys(r, why);
	return e == E_OK ? db_write(r->store->db, QUERY_INBOX_LEVEL_MADE, why,
			       DB_T(r->row->intake), DB_I(r->row->part))
			 : e;
}

enum err
store_inbox_put_levels(struct store *store, const struct inbox_row *row,
    struct why *why)
{
	struct report r = { .store = store,
		.row = row,
		.arena = ARENA_INIT(ARENA_MAX) };
	enum err e = read_report(&r, why);

	if (e == E_OK)
		e = put_rows(&r, why);
	arena_free(&r.arena);
	return e;
}

/* -- of reports that are there without -- */

#define OLD_MAX 1000

struct old {
	struct arena arena;
	struct inbox_row v[OLD_MAX]; /* intake and part, then all */
	size_t n, at;
};

static enum err
note_old(void *arg, const struct db_value *row)
{
	struct old *old = arg;
	struct inbox_row *to = &old->v[old->n++];

	to->part = row[1].num;
	to->intake = arena_copy(&old->arena, row[0].bytes);
	return to->intake.p == NULL ? E_NOMEM : E_OK;
}

static enum err
note_whole(void *arg, const struct inbox_row *row)
{
	struct old *old = arg;
	struct inbox_row *to = &old->v[old->at];

	if (row->part != to->part)
		return E_OK;
	to->received_s = row->received_s;
	to->start_s = row->start_s;
	to->state = row->state;
	to->verdict = row->verdict;
	to->submitter = arena_copy(&old->arena, row->submitter);
	to->organization = arena_copy(&old->arena, row->organization);
	return to->submitter.p == NULL || to->organization.p == NULL ? E_NOMEM
								     : E_OK;
}

static enum err
put_old(struct store *store, struct old *old, size_t max, struct why *why)
{
	enum err e = db_read(store->db, QUERY_INBOX_LEVEL_MISSING, note_old,
	    old, why, DB_I(max < OLD_MAX ? max : OLD_MAX));

	for (; e == E_OK && old->at < old->n; old->at++) {
		e = store_inbox_get(store, old->v[old->at].intake, note_whole,
		    old, why);
		if (e == E_OK)
			e = store_inbox_put_levels(store, &old->v[old->at],
			    why);
	}
	return e;
}

enum err
store_inbox_level_old(struct store *store, size_t max, size_t *ret_n,
    struct why *why)
{
	struct old *old = calloc(1, sizeof(*old));
	enum err e;

	if (old == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	old->arena = ARENA_INIT(ARENA_MAX);
	e = store_begin(store, why);
	if (e == E_OK && (e = put_old(store, old, max, why)) == E_OK)
		e = store_commit(store, why);
	else
		store_rollback(store);
	if (e == E_OK)
		*ret_n = old->n;
	arena_free(&old->arena);
	free(old);
	return e;
}

enum err
store_inbox_forget_levels(struct store *store, struct span intake,
    struct why *why)
{
	enum err e = inbox_touch_intake(store, intake, why);

	return e == E_OK
	    ? db_write(store->db, QUERY_INBOX_LEVEL_FORGET, why, DB_T(intake))
	    : e;
}
