/* bench_views.c -- the questions of the overview and the domain views, one
 * client: over 1,000,000 failure details of 500 domains and 90 days in SQLite,
 * and over ten times as many of 5,000 domains in PostgreSQL. A table of all
 * questions goes to stderr; the figure is the slowest 95th percentile.
 * VIEWS_PGSQL=0: without PostgreSQL. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/answer.h"
#include "base/clock.h"
#include "base/log.h"
#include "measure.h"
#include "store/db.h"
#include "store/store.h"

#define DAYS 90
#define LAST 20778 /* a day of 2026 */
#define FIRST (LAST - DAYS + 1)
#define NOW_S ((LAST + 1) * INT64_C(86400))
#define ASKED 20 /* times each question is asked */

struct bed {
	const char *name;
	char url[256];
	int domains;
	bool is_pgsql;
};

static char folder[64];

static void
must(enum err e, const struct why *why)
{
	if (e != E_OK)
		bench_fail("%s", why->text);
}

/* -- rows: a report for each domain, day and one of 40 reporters that send it
 * there (four of them); a policy each, and about six details -- */

#define REPORTERS 4

/* @MANY, @FEW: sequences of numbers s from 0. */
static const char *const fill[] = {
	"INSERT INTO owned_domain (domain, added_at) SELECT "
	"'d' || s || '.example', 0 FROM (@FEW) x",
	"INSERT INTO inbox (intake_id, part, received_at, way, peer, route, "
	"sender, recipient, state, reason, verdict, trust, submitter, "
	"organization, contact, report_id, start_at, end_at, policies, "
	"succeeded, failed, notes, identity_key, content_key, has_levels) "
	"SELECT 'i' || (1000000000 + s), 0, (@FIRST + s / @ADAY + 1) * "
	"CAST(86400 AS BIGINT), 'lmtp', "
	"'', '', '', '', 1, '', CASE WHEN s % 10 = 0 THEN 3 ELSE 1 END, '', "
	"'r' || ((s % 4) + 4 * ((s / 4) % 10)) || '.example', 'R', "
	"'r.example', 'id-' || s, (@FIRST + s / @ADAY) * "
	"CAST(86400 AS BIGINT), (@FIRST + s / @ADAY) * CAST(86400 AS BIGINT) + "
	"86399, 1, 1000, 21, '', @NONE, @NONE, 1 FROM (@MANY) x",
	"INSERT INTO inbox_policy (day, domain, intake_id, part, policy, "
	"policy_type, unknown_type, policy_domain, strings, mx_hosts, "
	"succeeded, failed, succeeded_level, failed_level) SELECT "
	"@FIRST + s / @ADAY, 'd' || ((s / 4) % @DOMAINS) || '.example', "
	"'i' || (1000000000 + s), 0, 0, 2, '', "
	"'d' || ((s / 4) % @DOMAINS) || '.example', "
	"'version: STSv1' || @NL || 'mode: testing' || @NL || "
	"'mx: mx.example' || @NL || 'max_age: 604800' || @NL, '', "
	"1000, 21, 2, 4 FROM (@MANY) x",
	"INSERT INTO inbox_detail (day, domain, intake_id, part, policy, "
	"detail, result_type, unknown_type, sending_ip, mx_hostname, helo, "
	"receiving_ip, info, reason, sessions) SELECT "
	"@FIRST + s / @ADAY, 'd' || ((s / 4) % @DOMAINS) || '.example', "
	"'i' || (1000000000 + s), 0, 0, k, 201 + k % 5, '', "
	"'192.0.2.' || ((s * 7 + k) % 250), 'mx' || (k % 3) || '.example', "
	"'mx.example at your service', '2001:db8::' || (k % 3 + 1), '', "
	"'reason of the MTA', k + 1 FROM (@MANY) x CROSS JOIN "
	"(SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL "
	"SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5) y",
	"INSERT INTO inbox_level (day, domain, intake_id, part, state, "
	"verdict, reporter, received_at, authenticated, testing, encrypted, "
	"cleartext, not_sent, told, worst_type, worst_sessions) SELECT "
	"p.day, p.domain, p.intake_id, 0, 1, i.verdict, i.submitter, "
	"i.received_at, 0, 1000, 0, 21, 0, 1, 201, 7 FROM inbox_policy p "
	"JOIN inbox i ON i.intake_id = p.intake_id AND i.part = p.part",
	"INSERT INTO inbox_day (day, domain, state, verdict, reports, "
	"reporters, received_at, authenticated, testing, encrypted, "
	"cleartext, not_sent, told, worst_type) SELECT day, domain, state, "
	"verdict, COUNT(*), COUNT(DISTINCT reporter), MAX(received_at), 0, "
	"SUM(testing), 0, SUM(cleartext), 0, SUM(told), 201 FROM inbox_level "
	"GROUP BY day, domain, state, verdict",
	"INSERT INTO inbox_reporter (day, reporter, state, verdict, reports, "
	"received_at, sessions, failures) SELECT day, reporter, state, "
	"verdict, COUNT(*), MAX(received_at), SUM(testing + cleartext), "
	"SUM(cleartext) FROM inbox_level GROUP BY day, reporter, state, "
	"verdict",
	"ANALYZE",
};

static void
sequence(const struct bed *b, int n, char *ret, size_t size)
{
	(void)snprintf(ret, size,
	    b->is_pgsql
		? "SELECT generate_series(0, %d) AS s"
		: "WITH RECURSIVE t(s) AS (SELECT 0 UNION ALL SELECT s + 1 "
		  "FROM t WHERE s < %d) SELECT s FROM t",
	    n - 1);
}

struct word {
	const char *name;
	const char *text;
};

/* Puts the texts in the places of their names. */
static void
expand(const char *from, const struct word *words, struct buf *to)
{
	while (*from != '\0') {
		const struct word *w = words;
		size_t n = strcspn(from, "@");

		buf_add(to, (struct span){ from, n });
		from += n;
		while (*from == '@' && w->name != NULL &&
		    strncmp(from, w->name, strlen(w->name)) != 0)
			w++;
		if (*from == '@') {
			buf_adds(to, w->text);
			from += strlen(w->name);
		}
	}
	buf_addc(to, '\0');
}

static void
fill_store(struct bed *b)
{
	char few[256], many[256], a_day[16], domains[16], first[16];
	const struct word words[] = { { "@FEW", few }, { "@MANY", many },
		{ "@ADAY", a_day }, { "@DOMAINS", domains },
		{ "@FIRST", first },
		{ "@NONE", b->is_pgsql ? "CAST('' AS BYTEA)" : "x''" },
		{ "@NL", b->is_pgsql ? "CHR(10)" : "CHAR(10)" },
		{ NULL, NULL } };
	struct buf sql = BUF_INIT(65536);
	struct why why = { { 0 } };
	struct store_schema schema;
	struct store *store;
	struct db *db;
	int64_t began = mono_ns();

	must(store_make(b->url, &store, &why), &why);
	must(store_migrate(store, NOW_S, &schema, &why), &why);
	store_close(store);
	must(db_open(b->url, false, &db, &why), &why);
	must(db_script(db,
		 b->is_pgsql ? "SET statement_timeout = 0"
			     : "PRAGMA synchronous = OFF",
		 &why),
	    &why);
	sequence(b, b->domains, few, sizeof(few));
	sequence(b, b->domains * REPORTERS * DAYS, many, sizeof(many));
	(void)snprintf(a_day, sizeof(a_day), "%d", b->domains * REPORTERS);
	(void)snprintf(domains, sizeof(domains), "%d", b->domains);
	(void)snprintf(first, sizeof(first), "%d", FIRST);
	for (size_t i = 0; i < sizeof(fill) / sizeof(fill[0]); i++) {
		buf_clear(&sql);
		expand(fill[i], words, &sql);
		must(db_script(db, sql.p, &why), &why);
	}
	buf_free(&sql);
	db_close(db);
	(void)fprintf(stderr, "%s: filled in %.0f s\n", b->name,
	    (double)(mono_ns() - began) / 1e9);
}

/* -- questions -- */

struct question {
	const char *name;
	api_resource_fn *ask;
	const char *segment;
	enum api_group group;
	const char *domain, *bound; /* filter; account's one */
	int days;
};

static const struct question questions[] = {
	{ "overview, 30 days", api_get_overview, NULL, 0, NULL, NULL, 30 },
	{ "overview, 90 days", api_get_overview, NULL, 0, NULL, NULL, 90 },
	{ "overview, one domain seen", api_get_overview, NULL, 0, NULL,
	    "d7.example", 30 },
	{ "domains", api_get_domains, NULL, 0, NULL, NULL, 30 },
	{ "days, 90", api_get_days, "d7.example", 0, NULL, NULL, 90 },
	{ "failures by type", api_get_failures, "d7.example", API_GROUP_TYPE,
	    NULL, NULL, 30 },
	{ "failures by MX", api_get_failures, "d7.example", API_GROUP_MX, NULL,
	    NULL, 30 },
	{ "failures by sending IP, 90 days", api_get_failures, "d7.example",
	    API_GROUP_SENDING_IP, NULL, NULL, 90 },
	{ "failures by reporter", api_get_failures, "d7.example",
	    API_GROUP_REPORTER, NULL, NULL, 30 },
	{ "policies", api_get_policies, "d7.example", 0, NULL, NULL, 30 },
	{ "compare", api_get_compare, "d7.example", 0, NULL, NULL, 30 },
	{ "readiness", api_get_readiness, "d7.example", 0, NULL, NULL, 30 },
	{ "reports", api_get_reports, NULL, 0, NULL, NULL, 30 },
	{ "reports of a domain", api_get_reports, NULL, 0, "d7.example", NULL,
	    30 },
	{ "reports, one domain seen", api_get_reports, NULL, 0, NULL,
	    "d7.example", 30 },
	{ "search", api_get_search, NULL, 0, NULL, NULL, 30 },
};

#define NQUESTIONS (sizeof(questions) / sizeof(questions[0]))

/* Milliseconds. */
static double
ask(struct store *store, const struct question *q)
{
	struct arena arena = ARENA_INIT((size_t)64 << 20);
	struct span bound = span_str(q->bound);
	const struct api_account account = { .name = SPAN_LIT("bench"),
		.is_bound = q->bound != NULL,
		.domains = { &bound, q->bound != NULL } };
	const struct api_query query = { .from = LAST - q->days + 1,
		.to = LAST,
		.date = -1,
		.domain = span_str(q->domain),
		.group = q->group,
		.text = SPAN_LIT("d77"),
		.limit = API_LIMIT_DEFAULT };
	const struct api_request request = { .store = store,
		.query = &query,
		.segments = { span_str(q->segment) },
		.account = &account,
		.arena = &arena,
		.now_s = NOW_S };
	struct why why = { { 0 } };
	struct api_answer answer;
	int64_t began = mono_ns();

	if (!api_answer_init(&answer, &request, true))
		bench_fail("out of memory");
	must(q->ask(&request, &answer, &why), &why);
	api_answer_finish(&answer, E_OK, &why);
	if (answer.status != 200 || answer.body.len < 20)
		bench_fail("%s: status %u", q->name, answer.status);
	api_answer_free(&answer);
	arena_free(&arena);
	return (double)(mono_ns() - began) / 1e6;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
measure(struct store *store, const struct bed *b, const struct question *q)
{
	double ms[ASKED];
	int64_t cpu_ns;

	(void)ask(store, q);
	cpu_ns = cpu_self_ns();
	for (int i = 0; i < ASKED; i++)
		ms[i] = ask(store, q);
	cpu_ns = (cpu_self_ns() - cpu_ns) / ASKED;
	qsort(ms, ASKED, sizeof(ms[0]), compare);
	(void)fprintf(stderr, "%-8s %-34s %9.2f %9.2f %9.2f\n", b->name,
	    q->name, ms[ASKED / 2], ms[ASKED * 95 / 100], (double)cpu_ns / 1e6);
	return ms[ASKED * 95 / 100];
}

static void
run(struct bed *b)
{
	struct figure figure = { .unit = "ms p95",
		.kind = GOAL_VALUE_AT_MOST,
		.goal = 100 };
	char name[64];
	struct why why = { { 0 } };
	struct store *store;
	double ms;

	fill_store(b);
	must(store_open(b->url, &store, &why), &why);
	(void)fprintf(stderr, "%-8s %-34s %9s %9s %9s\n", "", "question",
	    "median ms", "p95 ms", "own CPU");
	for (size_t i = 0; i < NQUESTIONS; i++) {
		ms = measure(store, b, &questions[i]);
		figure.value = ms > figure.value ? ms : figure.value;
	}
	store_close(store);
	(void)snprintf(name, sizeof(name), "views.%s", b->name);
	figure.name = name;
	figure_print(&figure);
}

/* -- beds -- */

static void
command(const char *text, char *ret, size_t size)
{
	char line[512];
	FILE *from;

	(void)snprintf(line, sizeof(line),
	    TESTS_DIR "/contract/pgsql %s %s/cluster%s", text, folder,
	    ret == NULL ? "" : " echo");
	from = popen(line, "r");
	if (from == NULL ||
	    (ret != NULL && fgets(ret, (int)size, from) == NULL))
		bench_fail("%s", line);
	if (pclose(from) != 0)
		bench_fail("%s", line);
	if (ret != NULL)
		ret[strcspn(ret, "\n")] = '\0';
}

static bool has_server;

static void
end(void)
{
	static const char *const files[] = { "store.db", "store.db-wal",
		"store.db-shm" };
	char path[128];

	if (has_server)
		command("stop", NULL, 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

int
main(void)
{
	struct bed sqlite = { .name = "sqlite", .domains = 500 };
	struct bed pgsql = { .name = "pgsql",
		.domains = 5000,
		.is_pgsql = true };
	const char *wanted = getenv("VIEWS_PGSQL");

	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "bench");
	(void)snprintf(folder, sizeof(folder), "/tmp/tlsrptd-views-XXXXXX");
	if (mkdtemp(folder) == NULL)
		bench_fail("%s: cannot be made", folder);
	(void)atexit(end);
	(void)snprintf(sqlite.url, sizeof(sqlite.url), "sqlite:%s/store.db",
	    folder);
	run(&sqlite);
	if (wanted != NULL && strcmp(wanted, "0") == 0)
		return 0;
	command("start", NULL, 0);
	has_server = true;
	command("with", pgsql.url, sizeof(pgsql.url));
	run(&pgsql);
	return 0;
}
