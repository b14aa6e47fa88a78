#include "store/store_tables.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

#define SQL_MAX ((size_t)64 * 1024)

/* -- the list -- */

static bool
copy_name(char ret[TABLE_NAME_MAX], struct span name)
{
	(void)snprintf(ret, TABLE_NAME_MAX, "%.*s", SPAN_ARG(name));
	return name.len < TABLE_NAME_MAX;
}

/* The row's table: the last, or a new one. */
static struct table *
table_of(struct tables *tables, struct span name)
{
	struct table *last = tables->n == 0 ? NULL : &tables->v[tables->n - 1];
	struct table *v;

	if (last != NULL && span_eq(name, span_str(last->name)))
		return last;
	v = realloc(tables->v, (tables->n + 1) * sizeof(*v));
	if (v == NULL)
		return NULL;
	tables->v = v;
	last = &v[tables->n++];
	*last = (struct table){ .ncolumns = 0 };
	return last;
}

static bool
is_number_type(struct span type)
{
	return span_eq(type, SPAN_LIT("INTEGER")) ||
	    span_eq(type, SPAN_LIT("BIGINT")) ||
	    span_eq(type, SPAN_LIT("int8"));
}

static enum err
add_column(void *arg, const struct db_value *row)
{
	struct table *t = table_of(arg, row[0].bytes);
	struct table_column *c;

	if (t == NULL)
		return E_NOMEM;
	if (t->ncolumns == DB_VALUES_MAX || row[3].num > TABLE_KEY_MAX)
		return E_RANGE;
	c = &t->columns[t->ncolumns++];
	c->is_number = is_number_type(row[2].bytes);
	c->key = (size_t)row[3].num;
	if (c->key > t->nkey)
		t->nkey = c->key;
	return copy_name(t->name, row[0].bytes) &&
		copy_name(c->name, row[1].bytes)
	    ? E_OK
	    : E_RANGE;
}

enum err
tables_list(struct db *db, struct tables *ret, struct why *why)
{
	enum err e;

	*ret = (struct tables){ NULL, 0 };
	e = db_run(db,
	    &(const struct db_statement){ .query = QUERY_TABLE_COLUMNS,
		.row = add_column,
		.arg = ret },
	    NULL, why);
	if (e != E_OK)
		tables_free(ret);
	return e;
}

void
tables_free(struct tables *t)
{
	free(t->v);
	*t = (struct tables){ NULL, 0 };
}

const struct table *
tables_find(const struct tables *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i].name, name) == 0)
			return &t->v[i];
	return NULL;
}

/* -- sums -- */

/* What fits: no row gives more than 2^33, whatever is in it. */
#define PART "1000003"
#define NULL_IS "7" /* so that it differs from 0 */

static void
add_term(struct buf *sql, const struct db *db, const struct table *t, size_t i,
    bool is_high)
{
	const struct table_column *c = &t->columns[i];
	bool is_sqlite = db->driver->backend == SQL_SQLITE;

	buf_addf(sql, " + %zu * coalesce(", i + 1);
	if (c->is_number && is_high)
		buf_addf(sql, "%s / " PART " %% " PART, c->name);
	else if (c->is_number)
		buf_addf(sql, "%s %% " PART, c->name);
	else if (is_sqlite)
		buf_addf(sql, "length(CAST(%s AS BLOB))", c->name);
	else
		buf_addf(sql, "octet_length(%s)", c->name);
	buf_adds(sql, ", " NULL_IS ")");
}

static void
add_sum(struct buf *sql, const struct db *db, const struct table *t,
    bool is_high)
{
	buf_adds(sql, ", CAST(coalesce(sum(0");
	for (size_t i = 0; i < t->ncolumns; i++)
		add_term(sql, db, t, i, is_high);
	buf_adds(sql, "), 0) AS BIGINT)");
}

static enum err
take_sums(void *arg, const struct db_value *row)
{
	*(struct table_sums *)arg = (struct table_sums){ row[0].num, row[1].num,
		row[2].num };
	return E_OK;
}

enum err
table_sum(struct db *db, const struct table *t, struct table_sums *ret,
    struct why *why)
{
	struct buf sql = BUF_INIT(SQL_MAX);
	struct db_statement s = { .row = take_sums, .arg = ret };
	enum err e;

	buf_adds(&sql, "SELECT count(*)");
	add_sum(&sql, db, t, false);
	add_sum(&sql, db, t, true);
	buf_addf(&sql, " FROM %s", t->name);
	s.sql = buf_str(&sql);
	e = sql.err == E_OK ? db_run(db, &s, NULL, why)
			    : why_set(why, sql.err, "%s", err_text(sql.err));
	buf_free(&sql);
	return e;
}
