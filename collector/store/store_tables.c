#include "store/store_tables.h"

#include <stdio.h>
#include <stdlib.h>

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

static enum err
add_column(void *arg, const struct db_value *row)
{
	struct table *t = table_of(arg, row[0].bytes);
	struct table_column *c;

	if (t == NULL)
		return E_NOMEM;
	if (t->ncolumns == DB_VALUES_MAX || row[2].num > TABLE_KEY_MAX)
		return E_RANGE;
	c = &t->columns[t->ncolumns++];
	c->key = (size_t)row[2].num;
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

static enum err
take_count(void *arg, const struct db_value *row)
{
	*(uint64_t *)arg = (uint64_t)row[0].num;
	return E_OK;
}

enum err
table_count(struct db *db, const struct table *t, uint64_t *ret,
    struct why *why)
{
	char sql[TABLE_NAME_MAX + 32];

	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", t->name);
	return db_run(db,
	    &(const struct db_statement){ .row = take_count,
		.arg = ret,
		.sql = sql },
	    NULL, why);
}
