#include "intake/retake.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "codec/gzip.h"
#include "store/store_inbox_account.h"
#include "store/store_retake.h"

/* At a time: receipts, and bytes past which no further one is read. */
#define BATCH KEYS_MAILS_MAX
#define BATCH_BYTES ((uint64_t)8 << 20)
#define BODY_MAX ((size_t)128 << 20)
#define FACTS_ARENA_MAX ((size_t)64 * 1024)
#define IDENTITIES_MAX EXAMINED_REPORTS_MAX

/* -- reading it -- */

/* One that is stored. */
struct stored {
	char id[UUID_TEXT_SIZE];
	struct arena arena; /* of its facts */
	struct buf body;
	struct why damage;
	bool is_there; /* of those that are due */
};

struct reading {
	struct stored *stored;
	struct taking *taking;
};

static enum err
note_receipt(void *arg, const struct inbox_receipt *r)
{
	struct reading *reading = arg;
	struct stored *s = reading->stored;
	struct taking *t = reading->taking;
	enum err e;

	t->facts = (struct receipt_facts){
		.way = take_way_of(r->way),
		.received_ns = r->received_s * NS_PER_S,
		.peer = arena_copy(&s->arena, r->peer),
		.route = arena_copy(&s->arena, r->route),
		.sender = arena_copy(&s->arena, r->sender),
		.recipient = arena_copy(&s->arena, r->recipient),
		.is_mail = r->is_mail,
	};
	e = gzip_expand(r->raw, &s->body);
	if (e == E_NOMEM)
		return e;
	if (e != E_OK) {
		(void)why_set(&s->damage, e, "what is stored of it: %s",
		    err_text(e));
		t->parked = &s->damage;
	}
	t->body = buf_span(&s->body);
	return E_OK;
}

/* s: with its id. Free it in any case. */
static enum err
read_stored(struct store *store, struct stored *s, struct taking *ret,
    struct why *why)
{
	struct reading reading = { s, ret };

	s->arena = ARENA_INIT(FACTS_ARENA_MAX);
	s->body = BUF_INIT(BODY_MAX);
	s->damage = (struct why){ { 0 } };
	*ret = (struct taking){ .parked = NULL };
	if (!uuid_parse(span_str(s->id), &ret->id))
		return why_set(why, E_SYNTAX, "\"%s\" is no id of an intake",
		    s->id);
	return store_inbox_receipt(store, span_str(s->id), note_receipt,
	    &reading, why);
}

static void
free_stored(struct stored *s)
{
	arena_free(&s->arena);
	buf_free(&s->body);
}

/* -- whom it competes with -- */

struct identities {
	struct content_key v[IDENTITIES_MAX];
	size_t n;
};

static enum err
note_identity(void *arg, const struct content_key *identity)
{
	struct identities *all = arg;

	if (all->n < IDENTITIES_MAX)
		all->v[all->n++] = *identity;
	return E_OK;
}

static enum err
settle_all(const struct intake *in, struct store *store,
    const struct identities *all, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < all->n; i++)
		e = store_inbox_settle(store, in->account, &all->v[i], why);
	return e;
}

/* -- replacing it -- */

static enum err
forget_raw(const struct intake *in, struct store *store, struct span id,
    struct why *why)
{
	enum err e = store_inbox_forget_raw(store, id, why);

	return e == E_OK ? store_inbox_unhold(store, in->account, id, why) : e;
}

static enum err
replace_inside(const struct intake *in, struct store *store, struct taking *t,
    struct span id, struct why *why)
{
	struct identities before = { .n = 0 };
	bool kept = true;
	enum err e = store_inbox_identities(store, id, note_identity, &before,
	    why);

	if (e == E_OK)
		e = store_inbox_forget(store, id, why);
	if (e == E_OK)
		e = taking_put(in, store, t, &kept, why);
	if (e == E_OK && !kept)
		e = forget_raw(in, store, id, why);
	return e == E_OK ? settle_all(in, store, &before, why) : e;
}

static enum err
replace_in_one(const struct intake *in, struct store *store, struct taking *t,
    struct span id, struct why *why)
{
	enum err e = store_begin(store, why);

	if (e != E_OK)
		return e;
	e = replace_inside(in, store, t, id, why);
	if (e == E_OK)
		return store_commit(store, why);
	store_rollback(store);
	return e;
}

static enum err
replace(const struct intake *in, struct store *store, struct taking *t,
    struct span id, struct why *why)
{
	enum err e = taking_open(t, why);

	if (e == E_OK)
		e = replace_in_one(in, store, t, id, why);
	taking_close(t);
	return e;
}

enum err
retake(const struct intake *in, struct store *store, struct span intake,
    struct why *why)
{
	struct span id = span_head(intake, UUID_TEXT_SIZE - 1);
	struct stored s = { .id = "" };
	struct taking t;
	enum err e;

	memcpy(s.id, id.p, id.len);
	e = read_stored(store, &s, &t, why);
	if (e == E_OK) {
		e = taking_begin(in, store, &t, 1, why);
		if (e == E_OK)
			e = replace(in, store, &t, span_str(s.id), why);
		taking_end(&t, 1);
	}
	free_stored(&s);
	return e;
}

/* -- those that are due -- */

struct due {
	struct stored v[BATCH];
	struct taking takings[BATCH];
	size_t n;
	uint64_t bytes;
};

static enum err
note_due(void *arg, struct span intake, uint64_t raw_bytes)
{
	struct due *d = arg;
	struct span id = span_head(intake, UUID_TEXT_SIZE - 1);

	if (d->n == BATCH || (d->n > 0 && d->bytes + raw_bytes > BATCH_BYTES) ||
	    (d->n > 0 && span_eq(id, span_str(d->v[d->n - 1].id))))
		return E_OK;
	memcpy(d->v[d->n].id, id.p, id.len);
	d->v[d->n].id[id.len] = '\0';
	d->bytes += raw_bytes;
	d->n++;
	return E_OK;
}

/* Before anything is tried: what fails comes again only then, and nobody else
 * takes them meanwhile. */
static enum err
postpone(const struct intake *in, struct store *store, const struct due *d,
    struct why *why)
{
	enum err e = store_begin(store, why);

	if (e != E_OK)
		return e;
	for (size_t i = 0; i < d->n; i++)
		(void)store_inbox_postpone(store, span_str(d->v[i].id),
		    clock_wall_s(in->clock) + JUDGE_AGAIN_MAX_S, why);
	return store_commit(store, why);
}

/* Its own fault holds up no other. */
static enum err
replace_due(const struct intake *in, struct store *store, struct due *d,
    size_t i, struct why *why)
{
	struct why own = { { 0 } };
	enum err e = E_OK;

	if (d->v[i].is_there)
		e = replace(in, store, &d->takings[i], span_str(d->v[i].id),
		    &own);
	if (e == E_OK)
		return E_OK;
	if (!take_is_own_fault(e))
		return why_set(why, e, "%s", own.text);
	log_error("what waits cannot be taken once more",
	    LOG_STR("intake", d->v[i].id), LOG_WHY(&own));
	return E_OK;
}

/* Those whose bytes are not kept any more stay as they are. */
static enum err
read_due(struct store *store, struct due *d, struct why *why)
{
	struct why own = { { 0 } };
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < d->n; i++) {
		e = read_stored(store, &d->v[i], &d->takings[i], &own);
		d->v[i].is_there = e == E_OK;
		if (e == E_ABSENT)
			e = E_OK;
	}
	return e == E_OK ? E_OK : why_set(why, e, "%s", own.text);
}

static enum err
replace_all(const struct intake *in, struct store *store, struct due *d,
    struct why *why)
{
	enum err e = read_due(store, d, why);

	if (e != E_OK)
		return e;
	e = taking_begin(in, store, d->takings, d->n, why);
	for (size_t i = 0; e == E_OK && i < d->n; i++)
		e = replace_due(in, store, d, i, why);
	taking_end(d->takings, d->n);
	return e;
}

enum err
retake_due(const struct intake *in, struct store *store, struct why *why)
{
	struct due *d = calloc(1, sizeof(*d));
	enum err e;

	if (d == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	e = store_inbox_due(store, clock_wall_s(in->clock), 2 * BATCH, note_due,
	    d, why);
	if (e == E_OK && d->n > 0)
		e = postpone(in, store, d, why);
	if (e == E_OK && d->n > 0)
		e = replace_all(in, store, d, why);
	for (size_t i = 0; i < d->n; i++)
		free_stored(&d->v[i]);
	free(d);
	return e;
}
