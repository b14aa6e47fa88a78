#include "intake/worker.h"

#include "base/log.h"

/* In one transaction, which holds up other writers: receipts, and bytes past
 * which no further one is begun. */
#define BATCH 32
#define BATCH_BYTES ((size_t)8 << 20)

struct batch {
	struct intake_worker *worker;
	struct store *store;
	struct arena arena;
	struct spool_place at;
	size_t max, n, bytes;
	const struct why *parked; /* of the next one, or NULL */
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

static enum err
take_one(struct batch *b, const struct receipt *r, struct why *why)
{
	const struct take take = {
		.store = b->store,
		.id = &r->id,
		.facts = &r->facts,
		.body = r->body,
		.judge = b->worker->judge,
		.judge_arg = b->worker->judge_arg,
		.parked = b->parked,
	};

	if (r->damaged > 0)
		log_error("part of the spool cannot be read; it was put aside",
		    LOG_I("stretches", r->damaged));
	return take_receipt(&take, why);
}

static enum err
take_next(struct batch *b, bool *ret_more, struct why *why)
{
	struct receipt receipt;
	enum err e;

	arena_reset(&b->arena);
	e = spool_next(b->worker->spool, b->at, &b->arena, &receipt, why);
	*ret_more = e == E_OK;
	if (e == E_ABSENT) {
		*why = (struct why){ { 0 } };
		return E_OK;
	}
	if (e == E_OK)
		e = take_one(b, &receipt, why);
	if (e != E_OK)
		return e;
	b->at = receipt.behind;
	b->bytes += receipt.body.len;
	b->n++;
	return E_OK;
}

static enum err
take_batch(struct batch *b, struct why *why)
{
	bool more = true;
	enum err e = store_begin(b->store, why);

	if (e != E_OK)
		return e;
	while (e == E_OK && more && b->n < b->max && b->bytes < BATCH_BYTES)
		e = take_next(b, &more, why);
	if (e == E_OK && b->n > 0)
		e = store_intake_move(b->store, spool_id(b->worker->spool),
		    &(const struct intake_place){ (int64_t)b->at.segment,
			(int64_t)b->at.offset },
		    why);
	if (e != E_OK || b->n == 0) {
		store_rollback(b->store);
		return e;
	}
	return store_commit(b->store, why);
}

/* The others are the store's or the machine's, and pass. */
static bool
is_of_the_receipt(enum err e)
{
	return e == E_RANGE || e == E_SYNTAX || e == E_CONFLICT || e == E_NOMEM;
}

/* One that the store does not take undoes its batch. The others come once more
 * without it; alone, it is put aside and holds up nobody. */
static enum err
take_some(struct batch *b, struct why *why)
{
	const struct spool_place from = b->at;
	struct why fault = { { 0 } };
	enum err e;

	b->n = b->bytes = 0;
	e = take_batch(b, &fault);
	if (e == E_OK || !is_of_the_receipt(e))
		return e == E_OK ? e : why_set(why, e, "%s", fault.text);
	b->at = from;
	b->max = 1;
	b->n = b->bytes = 0;
	e = take_batch(b, &fault);
	if (e == E_OK || !is_of_the_receipt(e))
		return e == E_OK ? e : why_set(why, e, "%s", fault.text);
	log_error("a report cannot be stored; its bytes are kept",
	    LOG_WHY(&fault));
	b->at = from;
	b->n = b->bytes = 0;
	b->parked = &fault;
	e = take_batch(b, why);
	b->parked = NULL;
	return e;
}

enum err
intake_worker_run(struct intake_worker *w, struct store *store, struct why *why)
{
	struct batch b = { .worker = w,
		.store = store,
		.arena = ARENA_INIT(SPOOL_ARENA_MAX) };
	enum err e = find_place(w, store, &b.at, why);

	while (e == E_OK) {
		b.max = BATCH;
		if ((e = take_some(&b, why)) != E_OK || b.n == 0)
			break;
		log_info("received", LOG_I("receipts", b.n),
		    LOG_I("bytes", b.bytes));
		e = spool_release(w->spool, b.at, why);
	}
	arena_free(&b.arena);
	return e;
}
