#include "model/levels.h"

#include "model/limits.h"

static const struct {
	const char *text, *sentence;
} levels[] = {
#define LEVEL(code, name, text, sentence) [(code)-1] = { text, sentence },
#include "model/levels.def"
#undef LEVEL
};

_Static_assert(sizeof(levels) / sizeof(levels[0]) == NLEVELS, "");

enum err
level_from_text(struct span text, enum level *ret)
{
	for (int i = 0; i < NLEVELS; i++)
		if (span_eq(text, span_str(levels[i].text))) {
			*ret = (enum level)(i + 1);
			return E_OK;
		}
	return E_ABSENT;
}

const char *
level_text(enum level level)
{
	return levels[level - 1].text;
}

const char *
level_sentence(enum level level)
{
	return levels[level - 1].sentence;
}

enum level
level_of_success(enum protection p)
{
	switch (p) {
	case PROTECTION_AUTHENTICATED:
		return LEVEL_AUTHENTICATED;
	case PROTECTION_TESTING:
		return LEVEL_TESTING;
	default:
		return LEVEL_ENCRYPTED;
	}
}

enum level
level_of_failure(enum failure_effect effect)
{
	return effect == FAILURE_EFFECT_NOT_DELIVERED ? LEVEL_NOT_SENT
						      : LEVEL_CLEARTEXT;
}

/* Those of the policies whose sessions are of that level; 0: of all. */
static struct session_totals
totals_at(const struct level_policy *v, size_t n, int level)
{
	struct policy_totals totals[INCOMING_POLICIES_MAX];
	struct session_totals ret;

	for (size_t i = 0; i < n; i++) {
		totals[i] = v[i].totals;
		if (level != 0 && (int)v[i].succeeded != level)
			totals[i].succeeded = (struct told_count){ 0, false };
		if (level != 0 && (int)v[i].failed != level)
			totals[i].failed = (struct told_count){ 0, false };
	}
	session_totals(totals, n, &ret);
	return ret;
}

static uint64_t
take_off(uint64_t *rest, uint64_t wanted)
{
	uint64_t n = wanted < *rest ? wanted : *rest;

	*rest -= n;
	return n < LEVEL_COUNT_MAX ? n : LEVEL_COUNT_MAX;
}

void
levels_of(const struct level_policy *v, size_t n, struct levels *ret)
{
	const struct session_totals all = totals_at(v, n, 0);
	uint64_t succeeded = all.succeeded.n, failed = all.failed.n;

	ret->is_told = all.succeeded.is_told || all.failed.is_told;
	for (int l = LEVEL_AUTHENTICATED; l < LEVEL_ENCRYPTED; l++)
		ret->n[l - 1] = take_off(&succeeded,
		    totals_at(v, n, l).succeeded.n);
	ret->n[LEVEL_ENCRYPTED - 1] = take_off(&succeeded, succeeded);
	ret->n[LEVEL_NOT_SENT - 1] = take_off(&failed,
	    totals_at(v, n, LEVEL_NOT_SENT).failed.n);
	ret->n[LEVEL_CLEARTEXT - 1] = take_off(&failed, failed);
}
