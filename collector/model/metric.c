#include "model/metric.h"

#include "base/shared_counts.h"
#include "model/counters.h"
#include "model/delivery_state.h"

_Static_assert(METRIC_COUNTS <= SHARED_COUNTS, "no room for all metrics");
_Static_assert(NCOUNTERS <= METRIC_WORDS, "no room for all counters");

static const char *
counted_word(unsigned word)
{
	return word < NCOUNTERS ? counter_text((enum counter)word) : NULL;
}

static const char *
state_word(unsigned word)
{
	enum delivery_state state;

	return delivery_state_from_code(word, &state) == E_OK
	    ? delivery_state_text(state)
	    : NULL;
}

static const struct metric_row rows[NMETRICS] = {
#define METRIC(name, text, role, label, words, sentence) \
	{ text, role, label, sentence, words },
#include "model/metrics.def"
#undef METRIC
};

const struct metric_row *
metric_row(enum metric m)
{
	return &rows[m];
}

void
metric_add(enum metric m, unsigned word, uint64_t n)
{
	shared_counts_add((size_t)m * METRIC_WORDS + word, n);
}

uint64_t
metric_get(enum metric m, unsigned word)
{
	return shared_counts_get((size_t)m * METRIC_WORDS + word);
}
