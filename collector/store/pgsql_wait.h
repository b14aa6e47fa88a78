/* store/pgsql_wait.h -- what PostgreSQL answers, waited for only so long;
 * private to store/. */
#ifndef STORE_PGSQL_WAIT_H
#define STORE_PGSQL_WAIT_H

#include <libpq-fe.h>

#include "base/clock.h"
#include "store/store.h"

/* Who is to end has so long for all that it still has to do. */
#define PGSQL_HURRY_NS (5 * NS_PER_S)

struct pgsql_patience {
	int64_t silence_ms; /* no byte comes or goes for so long; 0: for ever */
	bool (*hurries)(void);	/* the process is to end; NULL: never */
	int64_t hurry_until_ns; /* monotonic; 0: not seen yet that it is */
};

/* As long as a statement may take, and what the network adds. */
struct pgsql_patience pgsql_patience_of(const struct store_options *);

/* The process is to end, and has had its time. */
bool pgsql_patience_is_over(struct pgsql_patience *);

/* Until a connection that PQconnectStart began stands or has failed. False:
 * neither, and it is to be closed. */
MUST_CHECK bool pgsql_wait_connected(PGconn *, struct pgsql_patience *,
    int64_t timeout_ms);

/* The answer to what was sent over a connection that does not block, of several
 * the last; or that to COPY. The caller clears it; NULL: the connection broke.
 * False: none came, and the connection is good for nothing but to be closed. */
MUST_CHECK bool pgsql_answer(PGconn *, struct pgsql_patience *, PGresult **ret);

#endif
