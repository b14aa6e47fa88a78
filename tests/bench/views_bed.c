#include "views_bed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "measure.h"
#include "pgsql_server.h"
#include "store/db.h"
#include "store/store.h"

#define FIRST (VIEWS_LAST - VIEWS_DAYS + 1)

static char folder[128];
static bool is_kept, has_server;

void
views_must(enum err e, const struct why *why)
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
	"INSERT INTO inbox_week (week, domain, state, verdict, reports, "
	"received_at, authenticated, testing, encrypted, cleartext, not_sent, "
	"told) SELECT day - (day + 3) % 7, domain, state, verdict, "
	"SUM(reports), MAX(received_at), 0, SUM(testing), 0, SUM(cleartext), "
	"0, SUM(told) FROM inbox_day GROUP BY 1, 2, 3, 4",
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
fill_store(const struct bed *b)
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

	views_must(store_make(b->url, &store, &why), &why);
	views_must(store_migrate(store, VIEWS_NOW_S, &schema, &why), &why);
	store_close(store);
	views_must(db_open(b->url, false, &db, &why), &why);
	db->takes_its_time = true;
	views_must(db_script(db,
		       b->is_pgsql ? "SET statement_timeout = 0"
				   : "PRAGMA synchronous = OFF",
		       &why),
	    &why);
	sequence(b, b->domains, few, sizeof(few));
	sequence(b, b->domains * REPORTERS * VIEWS_DAYS, many, sizeof(many));
	(void)snprintf(a_day, sizeof(a_day), "%d", b->domains * REPORTERS);
	(void)snprintf(domains, sizeof(domains), "%d", b->domains);
	(void)snprintf(first, sizeof(first), "%d", FIRST);
	for (size_t i = 0; i < sizeof(fill) / sizeof(fill[0]); i++) {
		buf_clear(&sql);
		expand(fill[i], words, &sql);
		views_must(db_script(db, sql.p, &why), &why);
	}
	buf_free(&sql);
	db_close(db);
	(void)fprintf(stderr, "%s: filled in %.0f s\n", b->name,
	    (double)(mono_ns() - began) / 1e9);
}

/* -- beds -- */

static void
end(void)
{
	static const char *const files[] = { "store.db", "store.db-wal",
		"store.db-shm" };
	char path[256];

	if (is_kept)
		return;
	if (has_server)
		pgsql_server_stop(folder);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

static void
make_folder(void)
{
	const char *wanted = getenv("VIEWS_FOLDER");

	is_kept = wanted != NULL;
	(void)snprintf(folder, sizeof(folder), "%s",
	    is_kept ? wanted : "/tmp/tlsrptd-views-XXXXXX");
	if (is_kept)
		(void)mkdir(folder, 0700);
	else if (mkdtemp(folder) == NULL)
		bench_fail("%s: cannot be made", folder);
	(void)atexit(end);
}

static bool
is_there(const char *file)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, file);
	return access(path, F_OK) == 0;
}

void
views_beds(void (*run)(const struct bed *))
{
	struct bed sqlite = { .name = "sqlite", .domains = 500 };
	struct bed pgsql = { .name = "pgsql",
		.domains = 5000,
		.is_pgsql = true };
	const char *wanted = getenv("VIEWS_PGSQL");
	bool is_filled;

	make_folder();
	(void)snprintf(sqlite.url, sizeof(sqlite.url), "sqlite:%s/store.db",
	    folder);
	if (!is_there("store.db"))
		fill_store(&sqlite);
	run(&sqlite);
	if (wanted != NULL && strcmp(wanted, "0") == 0)
		return;
	is_filled = is_there("cluster");
	if (!is_filled)
		pgsql_server_start(folder);
	has_server = true;
	pgsql_server_url(folder, pgsql.url, sizeof(pgsql.url));
	if (!is_filled)
		fill_store(&pgsql);
	run(&pgsql);
}
