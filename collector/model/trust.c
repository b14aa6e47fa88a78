#include "model/trust.h"

#include <assert.h>

static const struct {
	enum trust_verdict verdict;
	const char *text, *sentence;
} verdicts[] = {
#define TRUST_VERDICT(code, name, text, sentence) \
	{ TRUST_##name, text, sentence },
#include "model/trust_verdicts.def"
#undef TRUST_VERDICT
};

#define NVERDICTS (sizeof(verdicts) / sizeof(verdicts[0]))

static const struct {
	const char *text, *sentence;
} reasons[TRUST_REASONS] = {
#define TRUST_REASON(bit, name, text, sentence) [bit] = { text, sentence },
#include "model/trust_reasons.def"
#undef TRUST_REASON
};

enum err
trust_verdict_from_code(int64_t code, enum trust_verdict *ret)
{
	for (size_t i = 0; i < NVERDICTS; i++)
		if ((int64_t)verdicts[i].verdict == code) {
			*ret = verdicts[i].verdict;
			return E_OK;
		}
	return E_ABSENT;
}

enum err
trust_verdict_from_text(struct span text, enum trust_verdict *ret)
{
	for (size_t i = 0; i < NVERDICTS; i++)
		if (span_eq(span_str(verdicts[i].text), text)) {
			*ret = verdicts[i].verdict;
			return E_OK;
		}
	return E_ABSENT;
}

static size_t
row(enum trust_verdict verdict)
{
	size_t i = 0;

	while (i < NVERDICTS && verdicts[i].verdict != verdict)
		i++;
	assert(i < NVERDICTS);
	return i;
}

const char *
trust_verdict_text(enum trust_verdict verdict)
{
	return verdicts[row(verdict)].text;
}

const char *
trust_verdict_sentence(enum trust_verdict verdict)
{
	return verdicts[row(verdict)].sentence;
}

const char *
trust_reason_text(enum trust_reason reason)
{
	assert(reason < TRUST_REASONS);
	return reasons[reason].text;
}

const char *
trust_reason_sentence(enum trust_reason reason)
{
	assert(reason < TRUST_REASONS);
	return reasons[reason].sentence;
}

enum trust_rank
trust_rank_of(int64_t verdict)
{
	return verdict == TRUST_AUTHENTICATED  ? TRUST_RANK_AUTHENTICATED
	    : verdict == TRUST_UNAUTHENTICATED ? TRUST_RANK_UNAUTHENTICATED
					       : TRUST_RANK_NOT_COUNTED;
}
