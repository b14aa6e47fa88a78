/* store/store_flush.c -- what a collector saw, added exactly once: tallies,
 * counters and the journal position go in one transaction. */
#include "store/store_private.h"

#define RECORD_COLUMNS 6
#define POLICY_COLUMNS 11
#define DETAIL_COLUMNS 14

/* What is added, and which part of the day it belongs to. */
struct target {
	struct store *store;
	int64_t day;
	bool closed;
	struct day_late late;
	struct db_batch records, policies, details;
};

static enum err
note_closed(void *arg, const struct db_value *row)
{
	*(bool *)arg = row[0].type != DB_NULL;
	return E_OK;
}

static enum err
note_number(void *arg, const struct db_value *row)
{
	*(int64_t *)arg = row[0].num;
	return E_OK;
}

/* Records first: two collectors that add to one tally meet at its record, and
 * all come to the records in one order, so that none waits for the other in a
 * circle. */
static void
write_batches(struct target *t)
{
	db_batch_run(&t->records);
	db_batch_run(&t->policies);
	db_batch_run(&t->details);
}

static void
leave_day(struct target *t)
{
	write_batches(t);
	if (t->closed)
		(void)day_late_put(t->store, &t->late);
	arena_free(&t->late.strings);
}

static void
enter_day(struct target *t, int64_t day)
{
	if (t->day == day)
		return;
	leave_day(t);
	t->day = day;
	t->late = (struct day_late){ .day = day };
	t->closed = false;
	(void)db_write(t->store->db, QUERY_DAY_ADD, NULL, DB_I(day));
	(void)db_read(t->store->db, QUERY_DAY_LOCK, note_closed, &t->closed,
	    NULL, DB_I(day));
	if (t->closed)
		(void)db_write(t->store->db, QUERY_DAY_MAKE_DUE, NULL,
		    DB_I(day));
}

/* A report that nobody has seen is built anew. First mark, then count: whoever
 * freezes the report meanwhile is either seen here or stopped by the mark. */
static int64_t
part_of(struct target *t, const struct tally *tally)
{
	struct span key = content_key_span(&tally->record_key);
	struct db *db = t->store->db;
	int64_t part = 0;

	if (!t->closed)
		return 0;
	(void)db_write(db, QUERY_REPORT_MAKE_STALE, NULL, DB_I(tally->day),
	    DB_T(tally->domain), DB_B(key));
	(void)db_write(db, QUERY_NO_REPORT_FORGET, NULL, DB_I(tally->day),
	    DB_T(tally->domain));
	(void)db_read(db, QUERY_TALLY_PART, note_number, &part, NULL,
	    DB_I(tally->day), DB_T(tally->domain), DB_B(key));
	return part;
}

/* Into the batch; who finds one full writes all. */
static void
add_row(struct target *target, struct db_batch *batch,
    const struct db_value *row)
{
	if (db_batch_is_full(batch))
		write_batches(target);
	db_batch_add(batch, row);
}

static void
add_detail(struct target *target, const struct tally *t, int64_t part,
    const struct tally_policy *p, const struct tally_detail *d)
{
	const struct failure_detail *f = &d->detail;
	const struct db_value row[] = { DB_I(t->day), DB_T(t->domain),
		DB_B(content_key_span(&t->record_key)), DB_I(part),
		DB_B(content_key_span(&p->key)),
		DB_B(content_key_span(&d->key)), DB_I(f->type),
		DB_T(f->sending_ip), DB_T(f->mx_hostname), DB_T(f->helo),
		DB_T(f->receiving_ip), DB_T(f->info), DB_T(f->reason),
		DB_I(d->sessions) };

	_Static_assert(sizeof(row) / sizeof(row[0]) == DETAIL_COLUMNS, "");
	add_row(target, &target->details, row);
}

static void
add_policy(struct target *target, const struct tally *t, int64_t part,
    const struct tally_policy *p)
{
	const struct db_value row[] = { DB_I(t->day), DB_T(t->domain),
		DB_B(content_key_span(&t->record_key)), DB_I(part),
		DB_B(content_key_span(&p->key)), DB_I(p->type), DB_T(p->domain),
		DB_T(p->strings), DB_T(p->mx_hosts), DB_I(p->succeeded),
		DB_I(p->failed) };

	_Static_assert(sizeof(row) / sizeof(row[0]) == POLICY_COLUMNS, "");
	add_row(target, &target->policies, row);
	for (size_t i = 0; i < p->ndetails; i++)
		add_detail(target, t, part, p, &p->details[i]);
}

static enum err
add_late(struct target *target, const struct tally *t)
{
	enum err e = E_OK;

	for (size_t i = 0; i < t->npolicies && e == E_OK; i++)
		e = day_late_add(&target->late, &t->policies[i]);
	return e;
}

static enum err
add_tally(struct target *target, const struct tally *t)
{
	int64_t part;

	enter_day(target, t->day);
	part = part_of(target, t);
	const struct db_value row[] = { DB_I(t->day), DB_T(t->domain),
		DB_B(content_key_span(&t->record_key)), DB_I(part),
		DB_T(t->record), DB_T(t->rua) };

	_Static_assert(sizeof(row) / sizeof(row[0]) == RECORD_COLUMNS, "");
	add_row(target, &target->records, row);
	for (size_t i = 0; i < t->npolicies; i++)
		add_policy(target, t, part, &t->policies[i]);
	return target->closed ? add_late(target, t) : E_OK;
}

static void
add_counters(struct db *db, struct span collector, const struct day_counters *c)
{
	for (size_t i = 0; i < NCOUNTERS; i++)
		if (c->counters.n[i] > 0)
			(void)db_write(db, QUERY_COUNT_ADD, NULL, DB_I(c->day),
			    DB_T(collector),
			    DB_T(span_str(counter_text((enum counter)i))),
			    DB_I(c->counters.n[i]));
}

/* Compare and set: two collectors with one identity, or a store that was put
 * back to an earlier state, are noticed here. */
static enum err
move(struct db *db, struct span collector, const struct flush *f,
    struct why *why)
{
	char from[UUID_TEXT_SIZE], to[UUID_TEXT_SIZE];
	struct db_statement s = { .query = QUERY_COLLECTOR_MOVE };
	int64_t changed = 0;
	enum err e;

	uuid_text(&f->from.journal, from);
	uuid_text(&f->to.journal, to);
	const struct db_value params[] = {
		DB_T(collector),
		DB_T(span_str(from)),
		DB_I(f->from.segment),
		DB_I(f->from.offset),
		DB_T(span_str(to)),
		DB_I(f->to.segment),
		DB_I(f->to.offset),
		DB_I(f->watermark_s),
		DB_I(f->now_s),
		DB_T(f->host),
		DB_T(f->claim),
	};
	s.params = params;
	s.nparams = sizeof(params) / sizeof(params[0]);
	e = db_run(db, &s, &changed, why);
	if (e == E_OK && changed != 1)
		e = why_set(why, E_CONFLICT,
		    "the store's position or claim of collector %.*s is "
		    "another",
		    SPAN_ARG(collector));
	return e;
}

enum err
tally_of_array(void *array, size_t i, struct tally *ret)
{
	*ret = ((const struct tally *)array)[i];
	return E_OK;
}

enum err
tallies_add(struct store *store, const struct tally_source *from)
{
	struct db *db = store->db;
	struct target target = {
		.store = store,
		.day = -1,
		.records = DB_BATCH_INIT(db, QUERY_TALLY_RECORD_ADD,
		    RECORD_COLUMNS),
		.policies = DB_BATCH_INIT(db, QUERY_TALLY_POLICY_ADD,
		    POLICY_COLUMNS),
		.details = DB_BATCH_INIT(db, QUERY_TALLY_DETAIL_ADD,
		    DETAIL_COLUMNS),
	};
	struct tally tally;
	enum err e = E_OK;

	for (size_t i = 0; i < from->n && e == E_OK; i++)
		if ((e = from->get(from->arg, i, &tally)) == E_OK)
			e = add_tally(&target, &tally);
	if (e == E_OK)
		leave_day(&target);
	arena_free(&target.late.strings);
	db_batch_free(&target.records);
	db_batch_free(&target.policies);
	db_batch_free(&target.details);
	return e;
}

enum err
schema_hold(struct store *store, struct why *why)
{
	struct store_schema schema;
	enum err e = db_read(store->db, QUERY_SCHEMA_HOLD, NULL, NULL, why);

	return e == E_OK ? store_check(store, &schema, why) : e;
}

/* In a transaction. */
static enum err
flush(struct store *store, const struct flush *f, struct why *why)
{
	char collector[UUID_TEXT_SIZE];
	enum err e;

	uuid_text(&f->collector, collector);
	e = move(store->db, span_str(collector), f, why);
	if (e == E_OK && (e = tallies_add(store, &f->tallies)) != E_OK)
		e = why_set(why, e, "no memory for a flush");
	for (size_t i = 0; e == E_OK && i < f->ncounters; i++)
		add_counters(store->db, span_str(collector), &f->counters[i]);
	return e;
}

/* Begun before. */
static enum err
end(struct store *store, enum err e, struct why *why)
{
	if (e == E_OK)
		return db_commit(store->db, why);
	db_rollback(store->db);
	return e;
}

enum err
store_flush(struct store *store, const struct flush *f, struct why *why)
{
	enum err e = db_begin(store->db, why);

	if (e != E_OK)
		return e;
	e = schema_hold(store, why);
	if (e == E_OK)
		e = flush(store, f, why);
	return end(store, e, why);
}

/* The one who registers first has the row, and the others wait for it. */
static enum err
adopt(struct store *store, const struct flush *f, struct position *ret_at,
    struct why *why)
{
	struct position at;
	enum err e = store_collector_register(store, &f->collector, f->host,
	    &f->from, f->now_s, &at, why);

	if (e == E_OK &&
	    (at.segment != f->from.segment || at.offset != f->from.offset)) {
		*ret_at = at;
		e = why_set(why, E_EXISTS, "it was taken before");
	}
	if (e == E_OK)
		e = flush(store, f, why);
	if (e == E_OK)
		e = store_collector_forget(store, &f->collector, why);
	return e;
}

enum err
store_adopt(struct store *store, const struct flush *f, struct position *ret_at,
    struct why *why)
{
	enum err e = db_begin(store->db, why);

	if (e != E_OK)
		return e;
	e = schema_hold(store, why);
	if (e == E_OK)
		e = adopt(store, f, ret_at, why);
	return end(store, e, why);
}
