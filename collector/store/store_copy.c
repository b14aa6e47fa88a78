#include "store/store_copy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/siphash.h"
#include "store/store_scan.h"

/* A row is read once to be copied, and once on each side to be compared. */
#define TIMES_READ 3
#define ROW_MAX ((size_t)512 << 20) /* bytes */

/* Heard of by a heartbeat each 30 s while it runs. */
#define SILENCE_S 120

struct copy {
	struct db *from, *to;
	const struct store_copy_watch *watch;
	struct tables tables;
	const char *doing;
	uint64_t done, all; /* rows read, of either side */
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

/* -- one table -- */

static void
tell(struct copy *c, const struct page *p)
{
	c->done += p->n;
	c->watch->tell(c->watch->arg, c->done, c->all, c->doing,
	    p->table->name);
}

static enum err
write_page(void *arg, const struct page *p, struct why *why)
{
	struct buf columns = BUF_INIT(TABLE_NAME_MAX * (DB_VALUES_MAX + 1));
	struct copy *c = arg;
	enum err e = db_begin(c->to, why);

	if (e != E_OK)
		return e;
	table_column_names(p->table, &columns);
	(void)db_put_rows(c->to, p->table->name, buf_str(&columns), p->rows,
	    p->n, p->table->ncolumns, NULL);
	buf_free(&columns);
	if ((e = db_commit(c->to, why)) == E_OK)
		tell(c, p);
	return e;
}

/* A value's kind and length go before its bytes, so that no two rows are
 * written alike. */
static void
add_value(struct buf *out, const struct db_value *v)
{
	buf_addc(out, (char)('0' + (int)v->type));
	if (v->type == DB_INT)
		buf_add_u64(out, (uint64_t)v->num);
	else
		buf_add_u64(out, v->bytes.len);
	buf_add(out, v->bytes);
}

struct digest {
	struct copy *copy;
	struct buf row;
	uint64_t rows, sum;
};

static enum err
add_page(void *arg, const struct page *p, struct why *why)
{
	static const struct siphash_key key = { 8460, 0 };
	const size_t ncolumns = p->table->ncolumns;
	struct digest *d = arg;

	for (size_t i = 0; i < p->n; i++) {
		buf_clear(&d->row);
		buf_add_u64(&d->row, d->sum);
		for (size_t c = 0; c < ncolumns; c++)
			add_value(&d->row, &p->rows[i * ncolumns + c]);
		if (d->row.err != E_OK)
			return why_set(why, d->row.err, "out of memory");
		d->sum = siphash(&key, d->row.p, d->row.len, 1, 3);
	}
	d->rows += p->n;
	tell(d->copy, p);
	return E_OK;
}

static enum err
digest(struct copy *c, struct db *db, const struct table *t, struct digest *ret,
    struct why *why)
{
	enum err e;

	*ret = (struct digest){ .copy = c, .row = BUF_INIT(ROW_MAX) };
	e = table_scan(db, t, NULL, add_page, ret, why);
	buf_free(&ret->row);
	return e;
}

/* Row by row on both sides. */
static enum err
compare(struct copy *c, const struct table *t, uint64_t *ret_rows,
    bool *ret_same, struct why *why)
{
	struct digest from, to;
	enum err e = digest(c, c->from, t, &from, why);

	if (e == E_OK)
		e = digest(c, c->to, t, &to, why);
	if (e != E_OK)
		return e;
	*ret_rows = from.rows;
	*ret_same = from.rows == to.rows && from.sum == to.sum;
	return E_OK;
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

static enum err
copy_and_compare(struct copy *c, const struct table *t, uint64_t *ret_rows,
    bool *ret_same, struct why *why)
{
	enum err e;

	c->doing = "copying";
	e = table_scan(c->from, t, c->to, write_page, c, why);
	c->doing = "comparing";
	if (e == E_OK)
		e = compare(c, t, ret_rows, ret_same, why);
	return e;
}

/* What is there may be the beginning of it, or of what it was when an earlier
 * copy was broken off: then it is copied anew. */
static enum err
copy_table(struct copy *c, const struct table *t, struct why *why)
{
	uint64_t before = c->done, rows;
	bool same;
	enum err e = copy_and_compare(c, t, &rows, &same, why);

	if (e == E_OK && !same) {
		c->done = before;
		e = clear_table(c->to, t, why);
		if (e == E_OK)
			e = copy_and_compare(c, t, &rows, &same, why);
	}
	if (e != E_OK)
		return e;
	if (!same)
		return why_set(why, E_CONFLICT,
		    "table %s is not the same on both sides: somebody writes "
		    "to the source. Stop what does, and copy again",
		    t->name);
	c->done = before + rows * TIMES_READ;
	c->watch->table(c->watch->arg, t->name, rows);
	return E_OK;
}

/* -- the whole -- */

/* Who is logged in at one store is not at another: it would outlive the logout.
 */
static bool
stays_behind(const struct table *t)
{
	return strcmp(t->name, "web_session") == 0;
}

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
		if (c->tables.v[i].nkey > 0 && !stays_behind(&c->tables.v[i]) &&
		    tables_find(&to, c->tables.v[i].name) != NULL)
			c->tables.v[n++] = c->tables.v[i];
	c->tables.n = n;
	tables_free(&to);
	return E_OK;
}

static enum err
note_day(void *arg, const struct db_value *row)
{
	return store_day_make(arg, row[0].num, NULL);
}

/* Room for the tallies of all days. */
static enum err
make_days(struct copy *c, struct store *to, struct why *why)
{
	return db_run(c->from,
	    &(const struct db_statement){ .query = QUERY_DAY_NUMBER_LIST,
		.row = note_day,
		.arg = to },
	    NULL, why);
}

/* Count what there is to do. */
static enum err
survey(struct copy *c, bool *ret_empty, struct why *why)
{
	enum err e = E_OK;

	*ret_empty = true;
	for (size_t i = 0; i < c->tables.n && e == E_OK; i++) {
		uint64_t from, to;

		e = table_count(c->from, &c->tables.v[i], &from, why);
		if (e == E_OK)
			e = table_count(c->to, &c->tables.v[i], &to, why);
		if (e != E_OK)
			return e;
		c->all += from * TIMES_READ;
		*ret_empty = *ret_empty && to == 0;
	}
	return e;
}

/* What was copied earlier, and is whole, is told as such. */
static enum err
compare_all(struct copy *c, struct why *why)
{
	enum err e = E_OK;

	c->doing = "comparing";
	for (size_t i = 0; i < c->tables.n && e == E_OK; i++) {
		const struct table *t = &c->tables.v[i];
		uint64_t rows;
		bool same;

		e = compare(c, t, &rows, &same, why);
		if (e == E_OK && !same)
			e = why_set(why, E_EXISTS,
			    "the store to copy to is not empty, nor is it a "
			    "copy of this one: table %s is another",
			    t->name);
		if (e == E_OK)
			c->watch->table(c->watch->arg, t->name, rows);
	}
	return e;
}

static enum err
copy_tables(struct copy *c, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; i < c->tables.n && e == E_OK; i++)
		e = copy_table(c, &c->tables.v[i], why);
	return e;
}

/* *ret_whole: it has something, and not what was broken off. */
static enum err
prepare(struct copy *c, struct store *to, const char *source, int64_t now_s,
    bool *ret_whole, struct why *why)
{
	struct store_schema schema;
	struct mark mark;
	bool empty = false;
	enum err e = read_mark(c->to, source, &mark);

	if (e != E_OK || !mark.is_there)
		e = store_migrate(to, now_s, &schema, why);
	else if (!mark.is_ours)
		e = why_set(why, E_EXISTS,
		    "a copy of another store was begun here: copy into an "
		    "empty one");
	if (e == E_OK)
		e = list_tables(c, why);
	if (e == E_OK)
		e = make_days(c, to, why);
	if (e == E_OK)
		e = survey(c, &empty, why);
	if (e == E_OK && empty && !mark.is_there)
		e = db_write(c->to, QUERY_SCHEMA_ADD, why,
		    DB_I(STORE_COPY_STEP), DB_T(SPAN_LIT("copy")),
		    DB_T(span_str(source)), DB_I(now_s));
	*ret_whole = !empty && !mark.is_there;
	return e;
}

enum err
store_copy(struct store *from, struct store *to, const char *source,
    int64_t now_s, const struct store_copy_watch *watch, struct why *why)
{
	struct copy c = { .from = from->db, .to = to->db, .watch = watch };
	bool whole = false;
	enum err e = check_unused(from, "source", now_s, why);

	if (e == E_OK)
		e = prepare(&c, to, source, now_s, &whole, why);
	if (e == E_OK)
		e = whole ? compare_all(&c, why) : copy_tables(&c, why);
	if (e == E_OK)
		e = check_unused(from, "source", now_s, why);
	if (e == E_OK && !whole)
		e = db_write(c.to, QUERY_SCHEMA_UNMARK, why,
		    DB_I(STORE_COPY_STEP));
	tables_free(&c.tables);
	return e;
}
