#include "model/readiness.h"

#define DAYS_MIN 14
#define REPORTERS_MIN 2
#define SESSIONS_MIN 100

#define REASON(name) (1U << READINESS_REASON_##name)

static const char *const sentences[] = {
#define READINESS(name, sentence) sentence,
#include "model/readiness.def"
#undef READINESS
};

/* What keeps it from being told. */
static unsigned
gaps_of(const struct readiness_basis *b)
{
	unsigned gaps = 0;

	if (b->sessions == 0)
		return REASON(NO_TESTING);
	gaps |= b->days < DAYS_MIN ? REASON(FEW_DAYS) : 0;
	gaps |= b->reporters < REPORTERS_MIN ? REASON(FEW_REPORTERS) : 0;
	gaps |= b->sessions < SESSIONS_MIN ? REASON(FEW_SESSIONS) : 0;
	gaps |= b->uncounted > 0 ? REASON(UNCOUNTED) : 0;
	gaps |= b->silent > 0 ? REASON(SILENT) : 0;
	return gaps;
}

enum readiness
readiness_of(const struct readiness_basis *b, unsigned *reasons)
{
	*reasons = b->enforced > 0 ? REASON(ENFORCED) : 0;
	if (b->failures > 0) {
		*reasons |= REASON(FAILURES);
		return READINESS_NO;
	}
	*reasons |= gaps_of(b);
	if ((*reasons & ~REASON(ENFORCED)) != 0)
		return READINESS_UNKNOWN;
	*reasons |= REASON(ALL_WELL);
	return READINESS_YES;
}

const char *
readiness_text(enum readiness r)
{
	return r == READINESS_YES ? "yes"
	    : r == READINESS_NO	  ? "no"
				  : "unknown";
}

const char *
readiness_sentence(enum readiness_reason reason)
{
	return sentences[reason];
}
