#include "model/counters.h"

static const struct {
	const char *text, *sentence;
} rows[NCOUNTERS] = {
#define COUNTER(name, text, sentence) { text, sentence },
#include "model/counters.def"
#undef COUNTER
};

const char *
counter_text(enum counter c)
{
	return rows[c].text;
}

const char *
counter_sentence(enum counter c)
{
	return rows[c].sentence;
}
