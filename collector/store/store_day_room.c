/* store/store_day_room.c -- what is made for the tallies of a day before they
 * come, and how they go. */
#include "store/store_private.h"

#define FORGET_ROWS 10000

/* What a flush writes first. */
static const struct {
	enum query make, forget;
} tables[] = {
	{ QUERY_TALLY_RECORD_MAKE, QUERY_TALLY_RECORD_FORGET },
	{ QUERY_TALLY_POLICY_MAKE, QUERY_TALLY_POLICY_FORGET },
	{ QUERY_TALLY_DETAIL_MAKE, QUERY_TALLY_DETAIL_FORGET },
	{ QUERY_LOG_LEVEL_MAKE, QUERY_LOG_LEVEL_FORGET },
};

#define NTABLES (sizeof(tables) / sizeof(tables[0]))

/* A transaction each: who holds one table and waits for another may wait in a
 * circle. */
enum err
store_day_make(struct store *store, int64_t day, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; i < NTABLES && e == E_OK; i++)
		e = db_write(store->db, tables[i].make, why, DB_I(day));
	return e;
}

static enum err
note_first(void *arg, const struct db_value *row)
{
	if (row[0].type != DB_NULL)
		*(int64_t *)arg = row[0].num;
	return E_OK;
}

static enum err
first_day(struct store *store, enum query query, int64_t *ret, struct why *why)
{
	*ret = INT64_MAX;
	return db_run(store->db,
	    &(const struct db_statement){ .query = query,
		.row = note_first,
		.arg = ret },
	    NULL, why);
}

enum err
day_unsettled(struct store *store, int64_t *ret, struct why *why)
{
	return first_day(store, QUERY_DAY_UNSETTLED, ret, why);
}

struct next {
	int64_t day; /* -1: none */
	bool has_levels;
};

static enum err
note_next(void *arg, const struct db_value *row)
{
	*(struct next *)arg = (struct next){ row[0].num, row[1].num != 0 };
	return E_OK;
}

/* Levels are told from tallies. */
static enum err
drop(struct store *store, const struct next *next, struct why *why)
{
	enum err e = store_begin(store, why);

	if (e != E_OK)
		return e;
	if (!next->has_levels)
		e = day_keep_levels(store, next->day, why);
	if (e == E_OK)
		e = db_write(store->db, QUERY_DAY_DROP, why, DB_I(next->day));
	if (e == E_OK)
		return store_commit(store, why);
	store_rollback(store);
	return e;
}

/* What the next day came to is its own from now on. */
static enum err
drop_next(struct store *store, int64_t before, bool *ret_more, struct why *why)
{
	struct next next = { .day = -1 };
	enum err e = db_read(store->db, QUERY_DAY_DROP_NEXT, note_next, &next,
	    why, DB_I(before));

	*ret_more = e == E_OK && next.day != -1;
	return *ret_more ? drop(store, &next, why) : e;
}

static enum err
forget(struct store *store, enum query query, int64_t before, bool *ret_more,
    struct why *why)
{
	const struct db_value params[] = { DB_I(before), DB_I(FORGET_ROWS) };
	int64_t changed = 0;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = query,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    &changed, why);

	*ret_more = *ret_more || changed > 0;
	return e;
}

/* Details first: what a record stands for goes before it. */
enum err
store_day_forget(struct store *store, int64_t before, bool *ret_more,
    struct why *why)
{
	int64_t whole;
	enum err e = drop_next(store, before, ret_more, why);

	if (e == E_OK)
		e = first_day(store, QUERY_DAY_UNDROPPED, &whole, why);
	if (e == E_OK && before > whole)
		before = whole;
	for (size_t i = NTABLES; i > 0 && e == E_OK; i--)
		e = forget(store, tables[i - 1].forget, before, ret_more, why);
	if (e == E_OK)
		e = forget(store, QUERY_LOG_HISTORY_FORGET, before, ret_more,
		    why);
	return e;
}
