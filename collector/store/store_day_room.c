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
note_unsettled(void *arg, const struct db_value *row)
{
	if (row[0].type != DB_NULL)
		*(int64_t *)arg = row[0].num;
	return E_OK;
}

enum err
day_unsettled(struct store *store, int64_t *ret, struct why *why)
{
	*ret = INT64_MAX;
	return db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_DAY_UNSETTLED,
		.row = note_unsettled,
		.arg = ret },
	    NULL, why);
}

/* Details first: what a record stands for goes before it. */
enum err
store_day_forget(struct store *store, int64_t before, bool *ret_more,
    struct why *why)
{
	int64_t unsettled;
	enum err e = day_unsettled(store, &unsettled, why);

	*ret_more = false;
	if (before > unsettled)
		before = unsettled;
	for (size_t i = NTABLES; i > 0 && e == E_OK; i--) {
		const struct db_value params[] = { DB_I(before),
			DB_I(FORGET_ROWS) };
		int64_t changed = 0;

		e = db_run(store->db,
		    &(const struct db_statement){ .query = tables[i - 1].forget,
			.params = params,
			.nparams = sizeof(params) / sizeof(params[0]) },
		    &changed, why);
		*ret_more = *ret_more || changed > 0;
	}
	return e;
}
