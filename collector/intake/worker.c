#include "intake/worker.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "intake/posted_fill.h"
#include "intake/retake.h"
#include "store/store_posted.h"

/* Whose keys are asked for at once, and which are then in one transaction,
 * which holds up other writers: receipts, and bytes past which no further one
 * is read. */
#define BATCH KEYS_MAILS_MAX
#define BATCH_BYTES ((size_t)8 << 20)
/* Between two looks for what waits and is due. */
#define LOOK_NS (5 * NS_PER_S)

struct batch {
	struct intake_worker *worker;
	struct store *store;
	struct arena arena; /* of the receipts */
	struct spool_place at;
	struct taking v[BATCH];
	struct content_key keys[BATCH];
	struct spool_place behind[BATCH];
	struct taken taken[BATCH];
	size_t n, bytes;
};

/* -- where it stands -- */

static enum err
find_place(struct intake_worker *w, struct store *store,
    struct spool_place *ret, struct why *why)
{
	struct intake_place place;
	enum err e = store_intake_place(store, spool_id(w->spool), &place, why);

	*ret = (struct spool_place){ 0, 0 };
	if (e == E_ABSENT) {
		*why = (struct why){ { 0 } };
		return E_OK;
	}
	if (e == E_OK)
		*ret = (struct spool_place){ (uint64_t)place.segment,
			(uint64_t)place.offset };
	return e;
}

/* -- a batch -- */

/* What was posted is remembered, however long it was in the spool. */
static void
note_posted(struct batch *b, const struct receipt *r)
{
	struct posted *posted = b->worker->posted;
	struct content_key *key = &b->keys[b->n];

	if (r->facts.way != RECEIPT_HTTPS || posted_key(r->body, key) != E_OK)
		return;
	b->v[b->n].posted = key;
	if (posted != NULL)
		posted_note(posted, key, &r->id);
}

static void
note_receipt(struct batch *b, const struct receipt *r)
{
	if (r->damaged > 0)
		log_error("part of the spool cannot be read; it was put aside",
		    LOG_I("stretches", r->damaged));
	b->v[b->n] = (struct taking){
		.id = r->id,
		.facts = r->facts,
		.body = r->body,
		.taken = &b->taken[b->n],
	};
	b->taken[b->n] = (struct taken){ .class = 0 };
	note_posted(b, r);
	b->behind[b->n++] = r->behind;
	b->bytes += r->body.len;
}

static enum err
read_batch(struct batch *b, struct why *why)
{
	struct spool_place at = b->at;
	struct receipt receipt;
	enum err e = E_OK;

	arena_reset(&b->arena);
	b->n = b->bytes = 0;
	while (e == E_OK && b->n < BATCH && b->bytes < BATCH_BYTES) {
		e = spool_next(b->worker->spool, at, &b->arena, &receipt, why);
		if (e != E_OK)
			break;
		note_receipt(b, &receipt);
		at = receipt.behind;
	}
	if (e != E_ABSENT)
		return e;
	*why = (struct why){ { 0 } };
	return E_OK;
}

/* -- storing it -- */

static enum err
put(struct batch *b, size_t from, size_t to, struct why *why)
{
	const struct spool_place at = b->behind[to - 1];
	enum err e = E_OK;
	bool kept;

	for (size_t i = from; e == E_OK && i < to; i++)
		e = taking_put(&b->worker->intake, b->store, &b->v[i], &kept,
		    why);
	return e == E_OK
	    ? store_intake_move(b->store, spool_id(b->worker->spool),
		  &(const struct intake_place){ (int64_t)at.segment,
		      (int64_t)at.offset },
		  why)
	    : e;
}

/* In one transaction. */
static enum err
store_some(struct batch *b, size_t from, size_t to, struct why *why)
{
	enum err e = store_begin(b->store, why);

	if (e != E_OK)
		return e;
	if ((e = put(b, from, to, why)) != E_OK) {
		store_rollback(b->store);
		return e;
	}
	if ((e = store_commit(b->store, why)) == E_OK)
		b->at = b->behind[to - 1];
	return e;
}

/* What the store does not take even so is put aside. */
static enum err
store_alone(struct batch *b, size_t i, struct why *why)
{
	struct why fault = { { 0 } };
	enum err e = store_some(b, i, i + 1, &fault);

	if (e == E_OK || !take_is_own_fault(e))
		return e == E_OK ? e : why_set(why, e, "%s", fault.text);
	log_error("a report cannot be stored; its bytes are kept",
	    LOG_WHY(&fault));
	b->v[i].parked = &fault;
	e = store_some(b, i, i + 1, why);
	b->v[i].parked = NULL;
	return e;
}

/* One that the store does not take undoes its batch: then each comes alone, so
 * that it holds up nobody. */
static enum err
store_batch(struct batch *b, struct why *why)
{
	struct why fault = { { 0 } };
	enum err e = store_some(b, 0, b->n, &fault);

	if (e == E_OK || !take_is_own_fault(e))
		return e == E_OK ? e : why_set(why, e, "%s", fault.text);
	e = E_OK;
	for (size_t i = 0; e == E_OK && i < b->n; i++)
		e = store_alone(b, i, why);
	return e;
}

static void
tell_upkeep(const struct batch *b)
{
	struct upkeep *upkeep = b->worker->upkeep;

	for (size_t i = 0; upkeep != NULL && i < b->n; i++)
		upkeep_taken(upkeep, &b->v[i].facts, b->v[i].body,
		    &b->taken[i]);
}

static enum err
take_batch(struct batch *b, struct why *why)
{
	enum err e = read_batch(b, why);

	if (e != E_OK || b->n == 0)
		return e;
	e = taking_begin(&b->worker->intake, b->store, b->v, b->n, why);
	if (e == E_OK)
		e = store_batch(b, why);
	if (e == E_OK)
		tell_upkeep(b);
	taking_end(b->v, b->n);
	return e;
}

static enum err
run_upkeep(const struct batch *b, struct why *why)
{
	struct upkeep *upkeep = b->worker->upkeep;

	return upkeep == NULL ? E_OK : upkeep_run(upkeep, b->store, why);
}

static enum err
take_all(struct batch *b, struct why *why)
{
	enum err e = find_place(b->worker, b->store, &b->at, why);

	while (e == E_OK && (e = run_upkeep(b, why)) == E_OK) {
		if ((e = take_batch(b, why)) != E_OK || b->n == 0)
			break;
		log_info("received", LOG_I("receipts", b->n),
		    LOG_I("bytes", b->bytes));
		e = spool_release(b->worker->spool, b->at, why);
	}
	return e;
}

/* -- what waits -- */

static bool
is_time_to_look(const struct intake_worker *w)
{
	return clock_mono_ns(w->intake.clock) - w->looked_ns >= LOOK_NS;
}

/* -- what is posted again -- */

static bool
is_to_be_filled(const struct intake_worker *w)
{
	return w->posted != NULL && !w->is_filled;
}

static enum err
fill(struct intake_worker *w, struct store *store, struct why *why)
{
	enum err e;

	if (!is_to_be_filled(w))
		return E_OK;
	e = posted_fill_from_store(w->posted, store,
	    clock_wall_s(w->intake.clock), why);
	if (e != E_OK)
		return e;
	w->is_filled = true;
	log_info("posts of before are known");
	return E_OK;
}

static enum err
count_again(struct intake_worker *w, struct store *store, struct why *why)
{
	const uint64_t again = w->posted == NULL ? 0 : posted_again(w->posted);
	enum err e;

	if (again == w->again_counted)
		return E_OK;
	e = store_posted_count(store, day_of_s(clock_wall_s(w->intake.clock)),
	    spool_id(w->spool), again - w->again_counted, why);
	if (e != E_OK)
		return e;
	log_info("posted again, and not kept once more",
	    LOG_I("posts", again - w->again_counted));
	w->again_counted = again;
	return E_OK;
}

void
intake_worker_end(struct intake_worker *w, struct store *store)
{
	if (store != NULL)
		(void)count_again(w, store, NULL);
}

/* -- the whole -- */

bool
intake_worker_has_work(const struct intake_worker *w)
{
	return is_to_be_filled(w) || spool_counts(w->spool).waiting > 0 ||
	    is_time_to_look(w);
}

/* What can wait for the next look. */
static enum err
look(struct intake_worker *w, struct store *store, struct why *why)
{
	enum err e;

	if (!is_time_to_look(w))
		return E_OK;
	w->looked_ns = clock_mono_ns(w->intake.clock);
	e = retake_due(&w->intake, store, why);
	return e == E_OK ? count_again(w, store, why) : e;
}

enum err
intake_worker_run(struct intake_worker *w, struct store *store, struct why *why)
{
	struct batch *b = calloc(1, sizeof(*b));
	enum err e;

	if (b == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	b->worker = w;
	b->store = store;
	b->arena = ARENA_INIT(SPOOL_ARENA_MAX + 2 * BATCH_BYTES);
	e = fill(w, store, why);
	if (e == E_OK)
		e = take_all(b, why);
	arena_free(&b->arena);
	free(b);
	return e == E_OK ? look(w, store, why) : e;
}
