#include "store/pgsql_connect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "store/pgsql_hosts.h"

/* A server or network that is silent is noticed in so many seconds. What the
 * URL says counts more: it stands behind these. */
#define KEEPALIVE_IDLE_S "10"
#define KEEPALIVE_INTERVAL_S "5"
#define KEEPALIVES "3"
#define UNACKNOWLEDGED_MS "20000"

/* Whoever stands still inside a transaction keeps others from theirs. */
#define IDLE_IN_TRANSACTION_MS 60000

#define PASSWORD_MAX 4096  /* bytes of its file */
#define MESSAGES_MAX 65536 /* bytes of what all hosts say */

enum err
pgsql_target_make(const struct store_options *o, struct pgsql_target *ret,
    struct why *why)
{
	struct pgsql_target t = {
		.url = strdup(o->url),
		.application = strdup(
		    o->application == NULL ? "tlsrptd" : o->application),
		.connect_timeout_ms = o->connect_timeout_ms,
		.statement_timeout_ms = o->statement_timeout_ms,
		.lock_timeout_ms = o->lock_timeout_ms,
		.pooler = o->pooler,
		.read_only = o->read_only,
	};
	bool complete = t.url != NULL && t.application != NULL;

	if (o->password_file != NULL) {
		t.password_file = strdup(o->password_file);
		complete = complete && t.password_file != NULL;
	}
	if (!complete) {
		pgsql_target_free(&t);
		return why_set(why, E_NOMEM, "out of memory");
	}
	*ret = t;
	return E_OK;
}

void
pgsql_target_free(struct pgsql_target *t)
{
	free(t->url);
	free(t->password_file);
	free(t->application);
	*t = (struct pgsql_target){ .url = NULL };
}

/* A line that is indented gives advice on the one before, which is true of any
 * network. */
enum err
pgsql_why(enum err e, const char *what, const char *message, struct why *why)
{
	struct buf text = BUF_INIT(4 * WHY_MAX);
	struct span rest = span_str(message);

	while (rest.len > 0) {
		struct span line = span_until(&rest, '\n');

		if (line.len == 0 || line.p[0] == '\t')
			continue;
		if (text.len > 0)
			buf_adds(&text, "; ");
		buf_add(&text, line);
	}
	e = why_set(why, e, "postgresql: %s: %s", what, buf_str(&text));
	buf_free(&text);
	return e;
}

/* -- settings -- */

/* Views add up ten thousands of rows: by hashing, not by a sort on the disk. */
#define READING_MEMORY "16384" /* kB */

void
pgsql_transaction_settings(const struct pgsql_target *t,
    char ret[PGSQL_SETTINGS_MAX])
{
	ret[0] = '\0';
	if (t->pooler)
		(void)snprintf(ret, PGSQL_SETTINGS_MAX,
		    "; SET LOCAL jit = off"
		    "; SET LOCAL statement_timeout = %lld"
		    "; SET LOCAL lock_timeout = %lld"
		    "; SET LOCAL idle_in_transaction_session_timeout = %d%s",
		    (long long)t->statement_timeout_ms,
		    (long long)t->lock_timeout_ms, IDLE_IN_TRANSACTION_MS,
		    t->read_only ? "; SET LOCAL work_mem = " READING_MEMORY
				 : "");
}

/* The options of the URL stand behind ours and count more. */
static enum err
session_settings(const struct pgsql_target *t, char *ret, size_t size,
    struct why *why)
{
	const char *theirs = "";
	char *message = NULL;
	PQconninfoOption *parsed = PQconninfoParse(t->url, &message);
	enum err e = E_OK;

	if (parsed == NULL) {
		e = pgsql_why(E_USAGE, "store url",
		    message == NULL ? "out of memory" : message, why);
		PQfreemem(message);
		return e;
	}
	for (PQconninfoOption *o = parsed; o->keyword != NULL; o++)
		if (strcmp(o->keyword, "options") == 0 && o->val != NULL)
			theirs = o->val;
	if ((size_t)snprintf(ret, size,
		"-c jit=off -c statement_timeout=%lld -c lock_timeout=%lld "
		"-c idle_in_transaction_session_timeout=%d %s %s%s",
		(long long)t->statement_timeout_ms,
		(long long)t->lock_timeout_ms, IDLE_IN_TRANSACTION_MS,
		t->read_only ? "-c work_mem=" READING_MEMORY : "", theirs,
		t->read_only ? " -c default_transaction_read_only=on" : "") >=
	    size)
		e = why_set(why, E_USAGE,
		    "the options in the store url are too long");
	PQconninfoFree(parsed);
	return e;
}

/* -- connect -- */

/* The file's first line. */
static enum err
read_password(const char *path, struct buf *ret, struct why *why)
{
	enum err e = file_read(path, ret, why);

	if (e != E_OK)
		return e;
	if (memchr(buf_span(ret).p, '\0', ret->len) != NULL)
		return why_set(why, E_USAGE, "%s: no password, but other bytes",
		    path);
	if (ret->p != NULL)
		ret->p[strcspn(ret->p, "\r\n")] = '\0';
	return E_OK;
}

#define PARAMETERS_MAX 16

struct parameters {
	const char *keys[PARAMETERS_MAX], *values[PARAMETERS_MAX];
	size_t n;
};

static void
add(struct parameters *p, const char *key, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	p->keys[p->n] = key;
	p->values[p->n++] = value;
}

static PGconn *
begin_with(const struct pgsql_target *t, const char *password,
    const char *settings, const struct pgsql_host *host)
{
	struct parameters p = { .n = 0 };

	add(&p, "keepalives_idle", KEEPALIVE_IDLE_S);
	add(&p, "keepalives_interval", KEEPALIVE_INTERVAL_S);
	add(&p, "keepalives_count", KEEPALIVES);
	add(&p, "tcp_user_timeout", UNACKNOWLEDGED_MS);
	/* After a failover the standby is the other one. A session that is set
	 * to read only is none that can write, wherever it is. */
	add(&p, "target_session_attrs",
	    t->read_only ? "primary" : "read-write");
	add(&p, "fallback_application_name", t->application);
	add(&p, "password", password);
	add(&p, "dbname", t->url);
	add(&p, "options", settings);
	add(&p, "host", host->name);
	add(&p, "hostaddr", host->address);
	add(&p, "port", host->port);
	return PQconnectStartParams(p.keys, p.values, 1);
}

/* A pooler has no other face behind another address: that is all to say. */
static bool
is_pooler(const struct pgsql_target *t, const PGconn *conn)
{
	return !t->pooler &&
	    strstr(PQerrorMessage(conn), "unsupported startup parameter") !=
	    NULL;
}

static void
note_failure(const struct pgsql_target *t, const PGconn *conn, bool is_silent,
    struct buf *out)
{
	const char *host = PQhost(conn), *port = PQport(conn);

	if (is_silent)
		buf_addf(out, "%s port %s: timeout expired\n",
		    host == NULL ? "" : host, port == NULL ? "" : port);
	else if (is_pooler(t, conn))
		buf_adds(out, "this is a pooler: store.pooler = transaction\n");
	else
		buf_adds(out, PQerrorMessage(conn));
}

struct attempt {
	const struct pgsql_target *target;
	struct pgsql_patience *patience;
	const char *password, *settings;
	struct buf messages; /* of those that failed, a line or more each */
};

/* NULL: it failed. */
static PGconn *
try_host(struct attempt *a, const struct pgsql_host *host, int64_t timeout_ms)
{
	PGconn *conn = begin_with(a->target, a->password, a->settings, host);
	bool is_silent = !pgsql_wait_connected(conn, a->patience, timeout_ms);

	if (!is_silent && PQstatus(conn) == CONNECTION_OK)
		return conn;
	note_failure(a->target, conn, is_silent, &a->messages);
	PQfinish(conn);
	return NULL;
}

static enum err
try_hosts(struct attempt *a, PGconn **ret, struct why *why)
{
	struct pgsql_hosts hosts;
	int64_t timeout_ms = a->target->connect_timeout_ms;
	PGconn *conn = NULL;
	enum err e = pgsql_hosts_find(a->target->url, &hosts, why);

	if (e != E_OK)
		return e;
	if (hosts.connect_timeout_s > 0)
		timeout_ms = hosts.connect_timeout_s * 1000;
	for (size_t i = 0; i < hosts.n && conn == NULL &&
	     !pgsql_patience_is_over(a->patience);
	     i++)
		conn = try_host(a, &hosts.v[i], timeout_ms);
	pgsql_hosts_free(&hosts);
	if (conn == NULL)
		return pgsql_why(E_AWAY, "connect", buf_str(&a->messages), why);
	*ret = conn;
	return E_OK;
}

enum err
pgsql_connect(const struct pgsql_target *t, struct pgsql_patience *patience,
    PGconn **ret, struct why *why)
{
	struct buf password = BUF_INIT(PASSWORD_MAX);
	char settings[4096] = "";
	struct attempt a = { .target = t,
		.patience = patience,
		.settings = settings,
		.messages = BUF_INIT(MESSAGES_MAX) };
	enum err e = E_OK;

	if (t->password_file != NULL)
		e = read_password(t->password_file, &password, why);
	if (e == E_OK && !t->pooler)
		e = session_settings(t, settings, sizeof(settings), why);
	if (e == E_OK) {
		a.password = buf_str(&password);
		e = try_hosts(&a, ret, why);
	}
	if (password.p != NULL)
		explicit_bzero(password.p, password.len);
	buf_free(&password);
	buf_free(&a.messages);
	return e;
}
