#include "store/db.h"

#include <assert.h>
#include <stdlib.h>

/* The URL of another scheme is not repeated: it may hold anything. */
enum err
db_open_as(const struct store_options *options, struct db **ret,
    struct why *why)
{
	struct span rest = span_str(options->url);

	if (span_take(&rest, SPAN_LIT("sqlite:")))
		return db_sqlite_open(rest.p, options, ret, why);
	if (span_take(&rest, SPAN_LIT("postgresql:")) ||
	    span_take(&rest, SPAN_LIT("postgres:")))
		return db_pgsql_open(options, ret, why);
	return why_set(why, E_USAGE,
	    "the store url is neither sqlite: nor postgresql:");
}

enum err
db_open(const char *url, bool make, struct db **ret, struct why *why)
{
	struct store_options options = store_options_default(url);

	options.make = make;
	return db_open_as(&options, ret, why);
}

void
db_close(struct db *db)
{
	if (db != NULL)
		db->driver->close(db);
}

static void
end_transaction(struct db *db)
{
	db->in_transaction = db->takes_its_time = false;
	/* It fails only with the connection. */
	if (db->is_lax && db->driver->end_lax != NULL)
		(void)db->driver->script(db, db->driver->end_lax, NULL);
	db->is_lax = false;
}

static enum err
begin(struct db *db, bool is_lax, struct why *why)
{
	const struct db_driver *driver = db->driver;
	enum err e = driver->ready(db, why);

	if (e != E_OK)
		return e;
	db->is_lax = is_lax;
	e = driver->begin(db, is_lax, why);
	if (e != E_OK) {
		end_transaction(db);
		return e;
	}
	db->in_transaction = true;
	db->err = E_OK;
	db->why = (struct why){ { 0 } };
	return E_OK;
}

enum err
db_begin(struct db *db, struct why *why)
{
	return begin(db, false, why);
}

enum err
db_begin_lax(struct db *db, struct why *why)
{
	return begin(db, true, why);
}

void
db_rollback(struct db *db)
{
	if (!db->in_transaction)
		return;
	/* It fails only where the database has rolled back already. */
	(void)db->driver->script(db, "ROLLBACK", NULL);
	end_transaction(db);
}

enum err
db_commit(struct db *db, struct why *why)
{
	if (db->err != E_OK) {
		db_rollback(db);
		return why_set(why, db->err, "%s", db->why.text);
	}
	db->err = db->driver->commit(db, &db->why);
	if (db->err == E_OK) {
		end_transaction(db);
		return E_OK;
	}
	db_rollback(db);
	return why_set(why, db->err, "%s", db->why.text);
}

/* Keep the transaction's first failure. */
static enum err
settle(struct db *db, enum err e, const struct why *found, struct why *why)
{
	if (e == E_OK)
		return E_OK;
	if (db->in_transaction && db->err == E_OK) {
		db->err = e;
		db->why = *found;
	}
	return why_set(why, e, "%s", found->text);
}

enum err
db_run(struct db *db, const struct db_statement *s, int64_t *ret_changed,
    struct why *why)
{
	struct why found = { { 0 } };
	int64_t changed = 0;
	enum err e = E_OK;

	if (db->in_transaction && db->err != E_OK)
		return why_set(why, db->err, "%s", db->why.text);
	if (!db->in_transaction)
		e = db->driver->ready(db, &found);
	if (e == E_OK)
		e = db->driver->run(db, s, &changed, &found);
	if (e == E_OK && ret_changed != NULL)
		*ret_changed = changed;
	return settle(db, e, &found, why);
}

enum err
db_script(struct db *db, const char *sql, struct why *why)
{
	struct why found = { { 0 } };

	if (db->in_transaction && db->err != E_OK)
		return why_set(why, db->err, "%s", db->why.text);
	return settle(db, db->driver->script(db, sql, &found), &found, why);
}

enum err
db_put_rows(struct db *db, const char *table, const char *columns,
    const struct db_value *rows, size_t n, size_t ncolumns, struct why *why)
{
	struct why found = { { 0 } };
	enum err e;

	if (db->err != E_OK)
		return why_set(why, db->err, "%s", db->why.text);
	e = db->driver->put_rows(db, table, columns, rows, n, ncolumns, &found);
	return settle(db, e, &found, why);
}

/* -- batches -- */

static bool
copy_row(struct db_batch *b, const struct db_value *from, struct db_value *to)
{
	for (size_t i = 0; i < b->ncolumns; i++) {
		to[i] = from[i];
		if (from[i].type == DB_INT || from[i].bytes.len == 0)
			continue;
		to[i].bytes = arena_copy(&b->texts, from[i].bytes);
		if (to[i].bytes.p == NULL)
			return false;
		b->bytes += from[i].bytes.len;
	}
	return true;
}

static enum err
gather(struct db_batch *b, const struct db_value *row)
{
	struct db_value *room;

	assert(b->nrows < DB_BATCH_ROWS);
	if (b->rows == NULL)
		b->rows = calloc(DB_BATCH_ROWS * b->ncolumns, sizeof(*b->rows));
	if (b->rows == NULL)
		return E_NOMEM;
	room = &b->rows[b->nrows * b->ncolumns];
	if (!copy_row(b, row, room))
		return E_NOMEM;
	b->nrows++;
	return E_OK;
}

void
db_batch_add(struct db_batch *b, const struct db_value *row)
{
	struct why found = { { 0 } };

	if (b->db->driver->run_rows == NULL)
		(void)db_run(b->db,
		    &(const struct db_statement){ .query = b->query,
			.params = row,
			.nparams = b->ncolumns },
		    NULL, NULL);
	else if (gather(b, row) != E_OK)
		(void)settle(b->db,
		    why_set(&found, E_NOMEM, "no memory for a batch"), &found,
		    NULL);
}

bool
db_batch_is_full(const struct db_batch *b)
{
	return b->nrows == DB_BATCH_ROWS || b->bytes >= DB_BATCH_FULL_BYTES;
}

void
db_batch_run(struct db_batch *b)
{
	struct why found = { { 0 } };
	enum err e;

	if (b->nrows > 0 && b->db->err == E_OK) {
		e = b->db->driver->run_rows(b->db, b->query, b->rows, b->nrows,
		    b->ncolumns, &found);
		(void)settle(b->db, e, &found, NULL);
	}
	b->nrows = b->bytes = 0;
	arena_reset(&b->texts);
}

void
db_batch_free(struct db_batch *b)
{
	free(b->rows);
	arena_free(&b->texts);
}
