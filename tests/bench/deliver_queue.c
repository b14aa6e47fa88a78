#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bed.h"
#include "deliver.h"
#include "measure.h"
#include "sink.h"
#include "store/store_delivery.h"

#define SHORT 1000
#define MIDDLE 100000
#define LONG 1000000
#define HOSTS 10000
#define BUSY_HOST "busy.sink.localhost"
#define BATCH 10000 /* queued in one transaction */
#define CLAIMS 20
#define CLAIMED 16 /* by each */
#define RUN_S 60
#define MIB 1024.0   /* KiB */
#define CLAIM_GOAL 4 /* pages are read that a short queue has in memory */

struct queue {
	struct bed bed;
	struct sink sink;
	int64_t now_s;
	char report[64];
	size_t n;
};

static void
must(enum err e, const struct why *why)
{
	if (e != E_OK)
		bench_fail("store: %s", why->text);
}

/* -- filling -- */

static void
add_report(struct queue *q)
{
	struct arena arena = ARENA_INIT((size_t)1 << 20);
	struct store *store = bed_store(&q->bed);
	struct why why = { { 0 } };
	struct report_row row;

	bed_report(&q->bed, 0, SPAN_LIT("https://h0.sink.localhost/"), &arena,
	    &row);
	(void)snprintf(q->report, sizeof(q->report), "%.*s", SPAN_ARG(row.id));
	must(store_report_put(store, &row, &why), &why);
	must(store_report_freeze(store, row.id, q->now_s, &why), &why);
	must(store_report_delivered(store, row.id, q->now_s, &why), &why);
	store_close(store);
	arena_free(&arena);
}

static void
open_queue(struct queue *q)
{
	const struct clock machine = clock_machine(0);

	*q = (struct queue){ .now_s = clock_wall_s(&machine) };
	bed_make(&q->bed,
	    "ca_file = cert.pem\nany_port = yes\n"
	    "allow_networks = ::1/128, 127.0.0.0/8\n");
	sink_https_start(&q->sink, q->bed.cert, q->bed.key);
	add_report(q);
}

static void
close_queue(struct queue *q)
{
	sink_stop(&q->sink);
	bed_remove(&q->bed);
}

static void
add_one(struct queue *q, struct store *store, bool is_busy)
{
	const struct uuid uuid = uuid_new(q->now_s * NS_PER_S);
	char id[UUID_TEXT_SIZE], host[64], uri[256];
	struct why why = { { 0 } };

	uuid_text(&uuid, id);
	(void)snprintf(host, sizeof(host),
	    is_busy ? BUSY_HOST : "h%zu.sink.localhost", q->n % HOSTS);
	(void)snprintf(uri, sizeof(uri), "https://%s:%u/%zu", host,
	    q->sink.port, q->n);
	must(store_delivery_add(store,
		 &(const struct delivery){ .id = span_str(id),
		     .report = span_str(q->report),
		     .uri = span_str(uri),
		     .target = SPAN_LIT(""),
		     .host = span_str(host),
		     .state = DELIVERY_QUEUED,
		     .reason = SPAN_LIT(""),
		     .queued_s = q->now_s,
		     .due_s = q->now_s - is_busy },
		 &why),
	    &why);
	q->n++;
}

/* Up to n. The busy host's are due before all others. */
static void
fill(struct queue *q, size_t n, bool is_busy)
{
	struct store *store = bed_store(&q->bed);
	struct why why = { { 0 } };

	while (q->n < n) {
		must(store_begin(store, &why), &why);
		do
			add_one(q, store, is_busy);
		while (q->n < n && q->n % BATCH != 0);
		must(store_commit(store, &why), &why);
	}
	store_close(store);
}

/* -- claims -- */

static bool
may_visit(void *arg, struct span host)
{
	(void)arg;
	return !span_eq(host, SPAN_LIT(BUSY_HOST));
}

static enum err
count(void *arg, const struct delivery *d)
{
	(void)d;
	++*(size_t *)arg;
	return E_OK;
}

/* Microseconds for one delivery. */
static double
time_claims(const struct queue *q)
{
	const struct delivery_wish wish = {
		.now_s = q->now_s,
		.lease_s = 1000,
		.max = CLAIMED,
		.may_visit = may_visit,
		.host_hourly = 3600,
	};
	struct store *store = bed_store(&q->bed);
	struct rounds us = { .n = 0 };
	struct why why = { { 0 } };

	for (int i = 0; i < CLAIMS; i++) {
		struct uuid id = uuid_new(q->now_s * NS_PER_S);
		int64_t start = mono_ns();
		size_t n = 0;

		must(store_delivery_claim(store, &id, &wish, count, &n, &why),
		    &why);
		if (n != CLAIMED)
			bench_fail("%zu deliveries of %d were claimed", n,
			    CLAIMED);
		rounds_add(&us, (double)(mono_ns() - start) / 1e3 / CLAIMED);
	}
	store_close(store);
	return rounds_median(&us);
}

static void
print_claim(const char *name, double us, double limit)
{
	figure_print(&(struct figure){ .name = name,
	    .value = us,
	    .unit = "us",
	    .limit = limit,
	    .ratio = limit > 0 ? us / limit : 0,
	    .kind = limit > 0 ? GOAL_RATIO_AT_MOST : GOAL_NONE,
	    .goal = CLAIM_GOAL });
}

/* -- memory -- */

static double
resident_mib(pid_t pid)
{
	char path[64], line[256];
	unsigned long long kib = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		bench_fail("%s cannot be read", path);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "VmRSS: %llu", &kib) == 1)
			break;
	(void)fclose(f);
	return (double)kib / MIB;
}

static void
run_for_a_while(const struct queue *q)
{
	const int64_t until = mono_ns() + RUN_S * NS_PER_S;
	pid_t pid = bed_start(&q->bed, "deliver");
	double mib;

	while (mono_ns() < until)
		bed_pause();
	mib = resident_mib(pid);
	(void)bed_stop(&q->bed, pid);
	if (*q->sink.taken == 0)
		bench_fail("nothing was sent: see %s", q->bed.folder);
	figure_print(&(struct figure){ .name = "deliver.resident-of-a-million",
	    .value = mib,
	    .unit = "MiB",
	    .kind = GOAL_VALUE_AT_MOST,
	    .goal = 200 });
}

static double
measure_many_hosts(void)
{
	struct queue q;
	double us;

	open_queue(&q);
	fill(&q, SHORT, false);
	us = time_claims(&q);
	print_claim("deliver.claim.1k", us, 0);
	fill(&q, MIDDLE, false);
	print_claim("deliver.claim.100k", time_claims(&q), us);
	fill(&q, LONG, false);
	print_claim("deliver.claim.1m", time_claims(&q), us);
	run_for_a_while(&q);
	close_queue(&q);
	return us;
}

static void
measure_busy_host(double limit_us)
{
	struct queue q;

	open_queue(&q);
	fill(&q, LONG - MIDDLE, true);
	fill(&q, LONG, false);
	print_claim("deliver.claim.busy-host", time_claims(&q), limit_us);
	close_queue(&q);
}

void
deliver_queue(void)
{
	measure_busy_host(measure_many_hosts());
}
