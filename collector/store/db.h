/* store/db.h -- what a database driver does; private to store/.
 *
 * A driver knows SQL and nothing of reports. Statements are named
 * (sql/queries); rows come by callback. Inside a transaction the first failure
 * sticks: what follows does nothing, and db_commit rolls back and returns it,
 * so that a sequence of writes needs one check. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "sql_text.h"
#include "store/store.h"

#define DB_VALUES_MAX 32 /* parameters or columns of one statement */

struct db_value {
	enum { DB_NULL, DB_INT, DB_TEXT, DB_BLOB } type;
	int64_t num;
	struct span bytes;
};

#define DB_I(n) ((struct db_value){ DB_INT, (int64_t)(n), SPAN_NONE })
#define DB_T(s) ((struct db_value){ DB_TEXT, 0, (s) })
#define DB_B(s) ((struct db_value){ DB_BLOB, 0, (s) })

/* One row; the values are valid during the call. Anything but E_OK ends the
 * statement and becomes its result. */
typedef enum err db_row_fn(void *arg, const struct db_value *row);

struct db;

struct db_statement {
	enum query query;
	const struct db_value *params; /* $1 first */
	size_t nparams;
	db_row_fn *row; /* NULL: no rows are wanted */
	void *arg;	/* for row */
	/* A text that was made up for tables which only the database names; it
	 * reads. NULL: that of the query. */
	const char *sql;
};

struct db_driver {
	enum sql_backend backend;
	/* A writing transaction; is_lax: a power loss may undo it. */
	enum err (*begin)(struct db *, bool is_lax, struct why *);
	const char *end_lax; /* after it; NULL: nothing is to be done */
	/* Before work outside a transaction: connect again if need be. */
	enum err (*ready)(struct db *, struct why *);
	enum err (*script)(struct db *, const char *sql, struct why *);
	/* E_UNCERTAIN: a write outside a transaction may have happened. */
	enum err (*run)(struct db *, const struct db_statement *,
	    int64_t *ret_changed, struct why *);
	/* The statement for n rows of so many columns, one behind the other.
	 * NULL: each is run for itself. */
	enum err (*run_rows)(struct db *, enum query,
	    const struct db_value *rows, size_t n, size_t ncolumns,
	    struct why *);
	/* Rows as they are into the named columns of a table, "a, b". */
	enum err (*put_rows)(struct db *, const char *table,
	    const char *columns, const struct db_value *rows, size_t n,
	    size_t ncolumns, struct why *);
	/* E_UNCERTAIN: it may have happened. */
	enum err (*commit)(struct db *, struct why *);
	void (*close)(struct db *);
};

/* The first member of each driver's own struct. */
struct db {
	const struct db_driver *driver;
	bool in_transaction, is_lax;
	bool takes_its_time; /* no statement of the transaction is too slow */
	enum err err;	     /* first failure in the transaction */
	struct why why;
};

/* E_ABSENT: an SQLite file that is not to be made is missing; E_USAGE: another
 * scheme; E_AWAY, E_DENIED, … */
MUST_CHECK enum err db_open_as(const struct store_options *, struct db **ret,
    struct why *why);
/* With the default options. */
MUST_CHECK enum err db_open(const char *url, bool make, struct db **ret,
    struct why *why);
void db_close(struct db *); /* NULL is fine */

MUST_CHECK enum err db_begin(struct db *, struct why *why);
/* The commit does not wait for the disk: a power loss may undo it, whole, until
 * the next transaction that is begun by db_begin is committed. */
MUST_CHECK enum err db_begin_lax(struct db *, struct why *why);
/* E_UNCERTAIN: the connection broke while committing. */
MUST_CHECK enum err db_commit(struct db *, struct why *why);
void db_rollback(struct db *);

/* ret_changed may be NULL: how many rows were written. */
enum err db_run(struct db *, const struct db_statement *, int64_t *ret_changed,
    struct why *why);
/* Several statements without parameters. */
enum err db_script(struct db *, const char *sql, struct why *why);

/* Inside a transaction: n rows, one behind the other, into a table that has
 * none of them. */
enum err db_put_rows(struct db *, const char *table, const char *columns,
    const struct db_value *rows, size_t n, size_t ncolumns, struct why *why);

/* Many rows for one statement inside a transaction, whose first failure is
 * theirs too. A database that is faster with many at once gets them when
 * db_batch_run is called; the other gets each at once. No two rows may be of
 * one key, none has a NULL, and their order is kept: who adds to several tables
 * runs the batches in the order of the tables, and everybody in the same one.
 */
struct db_batch {
	struct db *db;
	enum query query;
	size_t ncolumns, nrows, bytes;
	struct db_value *rows;
	struct arena texts;
};

#define DB_BATCH_ROWS 8192
#define DB_BATCH_BYTES ((size_t)64 << 20)
#define DB_BATCH_FULL_BYTES ((size_t)8 << 20)

#define DB_BATCH_INIT(d, q, n)         \
	((struct db_batch){ .db = (d), \
	    .query = (q),              \
	    .ncolumns = (n),           \
	    .texts = ARENA_INIT(DB_BATCH_BYTES) })

/* The row's bytes are copied. */
void db_batch_add(struct db_batch *, const struct db_value *row);
/* It is time for db_batch_run. */
bool db_batch_is_full(const struct db_batch *);
void db_batch_run(struct db_batch *);
void db_batch_free(struct db_batch *);

/* A statement with its parameters listed: db_write(db, QUERY_X, why, DB_I(1))
 */
#define db_write(db, q, why, ...)                                  \
	db_run((db),                                               \
	    &(const struct db_statement){ (q),                     \
		(const struct db_value[]){ __VA_ARGS__ },          \
		sizeof((const struct db_value[]){ __VA_ARGS__ }) / \
		    sizeof(struct db_value),                       \
		NULL, NULL, NULL },                                \
	    NULL, (why))
#define db_read(db, q, row_fn, row_arg, why, ...)                  \
	db_run((db),                                               \
	    &(const struct db_statement){ (q),                     \
		(const struct db_value[]){ __VA_ARGS__ },          \
		sizeof((const struct db_value[]){ __VA_ARGS__ }) / \
		    sizeof(struct db_value),                       \
		(row_fn), (row_arg), NULL },                       \
	    NULL, (why))

enum err db_sqlite_open(const char *path, const struct store_options *,
    struct db **ret, struct why *why);
enum err db_pgsql_open(const struct store_options *, struct db **ret,
    struct why *why);

#endif
