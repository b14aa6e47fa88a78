/* store/store_report_forget.c -- how reports go that nobody waits for: with
 * their deliveries, some of one day at a time. */
#include "store/store_private.h"

#define FORGET_REPORTS 500
#define TEXT_BYTES 4096 /* of a domain and a report-id */

/* Reports of a day up to that one. */
struct going {
	int64_t day; /* -1: none */
	struct span domain, id;
	struct arena texts;
};

static enum err
note_day(void *arg, const struct db_value *row)
{
	*(int64_t *)arg = row[0].num;
	return E_OK;
}

static enum err
note_last(void *arg, const struct db_value *row)
{
	struct going *g = arg;

	g->domain = arena_copy(&g->texts, row[0].bytes);
	g->id = arena_copy(&g->texts, row[1].bytes);
	return g->domain.p == NULL || g->id.p == NULL ? E_NOMEM : E_OK;
}

static enum err
note_gone(struct store *store, int64_t day, int64_t n, int64_t *ret_changed,
    struct why *why)
{
	const struct db_value params[] = { DB_I(day), DB_I(n) };

	return db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_DAY_REPORTS_GONE,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    ret_changed, why);
}

static enum err
remove_by(struct store *store, enum query query, const struct going *g,
    int64_t *ret_n, struct why *why)
{
	const struct db_value params[] = { DB_I(g->day), DB_T(g->domain),
		DB_T(g->id) };

	return db_run(store->db,
	    &(const struct db_statement){ .query = query,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    ret_n, why);
}

/* A delivery goes behind what belongs to it, a report behind its deliveries. */
static enum err
remove_all(struct store *store, const struct going *g, int64_t *ret_n,
    struct why *why)
{
	static const enum query order[] = { QUERY_DELIVERY_ATTEMPT_FORGET,
		QUERY_DELIVERY_MAIL_FORGET, QUERY_DELIVERY_FORGET,
		QUERY_REPORT_FORGET };
	enum err e = E_OK;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]) && e == E_OK;
	     i++)
		e = remove_by(store, order[i], g, ret_n, why);
	return e;
}

/* In a transaction. *ret_n: how many. The day is held first: what comes late
 * for it meanwhile waits. */
static enum err
forget(struct store *store, struct going *g, int64_t *ret_n, struct why *why)
{
	int64_t held = 0;
	enum err e = note_gone(store, g->day, 0, &held, why);

	if (e != E_OK || held == 0)
		return e;
	e = db_read(store->db, QUERY_REPORT_FORGET_END, note_last, g, why,
	    DB_I(g->day), DB_I(FORGET_REPORTS));
	if (e == E_OK && g->id.p != NULL)
		e = remove_all(store, g, ret_n, why);
	return e == E_OK ? note_gone(store, g->day, *ret_n, &held, why) : e;
}

static enum err
forget_some(struct store *store, struct going *g, bool *ret_more,
    struct why *why)
{
	int64_t n = 0;
	enum err e = store_begin(store, why);

	if (e != E_OK)
		return e;
	if ((e = forget(store, g, &n, why)) != E_OK) {
		store_rollback(store);
		return e;
	}
	*ret_more = n > 0;
	return store_commit(store, why);
}

/* Why there are none. */
static enum err
forget_reasons(struct store *store, int64_t before, bool *ret_more,
    struct why *why)
{
	const struct db_value params[] = { DB_I(before) };
	int64_t n = 0;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_NO_REPORT_EXPIRE,
		.params = params,
		.nparams = 1 },
	    &n, why);

	*ret_more = n > 0;
	return e;
}

enum err
store_report_forget(struct store *store, int64_t before, bool *ret_more,
    struct why *why)
{
	struct going g = { .day = -1, .texts = ARENA_INIT(TEXT_BYTES) };
	enum err e = db_read(store->db, QUERY_REPORT_FORGET_DAY, note_day,
	    &g.day, why, DB_I(before));

	*ret_more = false;
	if (e == E_OK)
		e = g.day != -1 ? forget_some(store, &g, ret_more, why)
				: forget_reasons(store, before, ret_more, why);
	arena_free(&g.texts);
	return e;
}
