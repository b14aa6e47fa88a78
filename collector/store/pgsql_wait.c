#include "store/pgsql_wait.h"

#include <poll.h>
#include <string.h>

/* How long the server's own timeout and a slow network may take to tell. */
#define GRACE_MS 5000
#define SLICE_MS 200 /* between two looks whether the process is to end */

/* The options in the URL may say another timeout, which then counts. */
struct pgsql_patience
pgsql_patience_of(const struct store_options *o)
{
	bool has_timeout = o->statement_timeout_ms > 0 &&
	    strstr(o->url, "statement_timeout") == NULL;

	return (struct pgsql_patience){
		.silence_ms = has_timeout ? o->statement_timeout_ms + GRACE_MS
					  : 0,
		.hurries = o->hurries,
	};
}

static int64_t
now_ns(void)
{
	struct clock clock = clock_machine(0);

	return clock_mono_ns(&clock);
}

bool
pgsql_patience_is_over(struct pgsql_patience *p)
{
	if (p->hurry_until_ns != 0)
		return now_ns() >= p->hurry_until_ns;
	if (p->hurries != NULL && p->hurries())
		p->hurry_until_ns = now_ns() + PGSQL_HURRY_NS;
	return false;
}

/* Twice: of what TLS has read libpq may leave a rest, which poll does not see.
 */
static bool
take_input(PGconn *conn)
{
	return PQconsumeInput(conn) == 1 &&
	    (PQisBusy(conn) == 0 || PQconsumeInput(conn) == 1);
}

/* Something can be read or written. False: nothing until then; 0: for ever. */
static bool
wait_for_socket(const PGconn *conn, short events,
    struct pgsql_patience *patience, int64_t until_ns)
{
	struct pollfd p = { .fd = PQsocket(conn), .events = events };

	while (poll(&p, 1, SLICE_MS) <= 0)
		if (pgsql_patience_is_over(patience) ||
		    (until_ns > 0 && now_ns() >= until_ns))
			return false;
	return true;
}

bool
pgsql_wait_connected(PGconn *conn, struct pgsql_patience *patience,
    int64_t timeout_ms)
{
	const int64_t until_ns = now_ns() + timeout_ms * NS_PER_MS;
	PostgresPollingStatusType next = PQstatus(conn) == CONNECTION_BAD
	    ? PGRES_POLLING_FAILED
	    : PGRES_POLLING_WRITING;

	while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
		short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;

		if (!wait_for_socket(conn, events, patience, until_ns))
			return false;
		next = PQconnectPoll(conn);
	}
	return true;
}

static int64_t
silent_until_ns(const struct pgsql_patience *p)
{
	return p->silence_ms == 0 ? 0 : now_ns() + p->silence_ms * NS_PER_MS;
}

/* Until PQgetResult does not block. False: as above. */
static bool
wait_for_result(PGconn *conn, struct pgsql_patience *patience)
{
	int unsent = PQflush(conn);

	while (unsent >= 0 && PQisBusy(conn) == 1 &&
	    PQstatus(conn) == CONNECTION_OK) {
		if (!wait_for_socket(conn,
			unsent > 0 ? POLLIN | POLLOUT : POLLIN, patience,
			silent_until_ns(patience)))
			return false;
		if (!take_input(conn))
			break;
		unsent = PQflush(conn);
	}
	return true;
}

bool
pgsql_answer(PGconn *conn, struct pgsql_patience *patience, PGresult **ret)
{
	PGresult *last = NULL, *next;

	while (wait_for_result(conn, patience)) {
		if ((next = PQgetResult(conn)) == NULL) {
			*ret = last;
			return true;
		}
		PQclear(last);
		last = next;
		if (PQresultStatus(last) == PGRES_COPY_IN ||
		    PQstatus(conn) != CONNECTION_OK) {
			*ret = last;
			return true;
		}
	}
	PQclear(last);
	return false;
}
