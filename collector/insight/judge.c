#include "insight/judge.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "insight/evidence_json.h"
#include "insight/load.h"
#include "insight/rules.h"
#include "store/store_domain.h"
#include "store/store_finding.h"

#define ARENA_MAX ((size_t)256 << 20)
#define EVIDENCE_JSON_MAX ((size_t)256 * 1024)
#define CURRENT_MAX (2 * FOUND_MAX)

struct judging {
	struct load load;
	struct arena all;     /* of all domains */
	struct arena domain;  /* of one */
	enum err passed_over; /* a domain that was too much */
	struct judgement counts;
};

/* -- what is in the store -- */

struct current {
	struct arena *arena;
	struct finding v[CURRENT_MAX];
	bool is_there[CURRENT_MAX]; /* it was found again */
	size_t n;
};

static enum err
note_current(void *arg, const struct finding *f)
{
	struct current *c = arg;
	struct finding *to = &c->v[c->n];

	if (c->n == CURRENT_MAX)
		return E_OK;
	c->n++;
	*to = *f;
	to->id = arena_copy(c->arena, f->id);
	to->kind = arena_copy(c->arena, f->kind);
	to->domain = arena_copy(c->arena, f->domain);
	to->subject = arena_copy(c->arena, f->subject);
	to->reason = arena_copy(c->arena, f->reason);
	to->evidence = arena_copy(c->arena, f->evidence);
	return to->id.p == NULL || to->kind.p == NULL || to->domain.p == NULL ||
		to->subject.p == NULL || to->evidence.p == NULL
	    ? E_NOMEM
	    : E_OK;
}

static struct finding *
find_current(struct current *c, const struct found *found)
{
	struct span kind = span_str(kind_info(found->kind)->text);

	for (size_t i = 0; i < c->n; i++) {
		if (!span_eq(c->v[i].kind, kind) ||
		    !span_eq(c->v[i].subject, found->subject))
			continue;
		c->is_there[i] = true;
		return &c->v[i];
	}
	return NULL;
}

/* -- opening and changing -- */

static enum err
add_new(struct judging *j, const struct found *found, struct span evidence,
    struct span domain, struct why *why)
{
	const struct uuid uuid = uuid_new(j->load.as_of_s * NS_PER_S);
	char id[UUID_TEXT_SIZE];

	uuid_text(&uuid, id);
	j->counts.opened++;
	return store_finding_add(j->load.store,
	    &(const struct finding){ .id = span_str(id),
		.kind = span_str(kind_info(found->kind)->text),
		.domain = domain,
		.subject = found->subject,
		.severity = found->severity,
		.conclusion = found->conclusion,
		.confidence = found->confidence,
		.first_day = found->first,
		.last_day = found->last,
		.opened_s = j->load.as_of_s,
		.evidence = evidence },
	    why);
}

/* "On the path" stays until something speaks against it: that days have passed
 * which told of it, does not. */
static void
follow(struct finding *f, const struct found *found)
{
	bool stays = f->conclusion == CONCLUSION_PATH &&
	    found->conclusion == CONCLUSION_UNKNOWN;

	if (!stays) {
		f->conclusion = found->conclusion;
		f->confidence = found->confidence;
		f->severity = found->severity;
	}
	if (found->first < f->first_day)
		f->first_day = found->first;
	if (found->last > f->last_day)
		f->last_day = found->last;
}

static bool
is_worse(const struct finding *now, const struct finding *before)
{
	return now->severity > before->severity ||
	    (now->conclusion == CONCLUSION_PATH &&
		before->conclusion != CONCLUSION_PATH);
}

/* Who has seen to it has not seen what is worse. */
static enum finding_state
state_after(const struct finding *now, const struct finding *before,
    int64_t as_of_s)
{
	if (now->state == FINDING_MUTED)
		return now->muted_until_s != 0 && now->muted_until_s <= as_of_s
		    ? FINDING_OPEN
		    : FINDING_MUTED;
	return is_worse(now, before) ? FINDING_OPEN : now->state;
}

static bool
is_same(const struct finding *a, const struct finding *b)
{
	return a->state == b->state && a->severity == b->severity &&
	    a->conclusion == b->conclusion && a->confidence == b->confidence &&
	    a->first_day == b->first_day && a->last_day == b->last_day &&
	    span_eq(a->evidence, b->evidence);
}

static enum err
change(struct judging *j, struct finding *f, const struct found *found,
    struct span evidence, struct why *why)
{
	const struct finding before = *f;

	follow(f, found);
	f->evidence = evidence;
	f->state = state_after(f, &before, j->load.as_of_s);
	j->counts.worsened += is_worse(f, &before);
	return is_same(f, &before)
	    ? E_OK
	    : store_finding_update(j->load.store, f, why);
}

static enum err
put_found(struct judging *j, struct current *c, const struct found *found,
    struct span domain, struct why *why)
{
	struct finding *f = find_current(c, found);
	struct buf evidence = BUF_INIT(EVIDENCE_JSON_MAX);
	enum err e = evidence_write(found, &evidence);

	if (e != E_OK)
		(void)why_set(why, e, "the evidence of a finding: %s",
		    err_text(e));
	else if (f == NULL)
		e = add_new(j, found, buf_span(&evidence), domain, why);
	else
		e = change(j, f, found, buf_span(&evidence), why);
	buf_free(&evidence);
	return e;
}

static enum err
close_rest(struct judging *j, const struct current *c, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < c->n; i++) {
		if (c->is_there[i])
			continue;
		j->counts.closed++;
		e = store_finding_close(j->load.store, c->v[i].id,
		    j->load.as_of_s, why);
	}
	return e;
}

static enum err
put_all(struct judging *j, struct span domain, const struct findings *found,
    struct why *why)
{
	struct current *c = arena_zalloc(&j->domain, sizeof(*c));
	enum err e;

	if (c == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	c->arena = &j->domain;
	e = store_finding_current(j->load.store, domain, note_current, c, why);
	for (size_t i = 0; e == E_OK && i < found->n; i++)
		e = put_found(j, c, &found->v[i], domain, why);
	j->counts.current += found->n;
	return e == E_OK ? close_rest(j, c, why) : e;
}

/* -- domains -- */

static enum err
judge_domain(struct judging *j, struct span domain, struct why *why)
{
	struct evidence evidence;
	struct findings found;
	enum err e;

	arena_reset(&j->domain);
	e = load_evidence(&j->load, domain, &j->domain, &evidence, why);
	if (e == E_OK)
		e = rules_apply(&evidence, &j->domain, &found);
	if (e != E_OK || (e = store_begin(j->load.store, why)) != E_OK)
		return e;
	if ((e = put_all(j, domain, &found, why)) == E_OK)
		return store_commit(j->load.store, why);
	store_rollback(j->load.store);
	return e;
}

/* What is too much to be judged, or cannot be read, holds up no other domain;
 * it is told of at the end. */
static enum err
judge_or_pass(struct judging *j, struct span domain, struct why *why)
{
	enum err e = judge_domain(j, domain, why);

	if (e != E_NOMEM && e != E_RANGE && e != E_SYNTAX)
		return e;
	(void)why_set(why, e, "%.*s: %s", SPAN_ARG(domain), err_text(e));
	j->passed_over = e;
	return E_OK;
}

struct names {
	struct arena *arena;
	struct span_list list;
	size_t room;
};

static enum err
note_domain(void *arg, const struct owned_domain *d)
{
	struct names *n = arg;
	size_t room = n->room == 0 ? 16 : 2 * n->room;

	if (n->list.n == n->room) {
		n->list.v = arena_grow(n->arena, n->list.v, n->list.n, room,
		    sizeof(*n->list.v));
		if (n->list.v == NULL)
			return E_NOMEM;
		n->room = room;
	}
	n->list.v[n->list.n] = arena_copy(n->arena, d->domain);
	return n->list.v[n->list.n++].p == NULL ? E_NOMEM : E_OK;
}

static enum err
judge_all(struct judging *j, struct why *why)
{
	struct names names = { .arena = &j->all };
	enum err e = store_domain_list(j->load.store, note_domain, &names, why);

	if (e == E_OK)
		e = load_elsewhere(&j->load, &j->all, why);
	for (size_t i = 0; e == E_OK && i < names.list.n; i++)
		e = judge_or_pass(j, names.list.v[i], why);
	if (e == E_OK)
		e = judge_or_pass(j, SPAN_LIT(""), why);
	if (e == E_OK)
		e = store_finding_disown(j->load.store, j->load.as_of_s, why);
	if (e == E_OK)
		e = j->passed_over;
	return e == E_OK
	    ? store_finding_set_judged(j->load.store, j->load.as_of_s, why)
	    : e;
}

enum err
insight_judge(struct store *store, int64_t as_of_s, struct judgement *ret,
    struct why *why)
{
	struct judging j = {
		.load = { .store = store,
		    .today = day_of_s(as_of_s),
		    .as_of_s = as_of_s },
		.all = ARENA_INIT(ARENA_MAX),
		.domain = ARENA_INIT(ARENA_MAX),
	};
	enum err e = judge_all(&j, why);

	arena_free(&j.all);
	arena_free(&j.domain);
	if (e == E_OK)
		*ret = j.counts;
	return e;
}
