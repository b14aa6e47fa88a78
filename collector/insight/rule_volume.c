/* insight/rule_volume.c -- far fewer sessions than usual. Less mail makes two
 * things: those who report tell of fewer sessions, and those who report only
 * on days with mail say nothing. So the sessions of all are compared, a silent
 * one having none; but those who did report must have fewer, too, or else a
 * large one is just late. */
#include "insight/rules.h"

#include <stdlib.h>

#define DAYS 2 /* in a row: Poisson's noise of small domains is less */
#define USUAL_DAYS 28
#define USUAL_DAYS_MIN 10
#define USUAL_SESSIONS_MIN 50 /* in so many days in a row */
#define COLLAPSED 0.2	      /* of what is usual, */
#define LOWEST 0.4	      /* of the lowest before: weekends, */
#define REPORTED 0.5	      /* and for those who reported */
#define WHOLE_AGO 2	      /* days: by then most reports have come */

struct volume {
	struct grid grid;
	double *usual; /* sessions a day of each reporter; 0: it has no usual */
	size_t from;   /* day; so many as DAYS are judged */
};

static int
cmp_counts(const void *a, const void *b)
{
	uint64_t l = *(const uint64_t *)a, r = *(const uint64_t *)b;

	return l < r ? -1 : l > r;
}

static double
median(uint64_t *v, size_t n)
{
	qsort(v, n, sizeof(v[0]), cmp_counts);
	return (double)v[n / 2];
}

static uint64_t
sessions(const struct volume *a, size_t reporter, size_t day)
{
	return a->usual[reporter] > 0
	    ? grid_cell(&a->grid, reporter, day)->sessions
	    : 0;
}

/* Of the days with reports; 0: too few of them. */
static double
usual_of(const struct volume *a, size_t reporter)
{
	uint64_t v[USUAL_DAYS];
	size_t n = 0;

	for (size_t d = a->from - USUAL_DAYS; d < a->from; d++)
		if (grid_cell(&a->grid, reporter, d)->sessions > 0)
			v[n++] = grid_cell(&a->grid, reporter, d)->sessions;
	return n < USUAL_DAYS_MIN ? 0 : median(v, n);
}

static uint64_t
sum_on(const struct volume *a, size_t day)
{
	uint64_t n = 0;

	for (size_t r = 0; r < a->grid.view->nreporters; r++)
		n += sessions(a, r, day);
	return n;
}

static uint64_t
sum_from(const struct volume *a, size_t day)
{
	uint64_t n = 0;

	for (size_t d = day; d < day + DAYS; d++)
		n += sum_on(a, d);
	return n;
}

static double
usual_sum(const struct volume *a)
{
	uint64_t v[USUAL_DAYS];

	for (size_t i = 0; i < USUAL_DAYS; i++)
		v[i] = sum_on(a, a->from - USUAL_DAYS + i);
	return DAYS * median(v, USUAL_DAYS);
}

static uint64_t
lowest_sum(const struct volume *a)
{
	uint64_t lowest = UINT64_MAX;

	for (size_t d = a->from - USUAL_DAYS; d <= a->from - DAYS; d++)
		if (sum_from(a, d) < lowest)
			lowest = sum_from(a, d);
	return lowest;
}

/* False as well: nobody did. */
static bool
is_low_for_those_who_reported(const struct volume *a)
{
	double usual = 0;

	for (size_t d = a->from; d < a->from + DAYS; d++)
		for (size_t r = 0; r < a->grid.view->nreporters; r++)
			if (sessions(a, r, d) > 0)
				usual += a->usual[r];
	return usual > 0 && (double)sum_from(a, a->from) <= REPORTED * usual;
}

static bool
has_collapsed(const struct volume *a)
{
	const double now = (double)sum_from(a, a->from), usual = usual_sum(a);

	return usual >= USUAL_SESSIONS_MIN && now <= COLLAPSED * usual &&
	    now <= LOWEST * (double)lowest_sum(a) &&
	    is_low_for_those_who_reported(a);
}

static uint64_t
sessions_of_run(const struct volume *a, size_t reporter)
{
	uint64_t n = 0;

	for (size_t d = a->from; d < a->from + DAYS; d++)
		n += sessions(a, reporter, d);
	return n;
}

static void
add_rows(const struct volume *a, struct found *f)
{
	const struct view *v = a->grid.view;

	for (size_t r = 0; r < v->nreporters; r++)
		if (sessions_of_run(a, r) > 0)
			found_row(f,
			    &(const struct found_row){ .role = ROLE_SHOWS,
				.layer = v->layer,
				.reporter = v->reporters[r],
				.first = f->first,
				.last = f->last,
				.sessions = sessions_of_run(a, r) });
}

static bool
is_none(const struct evidence_failure *f, const void *arg)
{
	(void)f;
	(void)arg;
	return false;
}

void
rule_volume(const struct view *v, struct findings *out)
{
	static const struct question q = { is_none, NULL, 0 };
	struct volume a = { .from = EVIDENCE_DAYS - WHOLE_AGO - (DAYS - 1) };
	int64_t first;
	struct found f;

	a.usual = arena_alloc(v->arena, (v->nreporters + 1) * sizeof(*a.usual));
	if (a.usual == NULL)
		out->err = E_NOMEM;
	if (a.usual == NULL || !rule_grid(v, &q, &a.grid, out))
		return;
	for (size_t r = 0; r < v->nreporters; r++)
		a.usual[r] = usual_of(&a, r);
	if (!has_collapsed(&a))
		return;
	first = a.grid.first + (int64_t)a.from;
	f = found_of(KIND_VOLUME_COLLAPSED, v->all->domain, first,
	    first + DAYS - 1);
	add_rows(&a, &f);
	findings_add(out, &f);
}
