/* store/db_pgsql.c -- PostgreSQL for fleets, over libpq. */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "store/db.h"
#include "store/pgsql_connect.h"

/* Types by the numbers that pg_type.dat fixes. */
enum oid {
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_BYTEA_ARRAY = 1001,
	OID_TEXT_ARRAY = 1009,
	OID_INT8_ARRAY = 1016,
};

#define BINARY 1

struct pgsql_db {
	struct db db;
	struct pgsql_target target;
	struct pgsql_patience patience;
	PGconn *conn;		    /* NULL: closed, for the server is silent */
	bool is_spent;		    /* connect anew before the next work */
	bool is_prepared[NQUERIES]; /* by conn, under its name */
};

static struct pgsql_db *
pgsql_of(struct db *db)
{
	return (struct pgsql_db *)db;
}

/* By SQLSTATE (PostgreSQL manual, appendix A). */
static enum err
err_from_result(struct pgsql_db *p, const PGresult *res)
{
	static const struct {
		const char *state;
		enum err err;
	} states[] = {
		{ "40", E_BUSY },	/* serialization, deadlock */
		{ "55P03", E_BUSY },	/* lock not available */
		{ "57014", E_BUSY },	/* statement timeout */
		{ "53100", E_FULL },	/* disk full */
		{ "53", E_AWAY },	/* too many connections, … */
		{ "57P", E_AWAY },	/* shutting down */
		{ "08", E_AWAY },	/* connection */
		{ "23514", E_BUSY },	/* the day just got a partition */
		{ "23", E_CONFLICT },	/* constraint */
		{ "42P01", E_VERSION }, /* no such table */
		{ "42703", E_VERSION }, /* no such column */
		{ "42501", E_DENIED },	/* privilege */
		{ "25006", E_AWAY },	/* read-only: it is a standby now */
		{ "28", E_DENIED },	/* authorization */
		{ "XX001", E_DAMAGED }, /* data corrupted */
		{ "XX002", E_DAMAGED }, /* index corrupted */
	};
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

	p->is_spent |= state != NULL && strcmp(state, "25006") == 0;
	if (PQstatus(p->conn) != CONNECTION_OK || state == NULL)
		return E_AWAY;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strncmp(state, states[i].state, strlen(states[i].state)) ==
		    0)
			return states[i].err;
	return E_IO;
}

#define TO_END "no answer in time, and this process is to end"

static void
drop_notice(void *arg, const PGresult *res)
{
	(void)arg;
	(void)res;
}

static enum err
pgsql_ready(struct db *db, struct why *why)
{
	struct pgsql_db *p = pgsql_of(db);
	enum err e;

	/* Not PQreset: it would know the old password only. */
	if (PQstatus(p->conn) == CONNECTION_OK && !p->is_spent &&
	    PQtransactionStatus(p->conn) == PQTRANS_IDLE)
		return E_OK;
	PQfinish(p->conn);
	p->conn = NULL;
	if (pgsql_patience_is_over(&p->patience))
		return why_set(why, E_AWAY, "postgresql: " TO_END);
	if ((e = pgsql_connect(&p->target, &p->patience, &p->conn, why)) !=
	    E_OK)
		return e;
	p->is_spent = false;
	memset(p->is_prepared, 0, sizeof(p->is_prepared));
	(void)PQsetNoticeReceiver(p->conn, drop_notice, NULL);
	(void)PQsetnonblocking(p->conn, 1);
	return E_OK;
}

/* A server that is silent may answer later, to nobody. */
static PGresult *
answer(struct pgsql_db *p)
{
	struct pgsql_patience patience = p->patience;
	PGresult *res = NULL;

	if (p->db.takes_its_time)
		patience.silence_ms = 0;
	if (!pgsql_answer(p->conn, &patience, &res)) {
		PQfinish(p->conn);
		p->conn = NULL;
	}
	p->patience.hurry_until_ns = patience.hurry_until_ns;
	return res;
}

static const char *
message_of(const struct pgsql_db *p)
{
	if (p->conn != NULL)
		return PQerrorMessage(p->conn);
	return p->patience.hurry_until_ns == 0 ? "the server does not answer"
					       : TO_END;
}

static PGresult *
exec(struct pgsql_db *p, const char *sql)
{
	(void)PQsendQuery(p->conn, sql);
	return answer(p);
}

static enum err
pgsql_script(struct db *db, const char *sql, struct why *why)
{
	struct pgsql_db *p = pgsql_of(db);
	PGresult *res = exec(p, sql);
	ExecStatusType status = PQresultStatus(res);
	enum err e = E_OK;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		e = pgsql_why(err_from_result(p, res), "script", message_of(p),
		    why);
	PQclear(res);
	return e;
}

/* Whatever the database's default is: who waits for a row or a lock has to see
 * what the other has done. */
#define BEGIN "BEGIN ISOLATION LEVEL READ COMMITTED"
#define BEGIN_READING "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

static enum err
pgsql_begin(struct db *db, bool is_lax, struct why *why)
{
	struct pgsql_db *p = pgsql_of(db);
	char settings[PGSQL_SETTINGS_MAX], sql[2 * PGSQL_SETTINGS_MAX];

	pgsql_transaction_settings(&p->target, settings);
	(void)snprintf(sql, sizeof(sql), "%s%s%s",
	    p->target.read_only ? BEGIN_READING : BEGIN, settings,
	    is_lax ? "; SET LOCAL synchronous_commit = off" : "");
	return pgsql_script(db, sql, why);
}

static enum err
pgsql_commit(struct db *db, struct why *why)
{
	enum err e = pgsql_script(db, "COMMIT", why);

	/* Whether the server got that far, only the server knows; what one
	 * that shuts down or a pooler says of it is no proof either. */
	return e == E_AWAY ? E_UNCERTAIN : e;
}

struct params {
	Oid types[DB_VALUES_MAX];
	const char *values[DB_VALUES_MAX];
	int lengths[DB_VALUES_MAX];
	int formats[DB_VALUES_MAX];
	uint64_t numbers[DB_VALUES_MAX]; /* big-endian */
};

static void
set_param(struct params *p, size_t i, const struct db_value *v)
{
	p->formats[i] = BINARY;
	p->values[i] = v->bytes.p == NULL ? "" : v->bytes.p;
	p->lengths[i] = (int)v->bytes.len;
	switch (v->type) {
	case DB_INT:
		p->types[i] = OID_INT8;
		p->numbers[i] = htobe64((uint64_t)v->num);
		p->values[i] = (const char *)&p->numbers[i];
		p->lengths[i] = sizeof(p->numbers[i]);
		break;
	case DB_TEXT:
		p->types[i] = OID_TEXT;
		break;
	case DB_BLOB:
		p->types[i] = OID_BYTEA;
		break;
	case DB_NULL:
		p->types[i] = 0;
		p->values[i] = NULL;
		break;
	}
}

static PGresult *
exec_params(struct pgsql_db *p, const char *sql, size_t n,
    const struct params *params)
{
	(void)PQsendQueryParams(p->conn, sql, (int)n, params->types,
	    params->values, params->lengths, params->formats, BINARY);
	return answer(p);
}

static struct db_value
column_value(const PGresult *res, int row, int col)
{
	const char *p = PQgetvalue(res, row, col);
	struct span bytes = { p, (size_t)PQgetlength(res, row, col) };
	uint64_t wide;
	uint32_t narrow;

	if (PQgetisnull(res, row, col))
		return (struct db_value){ .type = DB_NULL };
	switch (PQftype(res, col)) {
	case OID_INT8:
		memcpy(&wide, p, sizeof(wide));
		return DB_I(be64toh(wide));
	case OID_INT4:
		memcpy(&narrow, p, sizeof(narrow));
		return DB_I((int32_t)be32toh(narrow));
	case OID_BYTEA:
		return DB_B(bytes);
	default:
		return DB_T(bytes);
	}
}

static enum err
hand_over_rows(const PGresult *res, const struct db_statement *st)
{
	struct db_value row[DB_VALUES_MAX];
	int ncols = PQnfields(res);
	enum err e = E_OK;

	for (int r = 0; r < PQntuples(res) && e == E_OK; r++) {
		for (int c = 0; c < ncols && c < DB_VALUES_MAX; c++)
			row[c] = column_value(res, r, c);
		if (st->row != NULL)
			e = st->row(st->arg, row);
	}
	return e;
}

static const char *
text_of(const struct db_statement *st)
{
	return st->sql == NULL ? query_texts[st->query].sql[SQL_PGSQL]
			       : st->sql;
}

static const char *
name_of(const struct db_statement *st)
{
	return st->sql == NULL ? query_texts[st->query].name : "table";
}

/* By its first word: no query of ours that begins with SELECT changes a row. */
static bool
may_write(const struct db_statement *st)
{
	struct span rest = span_str(text_of(st));

	while (span_take(&rest, SPAN_LIT("--")))
		(void)span_until(&rest, '\n');
	return !span_take(&rest, SPAN_LIT("SELECT"));
}

/* Outside a transaction a write is its own commit. */
static enum err
statement_failed(struct pgsql_db *p, const PGresult *res,
    const struct db_statement *st, struct why *why)
{
	enum err e = err_from_result(p, res);

	if (e == E_AWAY && PQstatus(p->conn) != CONNECTION_OK &&
	    !p->db.in_transaction && !p->target.pooler && may_write(st))
		e = E_UNCERTAIN;
	return pgsql_why(e, name_of(st), message_of(p), why);
}

/* Planning a view's query takes as long as its rows do. A pooler's next
 * transaction may be of another session, which does not know it. */
static bool
is_planned_once(const struct pgsql_db *p, const struct db_statement *st)
{
	return st->sql == NULL && !p->target.pooler &&
	    query_texts[st->query].is_planned_once;
}

static PGresult *
prepare(struct pgsql_db *p, const struct db_statement *st,
    const struct params *params)
{
	PGresult *res;

	(void)PQsendPrepare(p->conn, name_of(st), text_of(st), (int)st->nparams,
	    params->types);
	res = answer(p);
	p->is_prepared[st->query] = PQresultStatus(res) == PGRES_COMMAND_OK;
	return res;
}

static PGresult *
exec_statement(struct pgsql_db *p, const struct db_statement *st,
    const struct params *params)
{
	PGresult *res;

	if (!is_planned_once(p, st))
		return exec_params(p, text_of(st), st->nparams, params);
	if (!p->is_prepared[st->query]) {
		res = prepare(p, st, params);
		if (!p->is_prepared[st->query])
			return res;
		PQclear(res);
	}
	(void)PQsendQueryPrepared(p->conn, name_of(st), (int)st->nparams,
	    params->values, params->lengths, params->formats, BINARY);
	return answer(p);
}

static enum err
run_statement(struct pgsql_db *p, const struct db_statement *st,
    int64_t *ret_changed, struct why *why)
{
	struct params params;
	ExecStatusType status;
	enum err e = E_OK;
	PGresult *res;

	for (size_t i = 0; i < st->nparams; i++)
		set_param(&params, i, &st->params[i]);
	res = exec_statement(p, st, &params);
	status = PQresultStatus(res);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		e = statement_failed(p, res, st, why);
	else if ((e = hand_over_rows(res, st)) != E_OK)
		(void)why_set(why, e, "%s: %s", name_of(st), err_text(e));
	*ret_changed = strtoll(PQcmdTuples(res), NULL, 10);
	PQclear(res);
	return e;
}

/* -- many rows: an array for each column -- */

#define ARRAY_MAX ((size_t)128 << 20) /* bytes */

static void
add_be32(struct buf *out, uint32_t n)
{
	n = htobe32(n);
	buf_add(out, (struct span){ (const char *)&n, sizeof(n) });
}

static void
add_element(struct buf *out, const struct db_value *v)
{
	uint64_t wide = htobe64((uint64_t)v->num);

	if (v->type == DB_INT) {
		add_be32(out, sizeof(wide));
		buf_add(out,
		    (struct span){ (const char *)&wide, sizeof(wide) });
	} else {
		add_be32(out, (uint32_t)v->bytes.len);
		buf_add(out, v->bytes);
	}
}

/* As array_recv reads it: one dimension from 1 on, without NULLs. */
static void
add_array(struct buf *out, const struct db_value *first, size_t n,
    size_t ncolumns)
{
	static const Oid of[] = { [DB_INT] = OID_INT8,
		[DB_TEXT] = OID_TEXT,
		[DB_BLOB] = OID_BYTEA };

	add_be32(out, 1);
	add_be32(out, 0);
	add_be32(out, of[first->type]);
	add_be32(out, (uint32_t)n);
	add_be32(out, 1);
	for (size_t i = 0; i < n; i++)
		add_element(out, &first[i * ncolumns]);
}

static enum err
run_arrays(struct pgsql_db *p, enum query query, const struct params *params,
    size_t n, struct why *why)
{
	const struct db_statement st = { .query = query };
	PGresult *res = exec_params(p, text_of(&st), n, params);
	ExecStatusType status = PQresultStatus(res);
	enum err e = E_OK;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		e = statement_failed(p, res, &st, why);
	PQclear(res);
	return e;
}

static enum err
pgsql_run_rows(struct db *db, enum query query, const struct db_value *rows,
    size_t n, size_t ncolumns, struct why *why)
{
	static const Oid of[] = { [DB_INT] = OID_INT8_ARRAY,
		[DB_TEXT] = OID_TEXT_ARRAY,
		[DB_BLOB] = OID_BYTEA_ARRAY };
	struct buf arrays[DB_VALUES_MAX];
	struct params params = { .types = { 0 } };
	enum err e = E_OK;

	for (size_t c = 0; c < ncolumns; c++) {
		arrays[c] = BUF_INIT(ARRAY_MAX);
		add_array(&arrays[c], &rows[c], n, ncolumns);
		if (arrays[c].err != E_OK)
			e = why_set(why, arrays[c].err,
			    "no memory for a batch");
		params.types[c] = of[rows[c].type];
		params.values[c] = arrays[c].p;
		params.lengths[c] = (int)arrays[c].len;
		params.formats[c] = BINARY;
	}
	if (e == E_OK)
		e = run_arrays(pgsql_of(db), query, &params, ncolumns, why);
	for (size_t c = 0; c < ncolumns; c++)
		buf_free(&arrays[c]);
	return e;
}

/* -- rows as they are: COPY in its binary form -- */

#define COPY_MAX ((size_t)1 << 30) /* bytes */

static void
add_be16(struct buf *out, uint16_t n)
{
	n = htobe16(n);
	buf_add(out, (struct span){ (const char *)&n, sizeof(n) });
}

static void
add_copy(struct buf *out, const struct db_value *rows, size_t n,
    size_t ncolumns)
{
	buf_add(out, SPAN_LIT("PGCOPY\n\377\r\n\0"));
	add_be32(out, 0); /* flags */
	add_be32(out, 0); /* length of the header's extension */
	for (size_t i = 0; i < n * ncolumns; i++) {
		if (i % ncolumns == 0)
			add_be16(out, (uint16_t)ncolumns);
		if (rows[i].type == DB_NULL)
			add_be32(out, UINT32_MAX);
		else
			add_element(out, &rows[i]);
	}
	add_be16(out, UINT16_MAX); /* the end */
}

static enum err
copy_in(struct pgsql_db *p, const char *table, struct span bytes,
    struct why *why)
{
	enum err e = E_OK;
	PGresult *res;

	if (PQputCopyData(p->conn, bytes.p, (int)bytes.len) == 1)
		(void)PQputCopyEnd(p->conn, NULL);
	else
		(void)PQputCopyEnd(p->conn, "no memory");
	res = answer(p);
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		e = pgsql_why(err_from_result(p, res), table, message_of(p),
		    why);
	PQclear(res);
	return e;
}

static enum err
pgsql_put_rows(struct db *db, const char *table, const char *columns,
    const struct db_value *rows, size_t n, size_t ncolumns, struct why *why)
{
	struct pgsql_db *p = pgsql_of(db);
	struct buf bytes = BUF_INIT(COPY_MAX);
	enum err e = E_OK;
	PGresult *res;

	buf_addf(&bytes, "COPY %s (%s) FROM STDIN (FORMAT binary)", table,
	    columns);
	res = exec(p, buf_str(&bytes));
	if (PQresultStatus(res) != PGRES_COPY_IN)
		e = pgsql_why(err_from_result(p, res), table, message_of(p),
		    why);
	PQclear(res);
	buf_clear(&bytes);
	if (e == E_OK)
		add_copy(&bytes, rows, n, ncolumns);
	if (e == E_OK && bytes.err != E_OK) {
		(void)PQputCopyEnd(p->conn, "no memory");
		PQclear(answer(p));
		e = why_set(why, bytes.err, "no memory to copy rows");
	} else if (e == E_OK) {
		e = copy_in(p, table, buf_span(&bytes), why);
	}
	buf_free(&bytes);
	return e;
}

/* As a transaction of its own, which has the timeouts. */
static enum err
run_behind_pooler(struct pgsql_db *p, const struct db_statement *st,
    int64_t *ret_changed, struct why *why)
{
	enum err e = pgsql_begin(&p->db, false, why);

	if (e == E_OK)
		e = run_statement(p, st, ret_changed, why);
	if (e == E_OK)
		return pgsql_commit(&p->db, why);
	(void)pgsql_script(&p->db, "ROLLBACK", NULL);
	return e;
}

static enum err
pgsql_run(struct db *db, const struct db_statement *st, int64_t *ret_changed,
    struct why *why)
{
	struct pgsql_db *p = pgsql_of(db);

	if (p->target.pooler && !db->in_transaction)
		return run_behind_pooler(p, st, ret_changed, why);
	return run_statement(p, st, ret_changed, why);
}

static void
pgsql_close(struct db *db)
{
	struct pgsql_db *p = pgsql_of(db);

	PQfinish(p->conn);
	pgsql_target_free(&p->target);
	free(p);
}

static const struct db_driver driver = {
	.backend = SQL_PGSQL,
	.begin = pgsql_begin,
	.ready = pgsql_ready,
	.script = pgsql_script,
	.run = pgsql_run,
	.run_rows = pgsql_run_rows,
	.put_rows = pgsql_put_rows,
	.commit = pgsql_commit,
	.close = pgsql_close,
};

enum err
db_pgsql_open(const struct store_options *options, struct db **ret,
    struct why *why)
{
	struct pgsql_db *p = calloc(1, sizeof(*p));
	enum err e;

	if (p == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	p->db.driver = &driver;
	p->patience = pgsql_patience_of(options);
	e = pgsql_target_make(options, &p->target, why);
	if (e == E_OK)
		e = pgsql_ready(&p->db, why);
	if (e != E_OK) {
		pgsql_close(&p->db);
		return e;
	}
	*ret = &p->db;
	return E_OK;
}
