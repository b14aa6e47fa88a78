/* bench_fleet.c -- tallies of four collectors at once into one PostgreSQL, by
 * store_flush, against COPY and a merge of the same rows by libpq alone. */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "measure.h"
#include "pgsql_server.h"
#include "store/store.h"

#define COLLECTORS 4
#define TALLIES 25000 /* of each */
#define ROUNDS 5
#define DAY 20778
#define NOW_S 1795300000
#define COPY_MAX ((size_t)1 << 28)

static char folder[64], url[128];

/* -- the server -- */

static void
end(void)
{
	pgsql_server_stop(folder);
	(void)rmdir(folder);
}

static void
start(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/tlsrptd-bench-XXXXXX");
	if (mkdtemp(folder) == NULL)
		bench_fail("%s: cannot be made", folder);
	pgsql_server_start(folder);
	(void)atexit(end);
	pgsql_server_url(folder, url, sizeof(url));
}

static PGconn *
connected(void)
{
	PGconn *conn = PQconnectdb(url);

	if (PQstatus(conn) != CONNECTION_OK)
		bench_fail("%s", PQerrorMessage(conn));
	return conn;
}

static void
sql(PGconn *conn, const char *text)
{
	PGresult *res = PQexec(conn, text);
	ExecStatusType status = PQresultStatus(res);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
	    status != PGRES_COPY_IN)
		bench_fail("%.60s: %s", text, PQerrorMessage(conn));
	PQclear(res);
}

/* -- tallies: each has one policy; every tenth failed, with a detail -- */

struct sample {
	struct tally tally;
	struct tally_policy policy;
	struct tally_detail detail;
	char domain[48];
};

struct collector_of_bench {
	struct sample samples[TALLIES];
	struct uuid id;
	int64_t flushes;
	double seconds;
	pthread_t thread;
	void (*work)(struct collector_of_bench *);
};

static struct collector_of_bench collectors[COLLECTORS];
static pthread_barrier_t together;

static struct content_key
key_of(uint64_t a, uint64_t b)
{
	struct content_key key;

	a = (a + 1) * UINT64_C(0x9e3779b97f4a7c15) + b;
	for (size_t i = 0; i < sizeof(key.b); i++, a = a * 31 + 7)
		key.b[i] = (unsigned char)(a >> 56);
	return key;
}

static void
make_sample(struct sample *s, size_t collector, size_t i)
{
	const uint64_t n = i * COLLECTORS + collector;
	const bool failed = i % 10 == 0;

	(void)snprintf(s->domain, sizeof(s->domain), "d%06llu.example",
	    (unsigned long long)n);
	s->detail = (struct tally_detail){ .key = key_of(n, 3),
		.detail = { RESULT_CERTIFICATE_EXPIRED, SPAN_LIT("192.0.2.1"),
		    SPAN_LIT("mx.example"), SPAN_LIT("mx.example hello"),
		    SPAN_LIT("2001:db8::1"), SPAN_LIT(""), SPAN_LIT("") },
		.sessions = 1 };
	s->policy = (struct tally_policy){ .key = key_of(n, 2),
		.type = POLICY_STS,
		.domain = span_str(s->domain),
		.strings = SPAN_LIT("version: STSv1\nmode: enforce\n"
				    "mx: mx.example\nmax_age: 604800\n"),
		.mx_hosts = SPAN_LIT("mx.example\n"),
		.succeeded = !failed,
		.failed = failed,
		.details = &s->detail,
		.ndetails = failed };
	s->tally = (struct tally){ .day = DAY,
		.domain = span_str(s->domain),
		.record_key = key_of(n, 1),
		.record = SPAN_LIT("v=TLSRPTv1; rua=mailto:tls@d.example"),
		.rua = SPAN_LIT("mailto:tls@d.example\n"),
		.policies = &s->policy,
		.npolicies = 1 };
}

static enum err
get_sample(void *arg, size_t i, struct tally *ret)
{
	*ret = ((struct sample *)arg)[i].tally;
	return E_OK;
}

/* -- what is measured: store_flush -- */

static void
must(enum err e, const struct why *why)
{
	if (e != E_OK)
		bench_fail("%s", why->text);
}

static void
flush_all(struct collector_of_bench *c)
{
	struct flush flush = { .collector = c->id,
		.host = SPAN_LIT("bench"),
		.now_s = NOW_S,
		.from = { .journal = c->id, .offset = c->flushes },
		.to = { .journal = c->id, .offset = c->flushes + 1 },
		.tallies = { get_sample, c->samples, TALLIES } };
	struct why why = { { 0 } };
	struct position at;
	struct store *store;
	int64_t began;

	must(store_open(url, &store, &why), &why);
	must(store_collector_register(store, &c->id, flush.host, &flush.from,
		 NOW_S, &at, &why),
	    &why);
	(void)pthread_barrier_wait(&together);
	began = mono_ns();
	must(store_flush(store, &flush, &why), &why);
	c->seconds = (double)(mono_ns() - began) / 1e9;
	c->flushes++;
	store_close(store);
}

/* -- its limit: COPY and a merge, nothing else -- */

static const char merge_records[] =
    "INSERT INTO tally_record AS t SELECT * FROM r "
    "ORDER BY day, domain, record_key "
    "ON CONFLICT (day, domain, record_key, part) DO UPDATE "
    "SET record = excluded.record WHERE excluded.record < t.record";
static const char merge_policies[] =
    "INSERT INTO tally_policy AS t SELECT * FROM p "
    "ORDER BY day, domain, record_key, policy_key "
    "ON CONFLICT (day, domain, record_key, part, policy_key) DO UPDATE "
    "SET succeeded = t.succeeded + excluded.succeeded, "
    "failed = t.failed + excluded.failed";
static const char merge_details[] =
    "INSERT INTO tally_detail AS t SELECT * FROM d "
    "ORDER BY day, domain, record_key, policy_key, detail_key "
    "ON CONFLICT (day, domain, record_key, part, policy_key, detail_key) "
    "DO UPDATE SET sessions = t.sessions + excluded.sessions";

static void
add_key(struct buf *out, const struct content_key *key)
{
	buf_adds(out, "\\\\x");
	for (size_t i = 0; i < sizeof(key->b); i++)
		buf_addf(out, "%02x", key->b[i]);
}

/* A text of whole lines in COPY's text format. */
static void
add_lines(struct buf *out, struct span text)
{
	while (text.len > 0) {
		buf_add(out, span_until(&text, '\n'));
		buf_adds(out, "\\n");
	}
}

static void
add_head(struct buf *out, const struct tally *t)
{
	buf_addf(out, "%lld\t%.*s\t", (long long)t->day, SPAN_ARG(t->domain));
	add_key(out, &t->record_key);
	buf_adds(out, "\t0\t");
}

static void
add_record(struct buf *out, const struct tally *t)
{
	add_head(out, t);
	buf_add(out, t->record);
	buf_addc(out, '\t');
	add_lines(out, t->rua);
	buf_addc(out, '\n');
}

static void
add_policy(struct buf *out, const struct tally *t)
{
	const struct tally_policy *p = t->policies;

	add_head(out, t);
	add_key(out, &p->key);
	buf_addf(out, "\t%d\t%.*s\t", (int)p->type, SPAN_ARG(p->domain));
	add_lines(out, p->strings);
	buf_addc(out, '\t');
	add_lines(out, p->mx_hosts);
	buf_addf(out, "\t%llu\t%llu\n", (unsigned long long)p->succeeded,
	    (unsigned long long)p->failed);
}

static void
add_detail(struct buf *out, const struct tally *t)
{
	const struct tally_detail *d = t->policies->details;
	const struct failure_detail *f = &d->detail;

	add_head(out, t);
	add_key(out, &t->policies->key);
	buf_addc(out, '\t');
	add_key(out, &d->key);
	buf_addf(out, "\t%d\t%.*s\t%.*s\t%.*s\t%.*s\t\t\t%llu\n", (int)f->type,
	    SPAN_ARG(f->sending_ip), SPAN_ARG(f->mx_hostname),
	    SPAN_ARG(f->helo), SPAN_ARG(f->receiving_ip),
	    (unsigned long long)d->sessions);
}

static void
copy(PGconn *conn, const char *statement, const struct buf *rows)
{
	PGresult *res;

	sql(conn, statement);
	if (PQputCopyData(conn, rows->p, (int)rows->len) != 1 ||
	    PQputCopyEnd(conn, NULL) != 1)
		bench_fail("%s", PQerrorMessage(conn));
	while ((res = PQgetResult(conn)) != NULL) {
		if (PQresultStatus(res) != PGRES_COMMAND_OK)
			bench_fail("%s", PQerrorMessage(conn));
		PQclear(res);
	}
}

static void
copy_and_merge(struct collector_of_bench *c)
{
	struct buf r = BUF_INIT(COPY_MAX), p = BUF_INIT(COPY_MAX),
		   d = BUF_INIT(COPY_MAX);
	PGconn *conn = connected();
	int64_t began;

	for (size_t i = 0; i < TALLIES; i++) {
		const struct tally *t = &c->samples[i].tally;

		add_record(&r, t);
		add_policy(&p, t);
		if (t->policies->ndetails > 0)
			add_detail(&d, t);
	}
	(void)pthread_barrier_wait(&together);
	began = mono_ns();
	sql(conn,
	    "BEGIN; CREATE TEMP TABLE r (LIKE tally_record) ON COMMIT "
	    "DROP; CREATE TEMP TABLE p (LIKE tally_policy) ON COMMIT "
	    "DROP; CREATE TEMP TABLE d (LIKE tally_detail) ON COMMIT "
	    "DROP");
	copy(conn, "COPY r FROM STDIN", &r);
	copy(conn, "COPY p FROM STDIN", &p);
	copy(conn, "COPY d FROM STDIN", &d);
	sql(conn, merge_records);
	sql(conn, merge_policies);
	sql(conn, merge_details);
	sql(conn, "COMMIT");
	c->seconds = (double)(mono_ns() - began) / 1e9;
	PQfinish(conn);
	buf_free(&r);
	buf_free(&p);
	buf_free(&d);
}

/* -- rounds -- */

static void *
work(void *arg)
{
	struct collector_of_bench *c = arg;

	c->work(c);
	return NULL;
}

/* Tallies a second, of all collectors, until the last is done. */
static double
all_at_once(void (*how)(struct collector_of_bench *))
{
	double longest = 0;

	for (size_t i = 0; i < COLLECTORS; i++) {
		collectors[i].work = how;
		if (pthread_create(&collectors[i].thread, NULL, work,
			&collectors[i]) != 0)
			bench_fail("no thread");
	}
	for (size_t i = 0; i < COLLECTORS; i++) {
		(void)pthread_join(collectors[i].thread, NULL);
		if (collectors[i].seconds > longest)
			longest = collectors[i].seconds;
	}
	return COLLECTORS * TALLIES / longest;
}

static void
empty(PGconn *conn)
{
	sql(conn, "TRUNCATE tally_record, tally_policy, tally_detail");
	sql(conn, "CHECKPOINT");
}

/* What both make: the same rows. */
static void
check(PGconn *conn)
{
	PGresult *res = PQexec(conn,
	    "SELECT count(*), sum(succeeded + failed) FROM tally_policy");
	const long wanted = COLLECTORS * TALLIES;

	if (strtol(PQgetvalue(res, 0, 0), NULL, 10) != wanted ||
	    strtol(PQgetvalue(res, 0, 1), NULL, 10) % wanted != 0)
		bench_fail("%s policies", PQgetvalue(res, 0, 0));
	PQclear(res);
}

static void
prepare(void)
{
	struct store_schema schema;
	struct why why = { { 0 } };
	struct store *store;

	must(store_make(url, &store, &why), &why);
	must(store_migrate(store, NOW_S, &schema, &why), &why);
	store_close(store);
	(void)pthread_barrier_init(&together, NULL, COLLECTORS);
	for (size_t c = 0; c < COLLECTORS; c++) {
		collectors[c].id = uuid_new(0);
		for (size_t i = 0; i < TALLIES; i++)
			make_sample(&collectors[c].samples[i], c, i);
	}
}

static void
show(const char *name, const struct rounds *ours, const struct rounds *bare)
{
	figure_print(&(struct figure){ .name = name,
	    .value = rounds_median(ours),
	    .unit = "tallies/s",
	    .limit = rounds_median(bare),
	    .ratio = rounds_ratio(ours, bare),
	    .kind = GOAL_RATIO_AT_LEAST,
	    .goal = 0.7 });
}

int
main(void)
{
	struct rounds made[2] = { 0 }, added[2] = { 0 };
	PGconn *conn;

	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "bench");
	start();
	prepare();
	conn = connected();
	for (size_t round = 0; round < ROUNDS; round++) {
		void (*const how[])(struct collector_of_bench *) = { flush_all,
			copy_and_merge };

		for (size_t i = 0; i < 2; i++) {
			empty(conn);
			rounds_add(&made[i], all_at_once(how[i]));
			rounds_add(&added[i], all_at_once(how[i]));
			check(conn);
		}
	}
	show("fleet.new", &made[0], &made[1]);
	show("fleet.added", &added[0], &added[1]);
	PQfinish(conn);
	return 0;
}
