#include "store/store_scan.h"

#include <stdlib.h>

#define PAGE_ROWS 4096
#define PAGE_ROWS_FIRST 16 /* while it is not known how large they are */
#define PAGE_BYTES ((size_t)8 << 20)
#define PAGE_BYTES_MAX ((size_t)512 << 20)
#define SQL_MAX ((size_t)16 * 1024)

/* -- SQL -- */

void
table_column_names(const struct table *t, struct buf *out)
{
	for (size_t i = 0; i < t->ncolumns; i++)
		buf_addf(out, "%s%s", i == 0 ? "" : ", ", t->columns[i].name);
}

/* The key's columns in their order, each with what follows. */
static void
add_key(struct buf *sql, const struct table *t, const char *behind)
{
	for (size_t k = 1; k <= t->nkey; k++)
		for (size_t i = 0; i < t->ncolumns; i++)
			if (t->columns[i].key == k)
				buf_addf(sql, "%s%s%s", k == 1 ? "" : ", ",
				    t->columns[i].name, behind);
}

static void
begin_select(struct buf *sql, const struct table *t)
{
	buf_adds(sql, "SELECT ");
	table_column_names(t, sql);
	buf_addf(sql, " FROM %s", t->name);
}

/* -- one page -- */

static enum err
take_row(void *arg, const struct db_value *row)
{
	struct page *p = arg;
	struct db_value *to = &p->rows[p->n * p->table->ncolumns];

	if (p->n == p->wanted || p->bytes.used > PAGE_BYTES) {
		p->has_more = true;
		return E_OK;
	}
	for (size_t i = 0; i < p->table->ncolumns; i++) {
		to[i] = row[i];
		if (row[i].bytes.len == 0)
			continue;
		to[i].bytes = arena_copy(&p->bytes, row[i].bytes);
		if (to[i].bytes.p == NULL)
			return E_NOMEM;
	}
	p->n++;
	return E_OK;
}

static enum err
read_rows(struct db *db, struct page *p, const struct buf *sql,
    const struct db_value *key, size_t nkey, struct why *why)
{
	const struct db_statement s = { .params = key,
		.nparams = nkey,
		.row = take_row,
		.arg = p,
		.sql = buf_str(sql) };

	p->n = 0;
	p->has_more = false;
	if (sql->err != E_OK)
		return why_set(why, sql->err, "%s", err_text(sql->err));
	return db_run(db, &s, NULL, why);
}

/* The rows behind the key; nkey 0: from the start. One more is asked for, to
 * know whether there is more. */
static enum err
read_page(struct db *db, struct page *p, const struct db_value *key,
    size_t nkey, struct why *why)
{
	struct buf sql = BUF_INIT(SQL_MAX);
	enum err e;

	begin_select(&sql, p->table);
	if (nkey > 0) {
		buf_adds(&sql, " WHERE (");
		add_key(&sql, p->table, "");
		buf_adds(&sql, ") > (");
		for (size_t i = 1; i <= nkey; i++)
			buf_addf(&sql, "%s$%zu", i == 1 ? "" : ", ", i);
		buf_addc(&sql, ')');
	}
	buf_adds(&sql, " ORDER BY ");
	add_key(&sql, p->table, "");
	buf_addf(&sql, " LIMIT %zu", p->wanted + 1);
	e = read_rows(db, p, &sql, key, nkey, why);
	buf_free(&sql);
	return e;
}

static enum err
read_last(struct db *db, struct page *p, struct why *why)
{
	struct buf sql = BUF_INIT(SQL_MAX);
	enum err e;

	p->wanted = 1;
	begin_select(&sql, p->table);
	buf_adds(&sql, " ORDER BY ");
	add_key(&sql, p->table, " DESC");
	buf_adds(&sql, " LIMIT 1");
	e = read_rows(db, p, &sql, NULL, 0, why);
	buf_free(&sql);
	return e;
}

/* -- all pages -- */

/* Of the page's last row; 0: it has none. */
static size_t
last_key(const struct page *p, struct db_value key[TABLE_KEY_MAX])
{
	const struct table *t = p->table;
	const struct db_value *row;

	if (p->n == 0)
		return 0;
	row = &p->rows[(p->n - 1) * t->ncolumns];
	for (size_t i = 0; i < t->ncolumns; i++)
		if (t->columns[i].key > 0)
			key[t->columns[i].key - 1] = row[i];
	return t->nkey;
}

/* Large rows come few at a time: libpq has a whole page in memory. */
static void
size_next(struct page *p)
{
	size_t fit = PAGE_BYTES / (p->bytes.used / p->n + 1);
	size_t twice = p->wanted * 2;

	p->wanted = fit < twice ? fit : twice;
	if (p->wanted > PAGE_ROWS)
		p->wanted = PAGE_ROWS;
	if (p->wanted == 0)
		p->wanted = 1;
}

static enum err
next_page(struct db *db, struct page *p, struct why *why)
{
	struct arena before = p->bytes; /* the key is in it */
	struct db_value key[TABLE_KEY_MAX];
	size_t nkey = last_key(p, key);
	enum err e;

	p->bytes = ARENA_INIT(PAGE_BYTES_MAX);
	e = read_page(db, p, key, nkey, why);
	arena_free(&before);
	return e;
}

enum err
table_scan(struct db *db, const struct table *t, struct db *behind, page_fn *fn,
    void *arg, struct why *why)
{
	struct page page = { .table = t, .bytes = ARENA_INIT(PAGE_BYTES_MAX) };
	enum err e = E_OK;

	page.rows = calloc(PAGE_ROWS * t->ncolumns, sizeof(*page.rows));
	if (page.rows == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	if (behind != NULL)
		e = read_last(behind, &page, why);
	page.wanted = PAGE_ROWS_FIRST;
	page.has_more = true;
	while (e == E_OK && page.has_more) {
		e = next_page(db, &page, why);
		if (e != E_OK || page.n == 0)
			break;
		e = fn(arg, &page, why);
		size_next(&page);
	}
	arena_free(&page.bytes);
	free(page.rows);
	return e;
}
