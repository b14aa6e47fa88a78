#include "store/store_outgoing.h"

#include "store/store_private.h"

struct list {
	union {
		outgoing_day_fn *day;
		outgoing_report_fn *report;
		outgoing_delivery_fn *delivery;
		collector_counter_fn *counter;
	} fn;
	void *arg;
	/* The report whose rows come in; its texts are in the arena. */
	struct outgoing_report report;
	bool has_report;
	struct arena texts; /* of it */
};

/* -- days -- */

static enum err
hand_over_day(void *arg, const struct db_value *row)
{
	const struct list *list = arg;

	return list->fn.day(list->arg, row[0].num, (uint64_t)row[1].num);
}

enum err
store_outgoing_days(struct store *store, int64_t first, int64_t last,
    outgoing_day_fn *fn, void *arg, struct why *why)
{
	struct list list = { .fn.day = fn, .arg = arg };
	int64_t unsettled;
	enum err e = day_unsettled(store, &unsettled, why);

	if (e != E_OK)
		return e;
	return db_read(store->db, QUERY_OUTGOING_DAYS, hand_over_day, &list,
	    why, DB_I(first), DB_I(last), DB_I(unsettled));
}

/* -- reports -- */

#define TEXTS_BYTES 65536 /* of one report */

static enum err
flush_report(struct list *list)
{
	enum err e = E_OK;

	if (list->has_report)
		e = list->fn.report(list->arg, &list->report);
	list->has_report = false;
	arena_reset(&list->texts);
	return e;
}

static enum err
begin_report(struct list *list, const struct db_value *row)
{
	enum err e = flush_report(list);

	list->report = (struct outgoing_report){
		.id = arena_copy(&list->texts, row[0].bytes),
		.day = row[1].num,
		.domain = arena_copy(&list->texts, row[2].bytes),
		.succeeded = (uint64_t)row[3].num,
		.failed = (uint64_t)row[4].num,
	};
	list->has_report = true;
	if (list->report.id.p == NULL || list->report.domain.p == NULL)
		return E_NOMEM;
	return e;
}

static enum err
gather_report(void *arg, const struct db_value *row)
{
	struct list *list = arg;
	struct outgoing_report *r = &list->report;
	enum delivery_state state;
	enum err e = E_OK;

	if (!list->has_report || !span_eq(r->id, row[0].bytes))
		e = begin_report(list, row);
	if (e != E_OK || row[5].num == 0)
		return e;
	if (delivery_state_from_code(row[5].num, &state) != E_OK ||
	    r->ndeliveries == OUTGOING_STATES_MAX)
		return E_SYNTAX;
	r->deliveries[r->ndeliveries].state = state;
	r->deliveries[r->ndeliveries++].n = (uint64_t)row[6].num;
	return E_OK;
}

enum err
store_outgoing_reports(struct store *store, const struct outgoing_filter *f,
    outgoing_report_fn *fn, void *arg, struct why *why)
{
	struct list list = { .fn.report = fn,
		.arg = arg,
		.texts = ARENA_INIT(TEXTS_BYTES) };
	enum err e = db_read(store->db, QUERY_OUTGOING_REPORTS, gather_report,
	    &list, why, DB_I(f->first), DB_I(f->last), DB_T(f->domain),
	    DB_I(f->after.day), DB_T(f->after.domain), DB_T(f->after.id),
	    DB_I(f->max), DB_I(f->state), DB_T(f->allowed));

	if (e == E_OK)
		e = flush_report(&list);
	arena_free(&list.texts);
	return e;
}

/* -- deliveries -- */

static enum err
hand_over_delivery(void *arg, const struct db_value *row)
{
	const struct list *list = arg;
	struct outgoing_delivery d = {
		.id = row[0].bytes,
		.report = row[1].bytes,
		.domain = row[2].bytes,
		.uri = row[3].bytes,
		.reason = row[5].bytes,
		.attempts = row[6].num,
		.next_s = row[8].type == DB_NULL ? row[7].num : 0,
		.queued_s = row[9].num,
		.answer = row[10].bytes,
	};

	if (delivery_state_from_code(row[4].num, &d.state) != E_OK)
		return E_SYNTAX;
	return list->fn.delivery(list->arg, &d);
}

enum err
store_outgoing_deliveries(struct store *store,
    const struct outgoing_delivery_filter *f, outgoing_delivery_fn *fn,
    void *arg, struct why *why)
{
	struct list list = { .fn.delivery = fn, .arg = arg };

	return db_read(store->db, QUERY_OUTGOING_DELIVERIES, hand_over_delivery,
	    &list, why, DB_T(f->domain), DB_T(f->report), DB_I(f->before_s),
	    DB_T(f->before_id), DB_I(f->max), DB_I(f->state), DB_T(f->allowed));
}

/* -- collectors -- */

static enum err
hand_over_counter(void *arg, const struct db_value *row)
{
	const struct list *list = arg;

	return list->fn.counter(list->arg, row[0].bytes, row[1].bytes,
	    (uint64_t)row[2].num);
}

enum err
store_collector_counters(struct store *store, int64_t first,
    collector_counter_fn *fn, void *arg, struct why *why)
{
	struct list list = { .fn.counter = fn, .arg = arg };

	return db_read(store->db, QUERY_COLLECTOR_COUNTERS, hand_over_counter,
	    &list, why, DB_I(first));
}
