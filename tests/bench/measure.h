/* tests/bench/measure.h -- times, medians, and figures as .ci/bench reads them.
 *
 * A machine is noisy, and none is like another: what is measured and its limit
 * take turns in one run, and the figure is the median of the rounds. */
#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

#define ROUNDS_MAX 256

struct rounds {
	double v[ROUNDS_MAX];
	size_t n;
};

enum goal_kind {
	GOAL_NONE, /* for the reader */
	GOAL_RATIO_AT_LEAST,
	GOAL_RATIO_AT_MOST,
	GOAL_VALUE_AT_LEAST,
	GOAL_VALUE_AT_MOST,
};

struct figure {
	const char *name; /* "decode.datagram" */
	double value;
	const char *unit;
	double limit; /* of this machine, in the same unit; 0: none measured */
	double ratio; /* value / limit, or the median over the rounds */
	enum goal_kind kind;
	double goal;
};

int64_t mono_ns(void);
/* What this process, or all its ended children, have used of the processor. */
int64_t cpu_self_ns(void);
int64_t cpu_children_ns(void);

void rounds_add(struct rounds *, double);
double rounds_median(const struct rounds *);
/* Median of a[i] / b[i]. */
double rounds_ratio(const struct rounds *a, const struct rounds *b);

/* One line of JSON on stdout. */
void figure_print(const struct figure *);

/* End the program with a line that says what could not be done. */
_Noreturn void bench_fail(const char *what, ...)
    __attribute__((format(printf, 1, 2)));

/* Run on this processor only, if there is one of that number. */
void pin_to(int cpu);

#endif
