/* bench_tallies.c -- what reports and lists of days ask of our own tallies, in
 * PostgreSQL: over 10,000,000 failure details of 5,000 domains and 90 days, and
 * over a quarter and a sixteenth of the domains. A table of all questions goes
 * to stderr; the figure is the slowest median at full size.
 * TALLIES_DOMAINS: others than 5,000 domains. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "measure.h"
#include "pgsql_server.h"
#include "store/db.h"
#include "store/store.h"
#include "store/store_outgoing.h"

#define DAYS 90
#define LAST 20778 /* a day of 2026, still open */
#define FIRST (LAST - DAYS + 1)
#define NOW_S (LAST * INT64_C(86400) + 43200)
#define DOMAINS 5000
#define ASKED 21 /* times each question is asked */
#define SIZES 3
#define PAGE 100
#define FOUND 20 /* rows at least, of a page of fewer domains */

static char folder[64], url[256];

static void
must(enum err e, const struct why *why)
{
	if (e != E_OK)
		bench_fail("%s", why->text);
}

/* -- rows: a record a domain and day, two policies, 23 failure details; each
 * has a report, delivered but on the last days -- */

static const char *const fill[] = {
	"INSERT INTO day (day, closed_at, closed_by, due) SELECT d, "
	"CASE WHEN d < @LAST THEN (d + 1) * 86400::bigint END, 'watermark', 0 "
	"FROM generate_series(@FIRST, @LAST) d",
	"INSERT INTO tally_record (day, domain, record_key, part, record, rua) "
	"SELECT d, 'd' || s || '.example', decode(md5('r' || s), 'hex'), 0, "
	"'v=TLSRPTv1; rua=mailto:tls' || chr(64) || 'd' || s || '.example', "
	"'mailto:tls' || chr(64) || 'd' || s || '.example' || chr(10) "
	"FROM generate_series(@FIRST, @LAST) d, generate_series(1, @N) s",
	"INSERT INTO tally_policy (day, domain, record_key, part, policy_key, "
	"policy_type, policy_domain, strings, mx_hosts, succeeded, failed) "
	"SELECT d, 'd' || s || '.example', decode(md5('r' || s), 'hex'), 0, "
	"decode(md5('p' || p), 'hex'), p, 'd' || s || '.example', "
	"'version: STSv1' || chr(10) || 'mode: enforce' || chr(10) || "
	"'mx: mx.d' || s || '.example' || chr(10), '', 1000, 23 "
	"FROM generate_series(@FIRST, @LAST) d, generate_series(1, @N) s, "
	"generate_series(1, 2) p",
	"INSERT INTO tally_detail (day, domain, record_key, part, policy_key, "
	"detail_key, result_type, sending_ip, mx_hostname, helo, receiving_ip, "
	"info, reason, sessions) "
	"SELECT d, 'd' || s || '.example', decode(md5('r' || s), 'hex'), 0, "
	"decode(md5('p' || (1 + k % 2)), 'hex'), decode(md5('k' || k), 'hex'), "
	"201 + k % 5, '192.0.2.' || k, 'mx' || (k % 3) || '.example', "
	"'mx.example at your service', '2001:db8::' || k, '', "
	"'reason of the MTA', k + 1 "
	"FROM generate_series(@FIRST, @LAST) d, generate_series(1, @N) s, "
	"generate_series(1, 23) k",
	"INSERT INTO report (report_id, day, domain, record_key, part, rua, "
	"file_name, body, json_bytes, policies, succeeded, failed, folded, "
	"built_at, frozen_at, delivered_at) "
	"SELECT md5(t.domain || t.day), t.day, t.domain, t.record_key, 0, "
	"t.rua, 'f.json.gz', decode(repeat(md5(t.domain || t.day), 40), 'hex'), "
	"4000, 2, 2000, 46, 0, 0, 1, CASE WHEN t.day < @LAST - 2 THEN 1 END "
	"FROM tally_record t WHERE t.day < @LAST",
	"ANALYZE",
};

static void
run_sql(const char *text)
{
	struct why why = { { 0 } };
	struct db *db;

	must(db_open(url, false, &db, &why), &why);
	db->takes_its_time = true;
	must(db_script(db, "SET statement_timeout = 0", &why), &why);
	must(db_script(db, text, &why), &why);
	db_close(db);
}

/* @N, @FIRST, @LAST. */
static void
run_filled(const char *from, int domains)
{
	struct buf sql = BUF_INIT(65536);

	while (*from != '\0') {
		size_t n = strcspn(from, "@");

		buf_add(&sql, (struct span){ from, n });
		from += n;
		if (strncmp(from, "@N", 2) == 0) {
			buf_addf(&sql, "%d", domains);
			from += 2;
		} else if (strncmp(from, "@FIRST", 6) == 0) {
			buf_addf(&sql, "%d", FIRST);
			from += 6;
		} else if (*from == '@') {
			buf_addf(&sql, "%d", LAST);
			from += 5;
		}
	}
	run_sql(buf_str(&sql));
	buf_free(&sql);
}

static struct store *
filled_store(int domains)
{
	struct store_schema schema;
	struct why why = { { 0 } };
	int64_t began = mono_ns();
	struct store *store;

	must(store_make(url, &store, &why), &why);
	run_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	must(store_migrate(store, NOW_S, &schema, &why), &why);
	for (int64_t day = FIRST; day <= LAST + 14; day++)
		must(store_day_make(store, day, &why), &why);
	for (size_t i = 0; i < sizeof(fill) / sizeof(fill[0]); i++)
		run_filled(fill[i], domains);
	for (int64_t day = FIRST; day < LAST; day++)
		must(store_day_settle(store, day, 0, &why), &why);
	(void)fprintf(stderr, "%d domains: filled in %.0f s\n", domains,
	    (double)(mono_ns() - began) / 1e9);
	return store;
}

/* -- questions -- */

struct asking {
	struct store *store;
	struct arena arena;
	struct why why;
	size_t rows;
};

static enum err
count_day(void *arg, const struct day_state *d)
{
	(void)d;
	((struct asking *)arg)->rows++;
	return E_OK;
}

static enum err
count_outgoing_day(void *arg, int64_t day, uint64_t domains)
{
	(void)day;
	((struct asking *)arg)->rows += domains > 0;
	return E_OK;
}

static enum err
count_levels(void *arg, int64_t day, const struct levels *levels)
{
	(void)day;
	((struct asking *)arg)->rows += levels_sessions(levels) > 0;
	return E_OK;
}

static enum err
count_report(void *arg, const struct report_row *r)
{
	(void)r;
	((struct asking *)arg)->rows++;
	return E_OK;
}

static enum err
count_outgoing(void *arg, const struct outgoing_report *r)
{
	(void)r;
	((struct asking *)arg)->rows++;
	return E_OK;
}

static enum err
count_sum(void *arg, enum policy_type type, uint64_t succeeded, uint64_t failed)
{
	(void)type;
	(void)failed;
	((struct asking *)arg)->rows += succeeded > 0;
	return E_OK;
}

static enum err
ask_days(struct asking *a)
{
	return store_day_list(a->store, FIRST, count_day, a, &a->why);
}

static enum err
ask_outgoing_days(struct asking *a)
{
	return store_outgoing_days(a->store, FIRST, LAST, count_outgoing_day, a,
	    &a->why);
}

static enum err
ask_levels(struct asking *a)
{
	return store_outgoing_levels(a->store, FIRST, LAST, count_levels, a,
	    &a->why);
}

/* As role report reads a day: in the middle of it. */
static enum err
ask_tallies(struct asking *a)
{
	const struct tally_cursor after = { .domain = SPAN_LIT("d2.example") };
	struct tally *tallies;

	return store_tally_read(a->store, LAST - 30, &after, PAGE, &a->arena,
	    &tallies, &a->rows, &a->why);
}

/* Of a day whose reports are all there: it looks through them. */
static enum err
ask_due(struct asking *a)
{
	const struct tally_cursor after = TALLY_CURSOR_START;
	struct tally_cursor *due;

	a->rows = 1;
	return store_report_due(a->store, LAST, &after, false, PAGE, &a->arena,
	    &due, &a->rows, &a->why);
}

static enum err
ask_sums(struct asking *a)
{
	return store_tally_sums(a->store, LAST - 30, SPAN_LIT("d7.example"),
	    count_sum, a, &a->why);
}

static enum err
ask_reports(struct asking *a)
{
	const struct outgoing_filter f = { .first = FIRST,
		.last = LAST,
		.after = { .day = LAST - 30, .domain = SPAN_LIT("d2") },
		.max = PAGE };

	return store_outgoing_reports(a->store, &f, count_outgoing, a, &a->why);
}

static enum err
ask_reports_of_domain(struct asking *a)
{
	const struct outgoing_filter f = { .first = FIRST,
		.last = LAST,
		.domain = SPAN_LIT("d7.example"),
		.after = REPORT_CURSOR_START,
		.max = PAGE };

	return store_outgoing_reports(a->store, &f, count_outgoing, a, &a->why);
}

static enum err
ask_undelivered(struct asking *a)
{
	const struct report_cursor start = REPORT_CURSOR_START;

	return store_report_undelivered(a->store, &start, PAGE, count_report, a,
	    &a->why);
}

static enum err
ask_reports_of_day(struct asking *a)
{
	return store_report_list(a->store, LAST - 1, LAST - 1, count_report, a,
	    &a->why);
}

static const struct {
	const char *name;
	enum err (*ask)(struct asking *);
	size_t rows; /* at least: it has found what it is asked for */
} questions[] = {
	{ "days, 90", ask_days, DAYS },
	{ "domains of 90 days", ask_outgoing_days, DAYS },
	{ "levels of 90 days", ask_levels, DAYS },
	{ "100 tallies, whole", ask_tallies, FOUND },
	{ "reports that are due", ask_due, FOUND },
	{ "sums of a domain's day", ask_sums, 2 },
	{ "100 reports of 90 days", ask_reports, FOUND },
	{ "reports of a domain", ask_reports_of_domain, DAYS - 1 },
	{ "reports to be delivered", ask_undelivered, FOUND },
	{ "all reports of a day", ask_reports_of_day, FOUND },
};

#define NQUESTIONS (sizeof(questions) / sizeof(questions[0]))

/* Median milliseconds. */
static double
measure(struct store *store, size_t question)
{
	struct rounds ms = { .n = 0 };

	for (int i = 0; i <= ASKED; i++) {
		struct asking a = { .store = store,
			.arena = ARENA_INIT((size_t)64 << 20) };
		int64_t began = mono_ns();

		must(questions[question].ask(&a), &a.why);
		if (i > 0) /* the first has nothing in memory yet */
			rounds_add(&ms, (double)(mono_ns() - began) / 1e6);
		if (a.rows < questions[question].rows)
			bench_fail("%s: %zu rows", questions[question].name,
			    a.rows);
		arena_free(&a.arena);
	}
	return rounds_median(&ms);
}

/* -- what it takes -- */

static enum err
show_size(void *arg, const struct db_value *row)
{
	(void)arg;
	(void)fprintf(stderr,
	    "%-26.*s %12" PRId64 " rows %6" PRId64
	    " bytes each, indices included\n",
	    SPAN_ARG(row[0].bytes), row[1].num, row[2].num);
	return E_OK;
}

static void
show_sizes(void)
{
	static const char sql[] =
	    "SELECT t.relname::text, c.n::bigint, (c.bytes / c.n)::bigint "
	    "FROM pg_class t CROSS JOIN LATERAL (SELECT "
	    "sum(l.reltuples) AS n, sum(pg_total_relation_size(l.oid)) AS "
	    "bytes FROM pg_class l WHERE l.relkind = 'r' AND l.reltuples > 0 "
	    "AND (l.oid = t.oid OR l.relname LIKE t.relname || '@_2%' "
	    "ESCAPE '@')) c WHERE t.relname IN ('tally_record', "
	    "'tally_policy', 'tally_detail', 'report') ORDER BY 1";
	struct why why = { { 0 } };
	struct db *db;

	must(db_open(url, false, &db, &why), &why);
	must(db_run(db,
		 &(const struct db_statement){ .row = show_size, .sql = sql },
		 NULL, &why),
	    &why);
	db_close(db);
}

/* -- the server -- */

static void
end(void)
{
	pgsql_server_stop(folder);
	(void)rmdir(folder);
}

int
main(void)
{
	const char *wanted = getenv("TALLIES_DOMAINS");
	int domains = wanted == NULL ? DOMAINS : atoi(wanted);
	struct figure figure = { .name = "tallies.slowest",
		.unit = "ms median",
		.kind = GOAL_VALUE_AT_MOST,
		.goal = 50 };
	double ms[SIZES][NQUESTIONS];

	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "bench");
	(void)snprintf(folder, sizeof(folder), "/tmp/tlsrptd-tallies-XXXXXX");
	if (mkdtemp(folder) == NULL)
		bench_fail("%s: cannot be made", folder);
	pgsql_server_start(folder);
	(void)atexit(end);
	pgsql_server_url(folder, url, sizeof(url));
	for (int s = 0; s < SIZES; s++) {
		struct store *store = filled_store(domains >> (4 - 2 * s));

		for (size_t q = 0; q < NQUESTIONS; q++) {
			ms[s][q] = measure(store, q);
			(void)fprintf(stderr, "%-26s %9.2f\n",
			    questions[q].name, ms[s][q]);
		}
		show_sizes();
		store_close(store);
	}
	(void)fprintf(stderr, "%-26s %9s %9s %9s\n", "median ms, data", "x 1",
	    "x 4", "x 16");
	for (size_t q = 0; q < NQUESTIONS; q++) {
		(void)fprintf(stderr, "%-26s %9.2f %9.2f %9.2f\n",
		    questions[q].name, ms[0][q], ms[1][q], ms[2][q]);
		if (ms[SIZES - 1][q] > figure.value)
			figure.value = ms[SIZES - 1][q];
	}
	figure_print(&figure);
	return 0;
}
