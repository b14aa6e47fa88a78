#include "intake/taking_batch.h"

#include "base/clock.h"
#include "base/log.h"
#include "model/metric.h"

/* Memory past which no further one is opened before those are in the store. */
#define OPEN_MAX ((size_t)16 << 20)

/* -- a transaction -- */

/* As many as there is time for. */
static enum err
put_some(const struct taking_batch *b, size_t from, size_t to, size_t *ret_end,
    struct why *why)
{
	const int64_t begun_ns = clock_mono_ns(b->intake->clock);
	size_t i = from;
	bool kept;
	enum err e;

	do
		e = taking_put(b->intake, b->store, &b->v[i++], &kept, why);
	while (e == E_OK && i < to &&
	    clock_mono_ns(b->intake->clock) - begun_ns < TAKING_BATCH_NS);
	if (e == E_OK)
		e = b->storing(b->arg, from, i, why);
	if (e == E_OK)
		*ret_end = i;
	return e;
}

/* *from: behind what is stored. */
static enum err
store_some(const struct taking_batch *b, size_t *from, size_t to,
    struct why *why)
{
	size_t end = *from;
	enum err e = store_begin(b->store, why);

	if (e != E_OK)
		return e;
	if ((e = put_some(b, *from, to, &end, why)) != E_OK) {
		store_rollback(b->store);
		return e;
	}
	if ((e = store_commit(b->store, why)) != E_OK)
		return e;
	metric_add(METRIC_TAKEN, 0, end - *from);
	b->stored(b->arg, *from, end);
	*from = end;
	return E_OK;
}

/* -- those that the store does not take -- */

static enum err
store_parked(const struct taking_batch *b, size_t *from,
    const struct why *fault, struct why *why)
{
	struct taking *t = &b->v[*from];
	enum err e;

	log_error("a report cannot be stored; its bytes are kept",
	    LOG_WHY(fault));
	taking_close(t);
	t->parked = fault;
	e = taking_open(t, why);
	if (e == E_OK)
		e = store_some(b, from, *from + 1, why);
	t->parked = NULL;
	return e;
}

static enum err
store_alone(const struct taking_batch *b, size_t *from, struct why *why)
{
	struct why fault = { { 0 } };
	enum err e = store_some(b, from, *from + 1, &fault);

	if (e == E_OK)
		return E_OK;
	return take_is_own_fault(e) ? store_parked(b, from, &fault, why)
				    : why_set(why, e, "%s", fault.text);
}

/* One that the store does not take undoes its transaction: then each comes
 * alone, so that it holds up nobody. */
static enum err
store_opened(const struct taking_batch *b, size_t from, size_t to,
    struct why *why)
{
	struct why fault = { { 0 } };
	enum err e = E_OK;

	while (e == E_OK && from < to)
		e = store_some(b, &from, to, &fault);
	if (e != E_OK && !take_is_own_fault(e))
		return why_set(why, e, "%s", fault.text);
	for (e = E_OK; e == E_OK && from < to;)
		e = store_alone(b, &from, why);
	return e;
}

/* -- all of them -- */

/* As many as there is memory for. */
static enum err
open_some(const struct taking_batch *b, size_t from, size_t *ret_to,
    struct why *why)
{
	size_t to = from, bytes = 0;
	enum err e = E_OK;

	while (e == E_OK && to < b->n && bytes < OPEN_MAX) {
		e = taking_open(&b->v[to], why);
		bytes += opened_size(&b->v[to++].opened);
	}
	if (e == E_OK)
		*ret_to = to;
	return e;
}

static enum err
store_all(const struct taking_batch *b, struct why *why)
{
	size_t from = 0, to = 0;
	enum err e = E_OK;

	while (e == E_OK && from < b->n) {
		if ((e = open_some(b, from, &to, why)) == E_OK)
			e = store_opened(b, from, to, why);
		for (; from < to; from++)
			taking_close(&b->v[from]);
	}
	return e;
}

enum err
taking_batch_store(const struct taking_batch *b, struct why *why)
{
	enum err e = taking_begin(b->intake, b->store, b->v, b->n, why);

	if (e == E_OK)
		e = store_all(b, why);
	taking_end(b->v, b->n);
	return e;
}
