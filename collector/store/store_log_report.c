#include "store/store_log_report.h"

#include "store/store_private.h"

/* -- looks -- */

enum err
store_log_look_due(struct store *store, const struct log_look *l, size_t max,
    log_look_fn *fn, void *arg, struct why *why)
{
	struct text_taker due = { fn, arg };

	return db_read(store->db, QUERY_LOG_LOOK_DUE, text_hand, &due, why,
	    DB_I(l->day), DB_I(l->latest_s), DB_I(max));
}

enum err
store_log_look_claim(struct store *store, const struct log_look *l,
    struct span domain, bool *ret_is_mine, struct why *why)
{
	const struct db_value params[] = { DB_I(l->day), DB_T(domain),
		DB_I(l->now_s), DB_I(l->latest_s) };
	int64_t changed = 0;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_LOG_LOOK_CLAIM,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    &changed, why);

	if (e == E_OK)
		*ret_is_mine = changed > 0;
	return e;
}

/* -- decisions -- */

static enum err
settle_row(struct db *db, const struct log_settlement *s,
    const struct log_settled *row, struct why *why)
{
	const struct db_value params[] = { DB_I(s->day), DB_T(s->domain),
		DB_T(row->mx_host), DB_T(row->peer_ip), DB_I(row->tls),
		DB_I(row->level), DB_I(row->before), DB_I(row->settled),
		DB_I(row->reported) };
	int64_t changed = 0;
	enum err e = db_run(db,
	    &(const struct db_statement){ .query = QUERY_LOG_LEVEL_SETTLE,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    &changed, why);

	if (e == E_OK && changed != 1)
		e = why_set(why, E_CONFLICT,
		    "sessions of %.*s were settled by somebody else",
		    SPAN_ARG(s->domain));
	return e;
}

enum err
store_log_settle(struct store *store, const struct log_settlement *s,
    struct why *why)
{
	enum err e = db_begin(store->db, why);

	if (e != E_OK)
		return e;
	e = schema_hold(store, why);
	for (size_t i = 0; e == E_OK && i < s->n; i++)
		e = settle_row(store->db, s, &s->v[i], why);
	if (e == E_OK && (e = tallies_add(store, &s->tallies)) != E_OK)
		e = why_set(why, e, "no memory for sessions of logs");
	if (e != E_OK) {
		db_rollback(store->db);
		return e;
	}
	return db_commit(store->db, why);
}
