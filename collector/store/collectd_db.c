#include "store/collectd_db.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "store/db.h"

#define VERSION 1
#define PATH_BYTES_MAX 4096
#define MARK_BYTES_MAX (1 << 20)

/* Behind either stands as of when the schema is. */
#define COLLECTD SPAN_LIT("TLSRPT-Collectd-DB")
#define REPORTD SPAN_LIT("TLSRPT-Reportd-DB")
#define SUFFIX SPAN_LIT("-devel-2024-10-28")

struct collectd_db {
	struct db *db;
	bool is_reportd;
	struct buf mark;
};

/* -- whose it is -- */

struct version {
	struct collectd_db *of;
	unsigned rows;
	bool is_known;
	struct span purpose;
	char purpose_text[128];
	int64_t version;
};

static bool
is_purpose(struct span purpose, struct span of)
{
	return span_take(&purpose, of) && span_eq(purpose, SUFFIX);
}

static enum err
note_version(void *arg, const struct db_value *row)
{
	struct version *v = arg;
	struct span purpose = row[2].bytes;

	v->rows++;
	v->version = row[0].num;
	purpose = span_head(purpose, sizeof(v->purpose_text));
	memcpy(v->purpose_text, purpose.p == NULL ? "" : purpose.p,
	    purpose.len);
	v->purpose = (struct span){ v->purpose_text, purpose.len };
	v->of->is_reportd = is_purpose(purpose, REPORTD);
	v->is_known = v->version == VERSION && row[0].type == DB_INT &&
	    (v->of->is_reportd || is_purpose(purpose, COLLECTD));
	buf_add(&v->of->mark, row[2].bytes);
	buf_addc(&v->of->mark, '\n');
	buf_add(&v->of->mark, row[1].bytes);
	return E_OK;
}

static enum err
note_first(void *arg, const struct db_value *row)
{
	struct collectd_db *c = arg;

	for (size_t i = 0; i < 4; i++) {
		buf_addc(&c->mark, '\n');
		buf_add(&c->mark, row[i].bytes);
	}
	return E_OK;
}

static enum err
check_version(struct collectd_db *c, struct why *why)
{
	struct version v = { .of = c };
	struct why own = { { 0 } };
	enum err e = db_run(c->db,
	    &(const struct db_statement){ .query = QUERY_COLLECTD_VERSION,
		.row = note_version,
		.arg = &v },
	    NULL, &own);

	if (e == E_VERSION || (e == E_OK && v.rows == 0))
		return why_set(why, E_VERSION,
		    "no database of tlsrpt-collectd or tlsrpt-reportd");
	if (e != E_OK)
		return why_set(why, e, "%s", own.text);
	if (!v.is_known || v.rows != 1)
		return why_set(why, E_VERSION,
		    "\"%.*s\" of version %lld is not known; \"%s%s\" and "
		    "\"%s%s\" of version %d are",
		    SPAN_ARG(v.purpose), (long long)v.version, COLLECTD.p,
		    SUFFIX.p, REPORTD.p, SUFFIX.p, VERSION);
	return E_OK;
}

/* -- open -- */

static enum err
check_file(const char *path, struct why *why)
{
	struct stat st;

	if (stat(path, &st) != 0 || access(path, R_OK) != 0)
		return why_errno(why, "%s", path);
	return S_ISREG(st.st_mode)
	    ? E_OK
	    : why_set(why, E_VERSION, "%s: no file", path);
}

static enum err
open_file(const char *path, struct db **ret, struct why *why)
{
	struct buf url = BUF_INIT(PATH_BYTES_MAX);
	struct store_options options;
	enum err e;

	buf_addf(&url, "sqlite:%s", path);
	options = store_options_default(buf_str(&url));
	options.read_only = true;
	e = url.err == E_OK ? db_open_as(&options, ret, why) : url.err;
	buf_free(&url);
	return e;
}

/* Some failures are told by SQLite in words that say nothing of what to do. */
static enum err
explain(const char *path, enum err e, const struct why *own, struct why *why)
{
	if (e == E_BUSY)
		return why_set(why, e,
		    "%s: another program writes to it: stop tlsrpt-collectd "
		    "and tlsrpt-reportd",
		    path);
	if (e == E_DENIED)
		return why_set(why, e,
		    "%s: it was left in the middle of a write: start and stop "
		    "tlsrpt-collectd once, which mends it (%s)",
		    path, own->text);
	return why_set(why, e, "%s: %s", path, own->text);
}

static enum err
fill(struct collectd_db *c, const char *path, struct why *why)
{
	struct why own = { { 0 } };
	enum err e = open_file(path, &c->db, &own);

	if (e == E_OK)
		e = db_begin(c->db, &own);
	if (e == E_OK)
		e = check_version(c, &own);
	if (e == E_OK && !c->is_reportd)
		e = db_run(c->db,
		    &(const struct db_statement){ .query = QUERY_COLLECTD_FIRST,
			.row = note_first,
			.arg = c },
		    NULL, &own);
	if (e == E_OK)
		e = c->mark.err;
	return e == E_OK ? e : explain(path, e, &own, why);
}

enum err
collectd_db_open(const char *path, struct collectd_db **ret, struct why *why)
{
	struct collectd_db *c;
	enum err e = check_file(path, why);

	if (e != E_OK)
		return e;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	c->mark = BUF_INIT(MARK_BYTES_MAX);
	if ((e = fill(c, path, why)) != E_OK) {
		collectd_db_close(c);
		return e;
	}
	*ret = c;
	return E_OK;
}

void
collectd_db_close(struct collectd_db *c)
{
	if (c == NULL)
		return;
	if (c->db != NULL)
		db_rollback(c->db);
	db_close(c->db);
	buf_free(&c->mark);
	free(c);
}

bool
collectd_db_is_reportd(const struct collectd_db *c)
{
	return c->is_reportd;
}

enum err
collectd_db_mark(const struct collectd_db *c, struct buf *out, struct why *why)
{
	buf_add(out, buf_span(&c->mark));
	return out->err == E_OK ? E_OK
				: why_set(why, out->err, "out of memory");
}

/* -- what is in it -- */

struct list {
	collectd_day_fn *day;
	collectd_row_fn *row;
	void *arg;
};

static enum err
hand_over_day(void *arg, const struct db_value *row)
{
	const struct list *list = arg;
	const struct collectd_day day = {
		.day = row[0].type == DB_TEXT ? row[0].bytes : SPAN_LIT(""),
		.rows = (uint64_t)row[1].num,
		.results = (uint64_t)row[2].num,
		.domains = (uint64_t)row[3].num,
		.ended = (uint64_t)row[4].num,
		.unfetched = (uint64_t)row[5].num,
	};

	return list->day(list->arg, &day);
}

enum err
collectd_db_days(const struct collectd_db *c, collectd_day_fn *fn, void *arg,
    struct why *why)
{
	struct list list = { .day = fn, .arg = arg };

	return db_run(c->db,
	    &(const struct db_statement){ .query = c->is_reportd
		    ? QUERY_REPORTD_DAYS
		    : QUERY_COLLECTD_DAYS,
		.row = hand_over_day,
		.arg = &list },
	    NULL, why);
}

static bool
is_text(const struct db_value *v)
{
	return v->type == DB_TEXT;
}

static bool
is_count(const struct db_value *v)
{
	return v->type == DB_INT && v->num >= 0 &&
	    (uint64_t)v->num <= COUNT_MAX;
}

/* Domain, record, policy, total, failed, details. */
static struct collectd_row
row_of(const struct db_value *v)
{
	return (struct collectd_row){
		.is_whole = is_text(&v[0]) &&
		    (is_text(&v[1]) || v[1].type == DB_NULL) &&
		    is_text(&v[2]) && is_count(&v[3]) && is_count(&v[4]) &&
		    v[3].num > 0 && v[4].num <= v[3].num && is_count(&v[5]),
		.domain = v[0].bytes,
		.record = is_text(&v[1]) ? v[1].bytes : SPAN_NONE,
		.policy = v[2].bytes,
		.reason = SPAN_NONE,
		.total = (uint64_t)v[3].num,
		.failed = (uint64_t)v[4].num,
		.details = (uint64_t)v[5].num,
	};
}

static enum err
hand_over_results(void *arg, const struct db_value *v)
{
	const struct list *list = arg;
	const struct collectd_row row = row_of(v);

	return list->row(list->arg, &row);
}

static enum err
hand_over_failure(void *arg, const struct db_value *v)
{
	const struct list *list = arg;
	struct collectd_row row = row_of(v);

	row.reason = v[6].bytes;
	row.is_whole = row.is_whole && row.details > 0 && is_text(&v[6]);
	return list->row(list->arg, &row);
}

enum err
collectd_db_results(const struct collectd_db *c, struct span day,
    collectd_row_fn *fn, void *arg, struct why *why)
{
	struct list list = { .row = fn, .arg = arg };

	return db_read(c->db,
	    c->is_reportd ? QUERY_REPORTD_RESULTS : QUERY_COLLECTD_RESULTS,
	    hand_over_results, &list, why, DB_T(day));
}

enum err
collectd_db_failures(const struct collectd_db *c, struct span day,
    collectd_row_fn *fn, void *arg, struct why *why)
{
	struct list list = { .row = fn, .arg = arg };

	return db_read(c->db,
	    c->is_reportd ? QUERY_REPORTD_FAILURES : QUERY_COLLECTD_FAILURES,
	    hand_over_failure, &list, why, DB_T(day));
}
