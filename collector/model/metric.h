/* model/metric.h -- what the roles count since the service was started. */
#ifndef MODEL_METRIC_H
#define MODEL_METRIC_H

#include <stddef.h>
#include <stdint.h>

enum metric {
#define METRIC(name, text, role, label, words, sentence) METRIC_##name,
#include "model/metrics.def"
#undef METRIC
	NMETRICS
};

#define METRIC_WORDS 64 /* values of a label, at most */
/* Places of shared_counts from here on are free. */
#define METRIC_COUNTS ((size_t)NMETRICS * METRIC_WORDS)

struct metric_row {
	const char *name, *role, *label, *sentence; /* label NULL: none */
	/* Of the label; NULL: no such value. */
	const char *(*word)(unsigned);
};

const struct metric_row *metric_row(enum metric);

/* word: the label's value, 0 without one. One atomic addition. */
void metric_add(enum metric, unsigned word, uint64_t n);
uint64_t metric_get(enum metric, unsigned word);

#endif
