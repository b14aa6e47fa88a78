#include "store/store_private.h"

struct list {
	day_fn *fn;
	day_number_fn *number;
	void *arg;
};

/* Reports of late sessions are added up a moment after they are made. */
static uint64_t
delivered_of(int64_t reports, int64_t undelivered)
{
	return reports < undelivered ? 0 : (uint64_t)(reports - undelivered);
}

static enum err
hand_over(void *arg, const struct db_value *row)
{
	const struct list *list = arg;
	struct day_state d = {
		.day = row[0].num,
		.closed_s = row[1].num, /* 0 for NULL */
		.closed_by = row[2].bytes,
		.missing = row[3].bytes,
		.succeeded = (uint64_t)row[4].num,
		.failed = (uint64_t)row[5].num,
		.reports = (uint64_t)row[6].num,
		.delivered = delivered_of(row[6].num, row[7].num),
		.late = (uint64_t)row[8].num,
	};

	return list->fn(list->arg, &d);
}

static enum err
hand_over_number(void *arg, const struct db_value *row)
{
	const struct list *list = arg;

	return list->number(list->arg, row[0].num, 0);
}

static enum err
hand_over_due(void *arg, const struct db_value *row)
{
	const struct list *list = arg;

	return list->number(list->arg, row[0].num, row[1].num);
}

enum err
store_day_list(struct store *store, int64_t first, day_fn *fn, void *arg,
    struct why *why)
{
	struct list list = { .fn = fn, .arg = arg };
	int64_t unsettled;
	enum err e = day_unsettled(store, &unsettled, why);

	if (e != E_OK)
		return e;
	return db_read(store->db, QUERY_DAY_LIST, hand_over, &list, why,
	    DB_I(first), DB_I(unsettled));
}

enum err
store_day_open(struct store *store, int64_t today, day_number_fn *fn, void *arg,
    struct why *why)
{
	struct list list = { .number = fn, .arg = arg };

	return db_read(store->db, QUERY_DAY_OPEN_LIST, hand_over_number, &list,
	    why, DB_I(today));
}

enum err
store_day_closed(struct store *store, int64_t first, day_number_fn *fn,
    void *arg, struct why *why)
{
	struct list list = { .number = fn, .arg = arg };

	return db_read(store->db, QUERY_DAY_CLOSED_LIST, hand_over_number,
	    &list, why, DB_I(first));
}

enum err
store_day_due(struct store *store, day_number_fn *fn, void *arg,
    struct why *why)
{
	struct list list = { .number = fn, .arg = arg };

	return db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_DAY_DUE_LIST,
		.row = hand_over_due,
		.arg = &list },
	    NULL, why);
}

/* Who adds to the day meanwhile waits for its row, and makes it due again. */
static enum err
settle(struct store *store, int64_t day, int64_t due, struct why *why)
{
	enum err e = db_write(store->db, QUERY_DAY_SETTLE, why, DB_I(day),
	    DB_I(due));

	return e == E_OK ? day_keep_levels(store, day, why) : e;
}

enum err
store_day_settle(struct store *store, int64_t day, int64_t due, struct why *why)
{
	enum err e = store_begin(store, why);

	if (e != E_OK)
		return e;
	if ((e = settle(store, day, due, why)) != E_OK) {
		store_rollback(store);
		return e;
	}
	return store_commit(store, why);
}

static enum err
note_row(void *arg, const struct db_value *row)
{
	(void)row;
	*(bool *)arg = true;
	return E_OK;
}

enum err
store_day_hold(struct store *store, int64_t day, struct why *why)
{
	bool known = false;

	return db_read(store->db, QUERY_DAY_LOCK, note_row, &known, why,
	    DB_I(day));
}

enum err
store_day_close(struct store *store, int64_t day, int64_t now_s,
    struct span closed_by, struct span missing, struct why *why)
{
	const struct db_value params[] = { DB_I(day), DB_I(now_s),
		DB_T(closed_by), DB_T(missing) };
	int64_t changed = 0;
	bool known = false;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_DAY_CLOSE,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    &changed, why);

	if (e != E_OK || changed == 1)
		return e;
	e = db_read(store->db, QUERY_DAY_LOCK, note_row, &known, why,
	    DB_I(day));
	if (e != E_OK)
		return e;
	return known ? why_set(why, E_EXISTS, "the day is closed already")
		     : why_set(why, E_ABSENT, "no sessions on that day");
}
