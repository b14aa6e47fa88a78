#include "measure.h"

#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"

int64_t
mono_ns(void)
{
	struct clock machine = clock_machine(0);

	return clock_mono_ns(&machine);
}

static int64_t
cpu_ns(int who)
{
	struct rusage used;

	(void)getrusage(who, &used);
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * NS_PER_S +
	    (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000;
}

int64_t
cpu_self_ns(void)
{
	return cpu_ns(RUSAGE_SELF);
}

int64_t
cpu_children_ns(void)
{
	return cpu_ns(RUSAGE_CHILDREN);
}

void
rounds_add(struct rounds *r, double v)
{
	if (r->n == ROUNDS_MAX)
		bench_fail("more than %d rounds", ROUNDS_MAX);
	r->v[r->n++] = v;
}

static int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
rounds_median(const struct rounds *r)
{
	struct rounds sorted = *r;

	if (r->n == 0)
		bench_fail("no round was measured");
	qsort(sorted.v, sorted.n, sizeof(sorted.v[0]), compare_doubles);
	return (sorted.v[(sorted.n - 1) / 2] + sorted.v[sorted.n / 2]) / 2;
}

double
rounds_ratio(const struct rounds *a, const struct rounds *b)
{
	struct rounds ratios = { .n = 0 };

	for (size_t i = 0; i < a->n && i < b->n; i++)
		rounds_add(&ratios, a->v[i] / b->v[i]);
	return rounds_median(&ratios);
}

static bool
goal_met(const struct figure *f)
{
	switch (f->kind) {
	case GOAL_RATIO_AT_LEAST:
		return f->ratio >= f->goal;
	case GOAL_RATIO_AT_MOST:
		return f->ratio <= f->goal;
	case GOAL_VALUE_AT_LEAST:
		return f->value >= f->goal;
	case GOAL_VALUE_AT_MOST:
		return f->value <= f->goal;
	case GOAL_NONE:
		break;
	}
	return true;
}

/* A number, or null where there is none. */
static void
print_number(const char *name, double v, bool there)
{
	if (there)
		printf("\"%s\": %.6g, ", name, v);
	else
		printf("\"%s\": null, ", name);
}

void
figure_print(const struct figure *f)
{
	static const char *const goals[] = {
		[GOAL_RATIO_AT_LEAST] = "ratio >=",
		[GOAL_RATIO_AT_MOST] = "ratio <=",
		[GOAL_VALUE_AT_LEAST] = "value >=",
		[GOAL_VALUE_AT_MOST] = "value <=",
	};

	printf("{\"name\": \"%s\", ", f->name);
	print_number("value", f->value, true);
	printf("\"unit\": \"%s\", ", f->unit);
	print_number("limit", f->limit, f->limit > 0);
	print_number("ratio", f->ratio, f->ratio > 0);
	if (f->kind == GOAL_NONE)
		printf("\"goal\": null, \"met\": null}\n");
	else
		printf("\"goal\": \"%s %g\", \"met\": %s}\n", goals[f->kind],
		    f->goal, goal_met(f) ? "true" : "false");
	(void)fflush(stdout);
}

void
bench_fail(const char *what, ...)
{
	va_list ap;

	va_start(ap, what);
	(void)fputs("bench: ", stderr);
	(void)vfprintf(stderr, what, ap);
	(void)fputc('\n', stderr);
	va_end(ap);
	exit(EXIT_FAILURE);
}

void
pin_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned)cpu, &set);
	(void)sched_setaffinity(0, sizeof(set), &set);
}
