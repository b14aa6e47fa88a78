#include "store/store_delivery.h"

#include <stdlib.h>

#include "base/clock.h"
#include "store/store_private.h"

#define PAGE 1000

enum err
delivery_host_lower(struct store *store, struct span id, struct why *why)
{
	return db_write(store->db, QUERY_DELIVERY_HOST_LOWER, why, DB_T(id));
}

enum err
store_delivery_add(struct store *store, const struct delivery *d,
    struct why *why)
{
	const struct db_value null = { .type = DB_NULL };

	enum err e = db_write(store->db, QUERY_DELIVERY_ADD, why, DB_T(d->id),
	    DB_T(d->report), DB_T(d->uri), DB_T(d->target), DB_T(d->host),
	    DB_I(d->state), DB_T(d->reason), DB_I(d->queued_s), DB_I(d->due_s),
	    d->done_s == 0 ? null : DB_I(d->done_s), DB_I(d->to_sign));

	return e == E_OK ? delivery_host_lower(store, d->id, why) : e;
}

/* -- what came of a claim -- */

static enum err
write_settled(struct store *store, const char *worker, struct span id,
    const struct delivery_outcome *o, int64_t *ret_changed, struct why *why)
{
	const struct db_value params[] = { DB_T(id), DB_T(span_str(worker)),
		DB_I(o->state), DB_T(o->reason), DB_I(o->due_s),
		o->done_s == 0 ? (struct db_value){ .type = DB_NULL }
			       : DB_I(o->done_s),
		DB_I(o->is_forgiven) };
	const struct delivery_attempt *a = &o->attempt;
	enum err e;

	(void)db_write(store->db, QUERY_DELIVERY_ATTEMPT_END, why, DB_T(id),
	    DB_I(a->number), DB_I(a->ended_s), DB_T(a->transport),
	    DB_T(a->peer), DB_T(a->tls), DB_I(a->status), DB_T(a->answer));
	e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_DELIVERY_SETTLE,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    ret_changed, why);
	if (e != E_OK || *ret_changed == 0)
		return e;
	return o->done_s == 0
	    ? delivery_host_lower(store, id, why)
	    : db_write(store->db, QUERY_MAIL_DROP, why, DB_T(id));
}

static enum err
settle_in_transaction(struct store *store, struct delivery_settling *s,
    struct why *why)
{
	char worker[UUID_TEXT_SIZE];
	int64_t changed = 0;
	enum err e;

	uuid_text(&s->claim, worker);
	e = write_settled(store, worker, s->id, s->outcome, &changed, why);
	s->is_lost = changed == 0;
	return e;
}

static enum err
settle_all(struct store *store, struct delivery_settling *v, size_t n,
    struct why *why)
{
	enum err e = db_begin(store->db, why);

	if (e != E_OK)
		return e;
	for (size_t i = 0; e == E_OK && i < n; i++)
		e = settle_in_transaction(store, &v[i], why);
	if (e != E_OK) {
		db_rollback(store->db);
		return e;
	}
	return db_commit(store->db, why);
}

static int
compare_ids(const void *a, const void *b)
{
	const struct delivery_settling *x = a, *y = b;

	return span_cmp(x->id, y->id);
}

enum err
store_delivery_settle(struct store *store, struct delivery_settling *v,
    size_t n, struct why *why)
{
	qsort(v, n, sizeof(v[0]), compare_ids);
	return settle_all(store, v, n, why);
}

/* -- lists -- */

struct list {
	delivery_fn *fn;
	void *arg;
	/* The last row's place, for the next page. */
	int64_t queued_s;
	char id[64];
	size_t n;
};

/* The columns that delivery_list and delivery_get share. */
static enum err
row_of(const struct db_value *row, struct delivery *ret)
{
	*ret = (struct delivery){
		.id = row[0].bytes,
		.report = row[1].bytes,
		.day = row[2].num,
		.domain = row[3].bytes,
		.uri = row[4].bytes,
		.host = row[5].bytes,
		.reason = row[7].bytes,
		.queued_s = row[8].num,
		.due_s = row[9].num,
		.is_claimed = row[10].bytes.len > 0,
		.attempts = row[11].num,
		.first_s = row[12].num,
		.done_s = row[13].num,
		.to_sign = row[14].num != 0,
		.target = row[15].bytes,
	};
	return delivery_state_from_code(row[6].num, &ret->state);
}

static enum err
hand_over(void *arg, const struct db_value *row)
{
	struct list *list = arg;
	struct delivery d;
	size_t n;

	if (row_of(row, &d) != E_OK)
		return E_SYNTAX;
	list->queued_s = d.queued_s;
	n = span_head(d.id, sizeof(list->id) - 1).len;
	memcpy(list->id, d.id.p, n);
	list->id[n] = '\0';
	list->n++;
	return list->fn(list->arg, &d);
}

enum err
store_delivery_list(struct store *store, int state, delivery_fn *fn, void *arg,
    struct why *why)
{
	struct list list = { .fn = fn, .arg = arg, .queued_s = INT64_MIN };
	enum err e;

	do {
		list.n = 0;
		e = db_read(store->db, QUERY_DELIVERY_LIST, hand_over, &list,
		    why, DB_I(list.queued_s), DB_T(span_str(list.id)),
		    DB_I(state), DB_I(PAGE));
	} while (e == E_OK && list.n == PAGE);
	return e;
}

enum err
store_delivery_get(struct store *store, struct span id, delivery_fn *fn,
    void *arg, struct why *why)
{
	struct list list = { .fn = fn, .arg = arg };
	enum err e = db_read(store->db, QUERY_DELIVERY_GET, hand_over, &list,
	    why, DB_T(id));

	if (e == E_OK && list.n == 0)
		e = why_set(why, E_ABSENT, "no delivery %.*s", SPAN_ARG(id));
	return e;
}

static enum err
note_count(void *arg, const struct db_value *row)
{
	*(uint64_t *)arg = (uint64_t)row[0].num;
	return E_OK;
}

enum err
store_delivery_mails_done(struct store *store, struct span domain, int64_t day,
    uint64_t *ret, struct why *why)
{
	return db_read(store->db, QUERY_DELIVERY_MAILS_DONE, note_count, ret,
	    why, DB_T(domain), DB_I(day_start_s(day)),
	    DB_I(day_start_s(day + 1)), DB_I(DELIVERY_HANDED_OVER),
	    DB_I(DELIVERY_ACCEPTED));
}

enum err
store_delivery_find(struct store *store, struct span report, struct span uri,
    delivery_fn *fn, void *arg, struct why *why)
{
	struct list list = { .fn = fn, .arg = arg };
	enum err e = db_read(store->db, QUERY_DELIVERY_FIND, hand_over, &list,
	    why, DB_T(report), DB_T(uri));

	return e == E_OK && list.n == 0 ? E_ABSENT : e;
}

struct attempts {
	delivery_attempt_fn *fn;
	void *arg;
};

static enum err
hand_over_attempt(void *arg, const struct db_value *row)
{
	const struct attempts *list = arg;
	const struct delivery_attempt a = {
		.number = row[0].num,
		.started_s = row[1].num,
		.ended_s = row[2].num,
		.transport = row[3].bytes,
		.peer = row[4].bytes,
		.tls = row[5].bytes,
		.status = row[6].num,
		.answer = row[7].bytes,
	};

	return list->fn(list->arg, &a);
}

enum err
store_delivery_attempts(struct store *store, struct span id,
    delivery_attempt_fn *fn, void *arg, struct why *why)
{
	struct attempts list = { fn, arg };

	return db_read(store->db, QUERY_DELIVERY_ATTEMPT_LIST,
	    hand_over_attempt, &list, why, DB_T(id));
}

/* -- the operator's hand -- */

static enum err
ignore_delivery(void *arg, const struct delivery *d)
{
	(void)arg;
	(void)d;
	return E_OK;
}

/* One row is to change; if none does, it is for its state or not there. */
static enum err
change(struct store *store, const struct db_statement *statement,
    struct span id, const char *conflict, struct why *why)
{
	int64_t changed = 0;
	enum err e = db_run(store->db, statement, &changed, why);

	if (e != E_OK || changed > 0)
		return e;
	e = store_delivery_get(store, id, ignore_delivery, NULL, why);
	return e == E_OK ? why_set(why, E_CONFLICT, "delivery %.*s %s",
			       SPAN_ARG(id), conflict)
			 : e;
}

static enum err
end_change(struct store *store, enum err e, struct why *why)
{
	if (e == E_OK)
		return db_commit(store->db, why);
	db_rollback(store->db);
	return e;
}

enum err
store_delivery_retry(struct store *store, struct span id, int64_t now_s,
    struct why *why)
{
	const struct db_value params[] = { DB_T(id), DB_I(DELIVERY_RETRYING),
		DB_I(now_s) };
	enum err e = db_begin(store->db, why);

	if (e != E_OK)
		return e;
	e = change(store,
	    &(const struct db_statement){ .query = QUERY_DELIVERY_RETRY,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    id, "is still being tried", why);
	if (e == E_OK)
		e = delivery_host_lower(store, id, why);
	return end_change(store, e, why);
}

enum err
store_delivery_cancel(struct store *store, struct span id, int64_t now_s,
    struct why *why)
{
	const struct db_value params[] = { DB_T(id), DB_I(DELIVERY_CANCELLED),
		DB_T(SPAN_LIT("by the operator")), DB_I(now_s) };
	enum err e = db_begin(store->db, why);

	if (e != E_OK)
		return e;
	e = change(store,
	    &(const struct db_statement){ .query = QUERY_DELIVERY_CANCEL,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    id, "is done already", why);
	if (e == E_OK)
		e = db_write(store->db, QUERY_MAIL_DROP, why, DB_T(id));
	return end_change(store, e, why);
}
