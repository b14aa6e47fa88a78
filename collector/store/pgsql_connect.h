/* store/pgsql_connect.h -- a connection to PostgreSQL as db_pgsql wants it;
 * private to store/. */
#ifndef STORE_PGSQL_CONNECT_H
#define STORE_PGSQL_CONNECT_H

#include "store/pgsql_wait.h"

#define PGSQL_SETTINGS_MAX 256

/* Copies, for the connections that follow the first. */
struct pgsql_target {
	char *url;
	char *password_file; /* NULL: none */
	char *application;
	int64_t connect_timeout_ms; /* of each address */
	/* Of each session, or behind a pooler of each transaction. */
	int64_t statement_timeout_ms, lock_timeout_ms;
	bool pooler, read_only;
};

MUST_CHECK enum err pgsql_target_make(const struct store_options *,
    struct pgsql_target *ret, struct why *why);
void pgsql_target_free(struct pgsql_target *);

/* The password is read anew each time: it may have been changed. E_AWAY;
 * E_USAGE: libpq cannot read the URL; E_DENIED, E_ABSENT: the password's file.
 */
MUST_CHECK enum err pgsql_connect(const struct pgsql_target *,
    struct pgsql_patience *, PGconn **ret, struct why *why);

/* What a transaction behind a pooler begins with, "" without one: a session is
 * not ours there, so nothing is set that outlives the transaction. */
void pgsql_transaction_settings(const struct pgsql_target *,
    char ret[PGSQL_SETTINGS_MAX]);

/* libpq's message, of several lines, as one. */
enum err pgsql_why(enum err, const char *what, const char *message,
    struct why *why);

#endif
