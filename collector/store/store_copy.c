#include "store/store_copy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "store/store_tables.h"

/* A page is read, and written in one transaction. */
#define PAGE_ROWS 4096
#define PAGE_ROWS_FIRST 16 /* while it is not known how large they are */
#define PAGE_BYTES ((size_t)8 << 20)
#define PAGE_BYTES_MAX ((size_t)512 << 20)
#define SQL_MAX ((size_t)16 * 1024)

/* Heard of by a heartbeat each 30 s while it runs. */
#define SILENCE_S 120

struct copy {
	struct db *from, *to;
	const struct store_copy_watch *watch;
	struct tables tables;
	uint64_t done, all; /* rows */
};

/* -- the mark of a store that is not whole: a step of its schema, with the
 * source where the others have a checksum -- */

struct mark {
	const char *source;
	bool is_there, is_ours;
};

static enum err
note_step(void *arg, const struct db_value *row)
{
	struct mark *m = arg;

	if (row[0].num != STORE_COPY_STEP)
		return E_OK;
	m->is_there = true;
	m->is_ours = span_eq(row[2].bytes, span_str(m->source));
	return E_OK;
}

static enum err
read_mark(struct db *db, const char *source, struct mark *ret)
{
	*ret = (struct mark){ .source = source };
	return db_run(db,
	    &(const struct db_statement){ .query = QUERY_SCHEMA_LIST,
		.row = note_step,
		.arg = ret },
	    NULL, NULL);
}

/* -- whether somebody writes -- */

struct writers {
	int64_t since_s;
	char host[128]; /* of one; empty: none */
};

static enum err
note_writer(void *arg, const struct collector *c)
{
	struct writers *w = arg;
	bool ended = c->place.len == 0 && c->claim.len > 0;

	if (c->seen_s >= w->since_s && !ended)
		(void)snprintf(w->host, sizeof(w->host), "%.*s",
		    SPAN_ARG(c->host));
	return E_OK;
}

static enum err
take_number(void *arg, const struct db_value *row)
{
	*(int64_t *)arg = row[0].num;
	return E_OK;
}

static enum err
check_unused(struct store *store, const char *which, int64_t now_s,
    struct why *why)
{
	struct writers w = { .since_s = now_s - SILENCE_S };
	int64_t sessions = 0;
	enum err e = store_collector_list(store, note_writer, &w, why);

	if (e == E_OK && w.host[0] != '\0')
		return why_set(why, E_BUSY,
		    "a collector on host \"%.64s\" writes to the %s: stop "
		    "tlsrptd there, and everywhere else",
		    w.host, which);
	if (e == E_OK)
		e = db_run(store->db,
		    &(const struct db_statement){ .query = QUERY_STORE_SESSIONS,
			.row = take_number,
			.arg = &sessions },
		    NULL, why);
	if (e == E_OK && sessions > 0)
		e = why_set(why, E_BUSY,
		    "tlsrptd has %" PRId64 " connections to the %s: stop it "
		    "everywhere",
		    sessions, which);
	return e;
}

/* -- one page -- */

struct page {
	const struct table *table;
	struct arena bytes;
	struct db_value *rows; /* PAGE_ROWS of them */
	size_t n, wanted;
	bool has_more;
};

static enum err
take_page_row(void *arg, const struct db_value *row)
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

/* "a, b DESC": the key's columns in their order, each with what follows. */
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
add_columns(struct buf *sql, const struct table *t)
{
	for (size_t i = 0; i < t->ncolumns; i++)
		buf_addf(sql, "%s%s", i == 0 ? "" : ", ", t->columns[i].name);
}

/* The page's rows behind the key; nkey 0: from the start. One row more is asked
 * for, to know whether there is more. */
static enum err
read_page(struct db *db, struct page *p, const struct db_value *key,
    size_t nkey, struct why *why)
{
	struct db_statement s = { .params = key,
		.nparams = nkey,
		.row = take_page_row,
		.arg = p };
	struct buf sql = BUF_INIT(SQL_MAX);
	enum err e;

	p->n = 0;
	p->has_more = false;
	buf_adds(&sql, "SELECT ");
	add_columns(&sql, p->table);
	buf_addf(&sql, " FROM %s", p->table->name);
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
	s.sql = buf_str(&sql);
	e = sql.err == E_OK ? db_run(db, &s, NULL, why)
			    : why_set(why, sql.err, "%s", err_text(sql.err));
	buf_free(&sql);
	return e;
}

static enum err
write_page(struct db *db, const struct page *p, struct why *why)
{
	struct buf columns = BUF_INIT(SQL_MAX);
	enum err e = db_begin(db, why);

	if (e != E_OK)
		return e;
	add_columns(&columns, p->table);
	(void)db_put_rows(db, p->table->name, buf_str(&columns), p->rows, p->n,
	    p->table->ncolumns, NULL);
	buf_free(&columns);
	return db_commit(db, why);
}

/* Large rows come few at a time: libpq has a whole page in memory. */
static void
size_next(struct page *p)
{
	size_t one = p->n == 0 ? 1 : p->bytes.used / p->n + 1;
	size_t fit = PAGE_BYTES / one, twice = p->wanted * 2;

	p->wanted = fit < twice ? fit : twice;
	if (p->wanted > PAGE_ROWS)
		p->wanted = PAGE_ROWS;
	if (p->wanted == 0)
		p->wanted = 1;
}

/* -- one table -- */

static size_t
key_of_row(const struct table *t, const struct db_value *row,
    struct db_value key[TABLE_KEY_MAX])
{
	for (size_t i = 0; i < t->ncolumns; i++)
		if (t->columns[i].key > 0)
			key[t->columns[i].key - 1] = row[i];
	return t->nkey;
}

/* Up to where an earlier copy came: rows are copied in the order of the key. */
static enum err
read_last(struct copy *c, struct page *p, struct db_value *key, size_t *ret_n,
    struct why *why)
{
	struct buf sql = BUF_INIT(SQL_MAX);
	struct db_statement s = { .row = take_page_row, .arg = p };
	enum err e;

	p->n = 0;
	p->wanted = 1;
	buf_adds(&sql, "SELECT ");
	add_columns(&sql, p->table);
	buf_addf(&sql, " FROM %s ORDER BY ", p->table->name);
	add_key(&sql, p->table, " DESC");
	buf_adds(&sql, " LIMIT 1");
	s.sql = buf_str(&sql);
	e = sql.err == E_OK ? db_run(c->to, &s, NULL, why)
			    : why_set(why, sql.err, "%s", err_text(sql.err));
	buf_free(&sql);
	*ret_n = e == E_OK && p->n == 1 ? key_of_row(p->table, p->rows, key)
					: 0;
	p->wanted = PAGE_ROWS_FIRST;
	return e;
}

static enum err
copy_pages(struct copy *c, struct page *p, struct why *why)
{
	struct db_value key[TABLE_KEY_MAX];
	size_t nkey;
	enum err e = read_last(c, p, key, &nkey, why);

	p->has_more = true;
	while (e == E_OK && p->has_more) {
		struct arena before = p->bytes; /* the key is in it */

		p->bytes = ARENA_INIT(PAGE_BYTES_MAX);
		e = read_page(c->from, p, key, nkey, why);
		arena_free(&before);
		if (e != E_OK || p->n == 0)
			break;
		e = write_page(c->to, p, why);
		nkey = key_of_row(p->table,
		    &p->rows[(p->n - 1) * p->table->ncolumns], key);
		c->done += p->n;
		c->watch->tell(c->watch->arg, c->done, c->all, p->table->name);
		size_next(p);
	}
	return e;
}

static enum err
clear_table(struct db *db, const struct table *t, struct why *why)
{
	char sql[TABLE_NAME_MAX + 32];
	enum err e = db_begin(db, why);

	if (e != E_OK)
		return e;
	(void)snprintf(sql, sizeof(sql), "DELETE FROM %s", t->name);
	(void)db_script(db, sql, NULL);
	return db_commit(db, why);
}

static bool
is_same(const struct table_sums *a, const struct table_sums *b)
{
	return a->rows == b->rows && a->low == b->low && a->high == b->high;
}

static enum err
compare(const struct copy *c, const struct table *t, struct table_sums *ret,
    bool *ret_same, struct why *why)
{
	struct table_sums there;
	enum err e = table_sum(c->from, t, ret, why);

	if (e == E_OK)
		e = table_sum(c->to, t, &there, why);
	if (e == E_OK)
		*ret_same = is_same(ret, &there);
	return e;
}

/* What is there may be the beginning of it, or of what it was when an earlier
 * copy was broken off: then it is copied anew. */
static enum err
copy_table(struct copy *c, const struct table *t, struct why *why)
{
	struct page page = { .table = t, .bytes = ARENA_INIT(PAGE_BYTES_MAX) };
	struct table_sums sums;
	uint64_t before = c->done;
	bool same = false;
	enum err e = compare(c, t, &sums, &same, why);

	page.rows = calloc(PAGE_ROWS * t->ncolumns, sizeof(*page.rows));
	if (page.rows == NULL)
		e = why_set(why, E_NOMEM, "out of memory");
	if (e == E_OK && !same)
		e = copy_pages(c, &page, why);
	if (e == E_OK && !same)
		e = compare(c, t, &sums, &same, why);
	if (e == E_OK && !same) {
		c->done = before;
		e = clear_table(c->to, t, why);
		if (e == E_OK)
			e = copy_pages(c, &page, why);
	}
	c->done = before + (uint64_t)sums.rows;
	arena_free(&page.bytes);
	free(page.rows);
	return e;
}

/* -- the whole -- */

/* What both have: a database may hold tables of others. */
static enum err
list_tables(struct copy *c, struct why *why)
{
	struct tables to;
	size_t n = 0;
	enum err e = tables_list(c->from, &c->tables, why);

	if (e == E_OK)
		e = tables_list(c->to, &to, why);
	if (e != E_OK)
		return e;
	for (size_t i = 0; i < c->tables.n; i++)
		if (c->tables.v[i].nkey > 0 &&
		    tables_find(&to, c->tables.v[i].name) != NULL)
			c->tables.v[n++] = c->tables.v[i];
	c->tables.n = n;
	tables_free(&to);
	return E_OK;
}

/* Count what there is to do. *ret_empty: `to` has nothing of it; *ret_same: it
 * has all. */
static enum err
survey(struct copy *c, bool *ret_empty, bool *ret_same, struct why *why)
{
	enum err e = E_OK;

	c->all = 0;
	*ret_empty = *ret_same = true;
	for (size_t i = 0; i < c->tables.n && e == E_OK; i++) {
		struct table_sums from, to;

		e = table_sum(c->from, &c->tables.v[i], &from, why);
		if (e == E_OK)
			e = table_sum(c->to, &c->tables.v[i], &to, why);
		if (e != E_OK)
			return e;
		c->all += (uint64_t)from.rows;
		*ret_empty = *ret_empty && to.rows == 0;
		*ret_same = *ret_same && is_same(&from, &to);
	}
	return e;
}

/* Every table is the same: that is told. */
static enum err
verify(struct copy *c, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; i < c->tables.n && e == E_OK; i++) {
		const struct table *t = &c->tables.v[i];
		struct table_sums sums;
		bool same;

		e = compare(c, t, &sums, &same, why);
		if (e == E_OK && !same)
			e = why_set(why, E_CONFLICT,
			    "table %s is not the same: the source was written "
			    "to meanwhile. Stop what writes to it, and copy "
			    "again: what is the same stays",
			    t->name);
		if (e == E_OK)
			c->watch->table(c->watch->arg, t->name,
			    (uint64_t)sums.rows);
	}
	return e;
}

static enum err
copy_tables(struct copy *c, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; i < c->tables.n && e == E_OK; i++) {
		c->watch->tell(c->watch->arg, c->done, c->all,
		    c->tables.v[i].name);
		e = copy_table(c, &c->tables.v[i], why);
	}
	return e;
}

static enum err
prepare(struct copy *c, struct store *to, const char *source, int64_t now_s,
    bool *ret_done, struct why *why)
{
	struct store_schema schema;
	struct mark mark;
	bool empty;
	enum err e = read_mark(c->to, source, &mark);

	*ret_done = false;
	if (e != E_OK || !mark.is_there)
		e = store_migrate(to, now_s, &schema, why);
	else if (!mark.is_ours)
		e = why_set(why, E_EXISTS,
		    "a copy of another store was begun here: copy into an "
		    "empty one");
	if (e == E_OK)
		e = list_tables(c, why);
	if (e == E_OK)
		e = survey(c, &empty, ret_done, why);
	if (e != E_OK || mark.is_there)
		return e;
	if (!empty && !*ret_done)
		return why_set(why, E_EXISTS,
		    "the store to copy to is not empty, nor is it a copy that "
		    "was broken off");
	if (empty)
		e = db_write(c->to, QUERY_SCHEMA_ADD, why,
		    DB_I(STORE_COPY_STEP), DB_T(SPAN_LIT("copy")),
		    DB_T(span_str(source)), DB_I(now_s));
	return e;
}

enum err
store_copy(struct store *from, struct store *to, const char *source,
    int64_t now_s, const struct store_copy_watch *watch, struct why *why)
{
	struct copy c = { .from = from->db, .to = to->db, .watch = watch };
	bool done = false;
	enum err e = check_unused(from, "source", now_s, why);

	if (e == E_OK)
		e = prepare(&c, to, source, now_s, &done, why);
	if (e == E_OK && !done)
		e = copy_tables(&c, why);
	if (e == E_OK)
		e = check_unused(from, "source", now_s, why);
	if (e == E_OK)
		e = verify(&c, why);
	if (e == E_OK)
		e = db_write(c.to, QUERY_SCHEMA_UNMARK, why,
		    DB_I(STORE_COPY_STEP));
	tables_free(&c.tables);
	return e;
}
