#include "intake/worker.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "intake/retake.h"

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

static enum err
take_due(struct intake_worker *w, struct store *store, struct why *why)
{
	if (!is_time_to_look(w))
		return E_OK;
	w->looked_ns = clock_mono_ns(w->intake.clock);
	return retake_due(&w->intake, store, why);
}

bool
intake_worker_has_work(const struct intake_worker *w)
{
	return spool_counts(w->spool).waiting > 0 || is_time_to_look(w);
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
	e = take_all(b, why);
	arena_free(&b->arena);
	free(b);
	return e == E_OK ? take_due(w, store, why) : e;
}
