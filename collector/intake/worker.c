#include "intake/worker.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "intake/posted_fill.h"
#include "intake/retake.h"
#include "intake/taking_batch.h"
#include "store/store_posted.h"

/* Bytes past which no further receipt is read into memory. */
#define BATCH_BYTES ((size_t)8 << 20)
/* A run ends then, even while more comes in than is stored: whoever runs it has
 * other things to do, such as to end. */
#define RUN_NS (1 * NS_PER_S)
/* Between two looks for what waits and is due. */
#define LOOK_NS (5 * NS_PER_S)

struct batch {
	struct intake_worker *worker;
	struct store *store;
	struct arena arena; /* of the receipts */
	struct spool_place at;
	struct taking v[TAKING_BATCH_MAX];
	struct content_key keys[TAKING_BATCH_MAX];
	struct spool_place behind[TAKING_BATCH_MAX];
	struct taken taken[TAKING_BATCH_MAX];
	size_t n, mails, bytes;
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
	b->mails += r->facts.is_mail;
	b->bytes += r->body.len;
}

static bool
is_full(const struct batch *b)
{
	return b->n == TAKING_BATCH_MAX || b->mails == TAKING_BATCH_MAILS_MAX ||
	    b->bytes >= BATCH_BYTES;
}

static enum err
read_batch(struct batch *b, struct why *why)
{
	struct spool_place at = b->at;
	struct receipt receipt;
	enum err e = E_OK;

	arena_reset(&b->arena);
	b->n = b->mails = b->bytes = 0;
	while (e == E_OK && !is_full(b)) {
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
move(void *arg, size_t from, size_t to, struct why *why)
{
	const struct batch *b = arg;
	const struct spool_place at = b->behind[to - 1];

	(void)from;
	return store_intake_move(b->store, spool_id(b->worker->spool),
	    &(const struct intake_place){ (int64_t)at.segment,
		(int64_t)at.offset },
	    why);
}

static void
note_stored(void *arg, size_t from, size_t to)
{
	struct batch *b = arg;
	struct upkeep *upkeep = b->worker->upkeep;

	b->at = b->behind[to - 1];
	for (; upkeep != NULL && from < to; from++)
		upkeep_taken(upkeep, &b->v[from].facts, b->v[from].body,
		    &b->taken[from]);
}

static enum err
take_batch(struct batch *b, struct why *why)
{
	const struct taking_batch batch = { .intake = &b->worker->intake,
		.store = b->store,
		.v = b->v,
		.n = b->n,
		.storing = move,
		.stored = note_stored,
		.arg = b };

	return taking_batch_store(&batch, why);
}

static enum err
run_upkeep(const struct batch *b, struct why *why)
{
	struct upkeep *upkeep = b->worker->upkeep;

	return upkeep == NULL ? E_OK : upkeep_run(upkeep, b->store, why);
}

static enum err
take_next(struct batch *b, struct why *why)
{
	enum err e = run_upkeep(b, why);

	if (e == E_OK)
		e = read_batch(b, why);
	if (e != E_OK || b->n == 0)
		return e;
	if ((e = take_batch(b, why)) != E_OK)
		return e;
	log_info("received", LOG_I("receipts", b->n), LOG_I("bytes", b->bytes));
	return spool_release(b->worker->spool, b->at, why);
}

/* All, or as many as there is time for. What came in while the last few were
 * stored waits for the next run: many in one transaction cost the least. */
static enum err
take_some(struct batch *b, struct why *why)
{
	const struct clock *clock = b->worker->intake.clock;
	const int64_t begun_ns = clock_mono_ns(clock);
	enum err e = find_place(b->worker, b->store, &b->at, why);

	while (e == E_OK) {
		e = take_next(b, why);
		if (!is_full(b) || clock_mono_ns(clock) - begun_ns >= RUN_NS)
			break;
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
	if (!w->others.is_known) /* else it is one of many times */
		log_info("posts of before are known");
	return E_OK;
}

/* Another machine has evicted what would be answered here as kept. */
static enum err
drop_evicted(struct intake_worker *w, struct store *store, struct why *why)
{
	bool is_dropped = false;
	enum err e;

	if (w->posted == NULL)
		return E_OK;
	e = posted_drop_evicted(w->posted, &w->others, store, w->intake.clock,
	    w->intake.account, &is_dropped, why);
	if (is_dropped)
		w->is_filled = false;
	return e;
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
	if (e == E_OK)
		e = drop_evicted(w, store, why);
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
		e = take_some(b, why);
	arena_free(&b->arena);
	free(b);
	return e == E_OK ? look(w, store, why) : e;
}
