#include "deliver/queue.h"

#include "base/clock.h"
#include "codec/lines.h"
#include "model/limits.h"

#define TEXTS_BYTES ((size_t)RUA_MAX * 16 * URI_TEXT_MAX)

struct queueing {
	struct plan plan;
	const struct report_row *report;
	/* By hand alone. */
	bool dry;
	queue_fn *fn;
	void *arg;
};

typedef enum err rua_fn(const struct queueing *, struct span uri,
    struct why *why);

static enum err
each_rua(const struct queueing *q, rua_fn *fn, struct why *why)
{
	struct span_list rua = { NULL, 0 };
	enum err e = E_OK;

	if (lines_split(q->report->rua, q->plan.texts, &rua) != E_OK)
		e = why_set(why, E_NOMEM, "out of memory");
	for (size_t i = 0; e == E_OK && i < rua.n; i++)
		e = fn(q, rua.v[i], why);
	return e;
}

static bool
is_wanted(const struct config *c, const struct report_row *r)
{
	return !c->deliver_only_with_failures || r->failed > 0;
}

/* -- when it is handed over -- */

static enum err
add(const struct plan *p, struct delivery *d, char id_text[UUID_TEXT_SIZE],
    struct why *why)
{
	struct uuid id = uuid_new(p->now_s * NS_PER_S);

	uuid_text(&id, id_text);
	d->id = span_str(id_text);
	return store_delivery_add(p->store, d, why);
}

static enum err
queue_one(const struct queueing *q, struct span uri, struct why *why)
{
	char id[UUID_TEXT_SIZE];
	struct delivery d;
	enum err e = plan_delivery(&q->plan, q->report, uri, &d, why);

	return e == E_OK ? add(&q->plan, &d, id, why) : e;
}

enum err
queue_report(struct store *store, const struct config *c,
    const struct report_row *r, int64_t now_s, struct why *why)
{
	struct arena texts = ARENA_INIT(TEXTS_BYTES);
	const struct queueing q = {
		.plan = { store, c, (enum deliver_mode)c->deliver_mode, now_s,
		    &texts },
		.report = r,
	};
	enum err e;

	if (c->deliver_mode == DELIVER_OFF || !is_wanted(c, r))
		return E_OK;
	e = each_rua(&q, queue_one, why);
	arena_free(&texts);
	return e;
}

enum err
queue_destination(struct store *store, const struct config *c,
    const struct report_row *r, struct span uri, int64_t now_s, struct why *why)
{
	struct arena texts = ARENA_INIT(TEXTS_BYTES);
	const struct queueing q = {
		.plan = { store, c, DELIVER_ON, now_s, &texts },
		.report = r,
	};
	enum err e = queue_one(&q, uri, why);

	arena_free(&texts);
	return e;
}

/* -- by hand -- */

static enum err
tell_of_one_there(void *arg, const struct delivery *d)
{
	const struct queueing *q = arg;

	return q->fn(q->arg, QUEUE_THERE, d);
}

static enum err
queue_new(const struct queueing *q, struct span uri, struct why *why)
{
	bool wanted = is_wanted(q->plan.config, q->report);
	char id[UUID_TEXT_SIZE];
	struct delivery d;
	enum err e = plan_delivery(&q->plan, q->report, uri, &d, why);

	if (e == E_OK && wanted && !q->dry)
		e = add(&q->plan, &d, id, why);
	if (e != E_OK)
		return e;
	return q->fn(q->arg, wanted ? QUEUE_NEW : QUEUE_UNWANTED, &d);
}

static enum err
queue_unless_there(const struct queueing *q, struct span uri, struct why *why)
{
	struct queueing asking = *q;
	enum err e = store_delivery_find(q->plan.store, q->report->id, uri,
	    tell_of_one_there, &asking, why);

	return e == E_ABSENT ? queue_new(q, uri, why) : e;
}

static enum err
check_handed_over(const struct report_row *r, struct why *why)
{
	char day[DAY_TEXT_SIZE];

	if (r->delivered_s != 0)
		return E_OK;
	day_text(r->day, day);
	if (r->stale)
		return why_set(why, E_CONFLICT,
		    "report %.*s is to be built anew first: `tlsrpt report "
		    "build --day %s`, or role report does it",
		    SPAN_ARG(r->id), day);
	return why_set(why, E_CONFLICT,
	    "report %.*s is not handed over yet: role deliver does that, and "
	    "queues it then if deliver.mode is on",
	    SPAN_ARG(r->id));
}

static enum err
queue_in_transaction(const struct queueing *q, struct why *why)
{
	struct store *store = q->plan.store;
	enum err e = store_begin(store, why);

	if (e != E_OK)
		return e;
	e = each_rua(q, queue_unless_there, why);
	if (e != E_OK) {
		store_rollback(store);
		return e;
	}
	return store_commit(store, why);
}

enum err
queue_by_hand(struct store *store, const struct config *c,
    const struct report_row *r, bool dry, int64_t now_s, queue_fn *fn,
    void *arg, struct why *why)
{
	struct arena texts = ARENA_INIT(TEXTS_BYTES);
	const struct queueing q = {
		.plan = { store, c, DELIVER_ON, now_s, &texts },
		.report = r,
		.dry = dry,
		.fn = fn,
		.arg = arg,
	};
	enum err e = check_handed_over(r, why);

	if (e == E_OK && dry)
		e = each_rua(&q, queue_unless_there, why);
	else if (e == E_OK)
		e = queue_in_transaction(&q, why);
	arena_free(&texts);
	return e;
}
