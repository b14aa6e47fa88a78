/* store/db_sqlite.c -- the embedded default: one file, WAL. */
#include <errno.h>
#include <libgen.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "store/db.h"

#define BUSY_TRIES 5000
#define BUSY_NS 1000000

struct prepared {
	sqlite3_stmt *stmt;
	int index[DB_VALUES_MAX]; /* of $1, $2, … in this statement; 0: none */
};

struct sqlite_db {
	struct db db;
	sqlite3 *conn;
	bool read_only;
	struct prepared prepared[NQUERIES];
};

static struct sqlite_db *
sqlite_of(struct db *db)
{
	return (struct sqlite_db *)db;
}

static enum err
err_from_sqlite(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return E_BUSY;
	case SQLITE_FULL:
		return E_FULL;
	case SQLITE_NOMEM:
		return E_NOMEM;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return E_DENIED;
	case SQLITE_CANTOPEN:
		return E_AWAY;
	case SQLITE_CONSTRAINT:
		return E_CONFLICT;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return E_DAMAGED;
	case SQLITE_ERROR: /* the SQL does not fit the schema */
		return E_VERSION;
	default:
		return E_IO;
	}
}

/* Of a full disk SQLite often says no more than that I/O has failed. */
static enum err
failed(struct sqlite_db *s, int rc, const char *what, struct why *why)
{
	const char *text = s->conn == NULL ? "out of memory"
					   : sqlite3_errmsg(s->conn);
	int kind = rc & 0xff, error = 0;

	if (kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN)
		error = sqlite3_system_errno(s->conn);
	if (error == 0)
		return why_set(why, err_from_sqlite(rc), "sqlite: %s: %s", what,
		    text);
	errno = error;
	if (why_errno(why, "sqlite: %s: %s", what, text) == E_FULL)
		return E_FULL;
	return err_from_sqlite(rc);
}

static enum err
sqlite_ready(struct db *db, struct why *why)
{
	(void)db;
	(void)why;
	return E_OK;
}

static enum err
sqlite_script(struct db *db, const char *sql, struct why *why)
{
	struct sqlite_db *s = sqlite_of(db);
	int rc = sqlite3_exec(s->conn, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? E_OK : failed(s, rc, "script", why);
}

static enum err
sqlite_commit(struct db *db, struct why *why)
{
	return sqlite_script(db, "COMMIT", why);
}

static const char *
name_of(const struct db_statement *st)
{
	return st->sql == NULL ? query_texts[st->query].name : "table";
}

static enum err
prepare(struct sqlite_db *s, const struct db_statement *st, struct prepared *p,
    struct why *why)
{
	bool stays = st->sql == NULL;
	const char *sql = stays ? query_texts[st->query].sql[SQL_SQLITE]
				: st->sql;
	char name[16];
	int rc;

	if (p->stmt != NULL)
		return E_OK;
	rc = sqlite3_prepare_v3(s->conn, sql, -1,
	    stays ? SQLITE_PREPARE_PERSISTENT : 0, &p->stmt, NULL);
	if (rc != SQLITE_OK)
		return failed(s, rc, name_of(st), why);
	/* To SQLite $1 is a name, numbered by where it first stands. */
	for (int i = 0; i < DB_VALUES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "$%d", i + 1);
		p->index[i] = sqlite3_bind_parameter_index(p->stmt, name);
	}
	return E_OK;
}

static int
bind_value(sqlite3_stmt *stmt, int index, const struct db_value *v)
{
	/* A NULL pointer would bind NULL, not an empty text. */
	const char *p = v->bytes.p == NULL ? "" : v->bytes.p;

	switch (v->type) {
	case DB_INT:
		return sqlite3_bind_int64(stmt, index, v->num);
	case DB_TEXT:
		return sqlite3_bind_text64(stmt, index, p, v->bytes.len,
		    SQLITE_STATIC, SQLITE_UTF8);
	case DB_BLOB:
		return sqlite3_bind_blob64(stmt, index, p, v->bytes.len,
		    SQLITE_STATIC);
	case DB_NULL:
		break;
	}
	return sqlite3_bind_null(stmt, index);
}

static struct db_value
column_value(sqlite3_stmt *stmt, int i)
{
	const char *p;

	switch (sqlite3_column_type(stmt, i)) {
	case SQLITE_INTEGER:
		return DB_I(sqlite3_column_int64(stmt, i));
	case SQLITE_TEXT:
		p = (const char *)sqlite3_column_text(stmt, i);
		return DB_T((
		    (struct span){ p, (size_t)sqlite3_column_bytes(stmt, i) }));
	case SQLITE_BLOB:
		p = sqlite3_column_blob(stmt, i);
		return DB_B((
		    (struct span){ p, (size_t)sqlite3_column_bytes(stmt, i) }));
	default:
		return (struct db_value){ .type = DB_NULL };
	}
}

static enum err
hand_over_row(sqlite3_stmt *stmt, const struct db_statement *st)
{
	struct db_value row[DB_VALUES_MAX];
	int n = sqlite3_column_count(stmt);

	for (int i = 0; i < n && i < DB_VALUES_MAX; i++)
		row[i] = column_value(stmt, i);
	return st->row == NULL ? E_OK : st->row(st->arg, row);
}

static enum err
sqlite_run(struct db *db, const struct db_statement *st, int64_t *ret_changed,
    struct why *why)
{
	struct sqlite_db *s = sqlite_of(db);
	struct prepared once = { NULL, { 0 } };
	struct prepared *p = st->sql == NULL ? &s->prepared[st->query] : &once;
	enum err e = prepare(s, st, p, why);
	int rc = SQLITE_OK;

	if (e != E_OK)
		return e;
	for (size_t i = 0; i < st->nparams && rc == SQLITE_OK; i++)
		if (p->index[i] != 0)
			rc = bind_value(p->stmt, p->index[i], &st->params[i]);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		if ((rc = sqlite3_step(p->stmt)) != SQLITE_ROW)
			break;
		if ((e = hand_over_row(p->stmt, st)) != E_OK)
			break;
	}
	if (e == E_OK && rc != SQLITE_DONE)
		e = failed(s, rc, name_of(st), why);
	else if (e != E_OK)
		(void)why_set(why, e, "%s: %s", name_of(st), err_text(e));
	*ret_changed = sqlite3_changes64(s->conn);
	(void)sqlite3_reset(p->stmt);
	(void)sqlite3_finalize(once.stmt);
	return e;
}

/* -- rows as they are -- */

static int
put_row(sqlite3_stmt *stmt, const struct db_value *row, size_t ncolumns)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; i < ncolumns && rc == SQLITE_OK; i++)
		rc = bind_value(stmt, (int)i + 1, &row[i]);
	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(stmt);
	(void)sqlite3_reset(stmt);
	return rc;
}

#define PUT_SQL_MAX 4096

static enum err
sqlite_put_rows(struct db *db, const char *table, const char *columns,
    const struct db_value *rows, size_t n, size_t ncolumns, struct why *why)
{
	struct sqlite_db *s = sqlite_of(db);
	struct buf sql = BUF_INIT(PUT_SQL_MAX);
	sqlite3_stmt *stmt = NULL;
	int rc = SQLITE_NOMEM;

	buf_addf(&sql, "INSERT INTO %s (%s) VALUES (?", table, columns);
	for (size_t i = 1; i < ncolumns; i++)
		buf_adds(&sql, ", ?");
	buf_addc(&sql, ')');
	if (sql.err == E_OK)
		rc = sqlite3_prepare_v2(s->conn, buf_str(&sql), -1, &stmt,
		    NULL);
	for (size_t i = 0; i < n && (rc == SQLITE_OK || rc == SQLITE_DONE); i++)
		rc = put_row(stmt, &rows[i * ncolumns], ncolumns);
	buf_free(&sql);
	(void)sqlite3_finalize(stmt);
	return rc == SQLITE_OK || rc == SQLITE_DONE ? E_OK
						    : failed(s, rc, table, why);
}

/* Immediate: a transaction that began reading could not write behind another
 * writer, and would find out only when it has done its work. */
static enum err
sqlite_begin(struct db *db, bool is_lax, struct why *why)
{
	if (sqlite_of(db)->read_only)
		return sqlite_script(db, "BEGIN", why);
	return sqlite_script(db,
	    is_lax ? "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE"
		   : "BEGIN IMMEDIATE",
	    why);
}

static void
sqlite_close(struct db *db)
{
	struct sqlite_db *s = sqlite_of(db);

	for (size_t i = 0; i < NQUERIES; i++)
		(void)sqlite3_finalize(s->prepared[i].stmt);
	(void)sqlite3_close(s->conn);
	free(s);
}

static const struct db_driver driver = {
	.backend = SQL_SQLITE,
	.begin = sqlite_begin,
	.end_lax = "PRAGMA synchronous = FULL",
	.ready = sqlite_ready,
	.script = sqlite_script,
	.run = sqlite_run,
	.put_rows = sqlite_put_rows,
	.commit = sqlite_commit,
	.close = sqlite_close,
};

/* Without its folder the store is away: that may be a mount that comes yet. */
static bool
is_missing(const char *path)
{
	char folder[4096];

	(void)snprintf(folder, sizeof(folder), "%s", path);
	return access(path, F_OK) != 0 && errno == ENOENT &&
	    access(dirname(folder), F_OK) == 0;
}

static enum err
set_up(struct db *db, bool make, struct why *why)
{
	/* FULL: the journal is dropped behind a committed position, so what
	 * was committed must survive a power loss. */
	enum err e = sqlite_script(db,
	    "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;", why);

	/* Checkpoints are left to SQLite: docs/adr/0011. The mode stays with
	 * the file. Others do not write to a file that is just being made. */
	if (e == E_OK && make)
		e = sqlite_script(db, "PRAGMA journal_mode = WAL", why);
	return e;
}

/* SQLite's own would sleep longer each time: behind a writer that comes back
 * soon nobody else got his turn. */
static int
wait_for_others(void *arg, int tries)
{
	const struct timespec t = { 0, BUSY_NS };

	(void)arg;
	if (tries >= BUSY_TRIES)
		return 0;
	(void)nanosleep(&t, NULL);
	return 1;
}

/* Counting its memory costs SQLite a lock at each allocation, and nobody asks.
 */
static void
configure_library(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int
open_flags(const struct store_options *o)
{
	if (o->read_only)
		return SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
	return SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
	    (o->make ? SQLITE_OPEN_CREATE : 0);
}

enum err
db_sqlite_open(const char *path, const struct store_options *options,
    struct db **ret, struct why *why)
{
	static pthread_once_t configured = PTHREAD_ONCE_INIT;
	struct sqlite_db *s;
	enum err e;
	int rc;

	if (!options->make && is_missing(path))
		return why_set(why, E_ABSENT,
		    "no store at %s yet: start tlsrptd, or make it by "
		    "`tlsrpt db migrate`",
		    path);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	s->db.driver = &driver;
	s->read_only = options->read_only;
	(void)pthread_once(&configured, configure_library);
	rc = sqlite3_open_v2(path, &s->conn, open_flags(options), NULL);
	if (rc != SQLITE_OK) {
		e = failed(s, rc, path, why);
		sqlite_close(&s->db);
		return e;
	}
	(void)sqlite3_busy_handler(s->conn, wait_for_others, NULL);
	e = set_up(&s->db, options->make, why);
	if (e != E_OK) {
		sqlite_close(&s->db);
		return e;
	}
	*ret = &s->db;
	return E_OK;
}
