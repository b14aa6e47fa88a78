/* model/counters.h -- what a collector counts for each UTC day. */
#ifndef MODEL_COUNTERS_H
#define MODEL_COUNTERS_H

#include <stdint.h>

#include "base/num.h"

enum counter {
#define COUNTER(name, text, sentence) COUNTER_##name,
#include "model/counters.def"
#undef COUNTER
	NCOUNTERS
};

struct counters {
	uint64_t n[NCOUNTERS];
};

static inline void
counters_add(struct counters *c, enum counter which, uint64_t n)
{
	c->n[which] = count_add(c->n[which], n);
}

const char *counter_text(enum counter);
const char *counter_sentence(enum counter);

#endif
