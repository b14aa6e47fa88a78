/* store/store_schema.c -- forward-only steps, embedded in the program. */
#include "base/clock.h"
#include "store/store_private.h"

/* Two migrations at once wait for each other; in SQLite the writing transaction
 * sees to that. A large table takes its time; who holds a lock for long is not
 * waited for, since all others would stand behind us: it is tried again. */
static const char pgsql_lock[] = "SET LOCAL statement_timeout = 0; "
				 "SELECT pg_advisory_xact_lock(8460)";

struct applied {
	const struct db *db;
	int version; /* highest so far */
	bool altered;
};

static const struct schema_step *
step_of(int64_t version)
{
	for (size_t i = 0; i < schema_nsteps; i++)
		if (schema_steps[i].version == version)
			return &schema_steps[i];
	return NULL;
}

static enum err
note_applied(void *arg, const struct db_value *row)
{
	struct applied *a = arg;
	const struct schema_step *step = step_of(row[0].num);

	if (row[0].num > a->version)
		a->version = (int)row[0].num;
	if (step != NULL &&
	    !span_eq(span_str(step->checksum[a->db->driver->backend]),
		row[2].bytes))
		a->altered = true;
	return E_OK;
}

static int
wanted_version(void)
{
	return schema_steps[schema_nsteps - 1].version;
}

static enum err
judge(const struct applied *a, struct store_schema *ret, struct why *why)
{
	*ret = (struct store_schema){ a->version, wanted_version() };
	if (a->version == STORE_COPY_STEP)
		return why_set(why, E_VERSION,
		    "a copy into this store is not finished: go on with "
		    "\"tlsrpt db copy\"");
	if (a->version > ret->wanted)
		return why_set(why, E_VERSION,
		    "the store has schema %d, this program knows %d: "
		    "use a newer tlsrptd",
		    a->version, ret->wanted);
	if (a->altered)
		return why_set(why, E_VERSION,
		    "the store was made by an altered schema step: "
		    "it is not of this program");
	return E_OK;
}

static enum err
read_applied(struct store *store, struct applied *ret, struct why *why)
{
	*ret = (struct applied){ .db = store->db };
	return db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_SCHEMA_LIST,
		.row = note_applied,
		.arg = ret },
	    NULL, why);
}

static enum err
apply(struct store *store, const struct schema_step *step, int64_t now_s)
{
	enum sql_backend backend = store->db->driver->backend;

	(void)db_script(store->db, step->sql[backend], NULL);
	return db_write(store->db, QUERY_SCHEMA_ADD, NULL, DB_I(step->version),
	    DB_T(span_str(step->name)), DB_T(span_str(step->checksum[backend])),
	    DB_I(now_s));
}

/* Whoever waited for the lock may find that somebody else has done it, or that
 * a newer program was first. */
static enum err
apply_missing(struct store *store, int64_t now_s, struct store_schema *ret,
    struct why *why)
{
	enum sql_backend backend = store->db->driver->backend;
	struct applied applied;
	enum err e;

	store->db->takes_its_time = true;
	if (backend == SQL_PGSQL)
		(void)db_script(store->db, pgsql_lock, NULL);
	(void)db_script(store->db, query_texts[QUERY_SCHEMA_TABLE].sql[backend],
	    NULL);
	e = read_applied(store, &applied, why);
	if (e == E_OK)
		e = judge(&applied, ret, why);
	for (size_t i = 0; e == E_OK && i < schema_nsteps; i++)
		if (schema_steps[i].version > ret->version)
			e = apply(store, &schema_steps[i], now_s);
	return e;
}

/* A fleet writes at once; for what comes later there is time. */
static enum err
make_first_days(struct store *store, int64_t now_s, struct why *why)
{
	int64_t today = day_of_s(now_s);
	enum err e = store_day_make(store, today, why);

	return e == E_OK ? store_day_make(store, today + 1, why) : e;
}

static enum err
migrate(struct store *store, int64_t now_s, struct store_schema *ret,
    struct why *why)
{
	enum err e = db_begin(store->db, why);

	if (e != E_OK)
		return e;
	e = apply_missing(store, now_s, ret, why);
	if (e == E_VERSION) {
		db_rollback(store->db);
		return e;
	}
	/* Another failure sticks, and this tells it. */
	e = db_commit(store->db, why);
	if (e != E_OK)
		return e;
	ret->version = ret->wanted;
	return make_first_days(store, now_s, why);
}

/* Look first: a schema that is there needs no lock, which others may hold. */
enum err
store_migrate(struct store *store, int64_t now_s, struct store_schema *ret,
    struct why *why)
{
	struct why none = { { 0 } };
	struct applied applied;
	enum err e = read_applied(store, &applied, &none);

	if (e == E_VERSION) /* not even the table of steps */
		return migrate(store, now_s, ret, why);
	if (e != E_OK)
		return why_set(why, e, "%s", none.text);
	if ((e = judge(&applied, ret, why)) != E_OK ||
	    ret->version == ret->wanted)
		return e;
	return migrate(store, now_s, ret, why);
}

enum err
store_check(struct store *store, struct store_schema *ret, struct why *why)
{
	struct why unread = { { 0 } };
	struct applied applied;
	enum err e = read_applied(store, &applied, &unread);

	*ret = (struct store_schema){ 0, wanted_version() };
	if (e == E_VERSION) /* not even the table of steps */
		return why_set(why, E_VERSION,
		    "the store has no schema: run \"tlsrpt db migrate\"");
	if (e == E_OK)
		e = judge(&applied, ret, why);
	else
		(void)why_set(why, e, "%s", unread.text);
	if (e == E_OK && ret->version < ret->wanted)
		e = why_set(why, E_VERSION,
		    "the store has schema %d, this program needs %d: "
		    "run \"tlsrpt db migrate\"",
		    ret->version, ret->wanted);
	return e;
}
