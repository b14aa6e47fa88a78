/* bench_day_close.c -- from a closed day in SQLite to its reports, rendered,
 * gzipped and queued durably, against rendering and gzipping the same tallies
 * from memory. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "aggregate/tally_table.h"
#include "base/clock.h"
#include "base/log.h"
#include "codec/datagram_read.h"
#include "corpus.h"
#include "measure.h"
#include "model/limits.h"
#include "report/report_build.h"
#include "store/store.h"

#define SESSIONS 1000000
#define DAY 20778
#define NOW_S ((DAY + 1) * S_PER_DAY)
#define TABLE_BYTES ((size_t)1 << 30)
#define REPORT_BYTES ((size_t)1 << 28)

static const struct report_options options = {
	.reporter = { { "Example Sender", 14 },
	    { "tls-reports@sender.example", 26 }, { "sender.example", 14 } },
	.max_bytes = (size_t)10 << 20,
	.max_details = REPORT_DETAILS_MAX,
};

static void
must(enum err e, const char *what, const struct why *why)
{
	if (e != E_OK)
		bench_fail("%s: %s", what,
		    why == NULL ? err_text(e) : why->text);
}

static struct tally_table *
count_sessions(size_t domains, struct ceiling *ceiling)
{
	struct tally_limits limits = tally_limits_default();
	struct arena arena = ARENA_INIT(DATAGRAM_ARENA_MAX);
	struct tally_table *table;
	struct corpus c;

	corpus_make(&c, SESSIONS, domains, 1);
	must(tally_table_new(TABLE_BYTES, &limits, ceiling, &table), "table",
	    NULL);
	for (size_t i = 0; i < c.n; i++) {
		struct session session;
		enum counter as;

		arena_reset(&arena);
		must(datagram_read(c.v[i], &arena, &session, &as, NULL),
		    "datagram", NULL);
		must(tally_table_add(table, DAY, &session, NULL), "table",
		    NULL);
	}
	arena_free(&arena);
	corpus_free(&c);
	return table;
}

/* Seconds to render and gzip each tally. */
static double
build_from_memory(const struct tally_source *from)
{
	struct arena arena = ARENA_INIT(REPORT_BYTES);
	int64_t start = mono_ns();

	for (size_t i = 0; i < from->n; i++) {
		struct report_row row;
		struct tally tally;

		arena_reset(&arena);
		must(from->get(from->arg, i, &tally), "tally", NULL);
		must(report_build(&options, &tally, NOW_S, &arena, &row, NULL),
		    "report", NULL);
	}
	arena_free(&arena);
	return (double)(mono_ns() - start) / 1e9;
}

static struct store *
fill_store(const char *folder, const struct tally_source *from)
{
	struct uuid collector = uuid_new(0);
	struct position start = { .journal = collector }, at;
	struct flush flush = {
		.collector = collector,
		.host = SPAN_LIT("bench"),
		.from = start,
		.to = { .journal = collector, .offset = 1 },
		.watermark_s = NOW_S,
		.now_s = NOW_S,
		.tallies = *from,
	};
	struct store_schema schema;
	struct why why = { { 0 } };
	struct store *store;
	char url[128];

	(void)snprintf(url, sizeof(url), "sqlite:%s/tlsrptd.db", folder);
	must(store_make(url, &store, &why), "store", &why);
	must(store_migrate(store, NOW_S, &schema, &why), "schema", &why);
	must(store_collector_register(store, &collector, flush.host, &start,
		 NOW_S, &at, &why),
	    "collector", &why);
	must(store_flush(store, &flush, &why), "flush", &why);
	must(store_day_close(store, DAY, NOW_S, SPAN_LIT("operator"),
		 SPAN_LIT(""), &why),
	    "close", &why);
	return store;
}

/* Seconds until all reports are in the store. */
static double
build_from_store(struct store *store, size_t wanted)
{
	int64_t start = mono_ns();
	struct why why = { { 0 } };
	size_t built = 0;

	must(report_build_day(store, &options, DAY, false, NOW_S, &built, &why),
	    "day", &why);
	if (built != wanted)
		bench_fail("%zu reports of %zu", built, wanted);
	return (double)(mono_ns() - start) / 1e9;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void
measure(size_t domains, const char *suffix)
{
	char folder[] = "/tmp/tlsrptd-bench-XXXXXX", name[64];
	struct tally_source from;
	struct ceiling *ceiling;
	struct tally_table *table;
	struct store *store;
	double alone, whole;

	if (mkdtemp(folder) == NULL)
		bench_fail("%s: cannot be made", folder);
	must(ceiling_new(DAY_THINGS_MAX, &ceiling), "ceiling", NULL);
	table = count_sessions(domains, ceiling);
	must(tally_table_sort(table, &from), "sort", NULL);
	store = fill_store(folder, &from);
	alone = build_from_memory(&from);
	whole = build_from_store(store, from.n);
	alone = (alone + build_from_memory(&from)) / 2;
	store_close(store);
	(void)snprintf(name, sizeof(name), "day-close.reports.%s", suffix);
	figure_print(&(struct figure){ .name = name,
	    .value = whole,
	    .unit = "s",
	    .limit = alone,
	    .ratio = whole / alone,
	    .kind = GOAL_RATIO_AT_MOST,
	    .goal = 3 });
	(void)snprintf(name, sizeof(name), "day-close.each.%s", suffix);
	figure_print(&(struct figure){ .name = name,
	    .value = whole * 1e6 / (double)from.n,
	    .unit = "us/report" });
	tally_table_free(table);
	ceiling_free(ceiling);
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int
main(void)
{
	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "bench");
	measure(1000, "1k");
	measure(10000, "10k");
	measure(100000, "100k");
	return 0;
}
