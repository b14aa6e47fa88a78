/* bench_views.c -- the questions of the overview and the domain views, one
 * client. A table of all questions goes to stderr; the figure is the slowest
 * 95th percentile. */
#include <stdio.h>
#include <stdlib.h>

#include "api/answer.h"
#include "base/clock.h"
#include "base/log.h"
#include "measure.h"
#include "store/store.h"
#include "views_bed.h"

#define ASKED 20 /* times each question is asked */

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
	const struct api_query query = { .from = VIEWS_LAST - q->days + 1,
		.to = VIEWS_LAST,
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
		.now_s = VIEWS_NOW_S };
	struct why why = { { 0 } };
	struct api_answer answer;
	int64_t began = mono_ns();

	if (!api_answer_init(&answer, &request, true))
		bench_fail("out of memory");
	views_must(q->ask(&request, &answer, &why), &why);
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
run(const struct bed *b)
{
	struct figure figure = { .unit = "ms p95",
		.kind = GOAL_VALUE_AT_MOST,
		.goal = 100 };
	char name[64];
	struct why why = { { 0 } };
	struct store *store;
	double ms;

	views_must(store_open(b->url, &store, &why), &why);
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

int
main(void)
{
	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "bench");
	views_beds(run);
	return 0;
}
