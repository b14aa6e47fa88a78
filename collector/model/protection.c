#include "model/protection.h"

#include "model/sts.h"

static const struct {
	const char *text, *sentence;
} protections[] = {
#define PROTECTION(name, text, sentence) { text, sentence },
#include "model/protections.def"
#undef PROTECTION
}, effects[] = {
#define FAILURE_EFFECT(name, text, sentence) { text, sentence },
#include "model/failure_effects.def"
#undef FAILURE_EFFECT
};

/* RFC 7672 s2.1.1, s3.1: usage 2 or 3, a selector and a matching type that are
 * known. */
static bool
is_usable(struct span record)
{
	struct span usage = span_until(&record, ' ');
	struct span selector = span_until(&record, ' ');
	struct span matching = span_until(&record, ' ');

	return (span_eq(usage, SPAN_LIT("2")) ||
		   span_eq(usage, SPAN_LIT("3"))) &&
	    (span_eq(selector, SPAN_LIT("0")) ||
		span_eq(selector, SPAN_LIT("1"))) &&
	    (span_eq(matching, SPAN_LIT("0")) ||
		span_eq(matching, SPAN_LIT("1")) ||
		span_eq(matching, SPAN_LIT("2"))) &&
	    record.len > 0;
}

/* RFC 7672 s2.2: with TLSA records of which none is usable, TLS is a must and
 * nobody is verified. */
static bool
verifies_by_dane(const struct policy *p, bool tlsa_invalid)
{
	if (tlsa_invalid)
		return false;
	for (size_t i = 0; i < p->strings.n; i++)
		if (is_usable(p->strings.v[i]))
			return true;
	return false;
}

static enum protection
protection_by_sts(enum sts_mode mode)
{
	switch (mode) {
	case STS_MODE_ENFORCE:
		return PROTECTION_AUTHENTICATED;
	case STS_MODE_TESTING:
		return PROTECTION_TESTING;
	case STS_MODE_NONE:
		return PROTECTION_ENCRYPTED;
	case STS_MODE_NOT_TOLD:
		break;
	}
	return PROTECTION_NOT_TOLD;
}

enum protection
protection_of(const struct policy *p, bool is_known, bool tlsa_invalid)
{
	if (!is_known)
		return PROTECTION_NOT_TOLD;
	if (p->type == POLICY_STS)
		return protection_by_sts(sts_mode(p));
	if (p->type == POLICY_TLSA && verifies_by_dane(p, tlsa_invalid))
		return PROTECTION_AUTHENTICATED;
	return PROTECTION_ENCRYPTED;
}

enum failure_effect
failure_effect_of(const struct policy *p, bool is_known, bool tlsa_invalid)
{
	if (!is_known)
		return FAILURE_EFFECT_NOT_TOLD;
	if (p->type == POLICY_STS && sts_mode(p) == STS_MODE_TESTING)
		return FAILURE_EFFECT_WEAKER;
	if (p->type == POLICY_STS && sts_mode(p) == STS_MODE_ENFORCE)
		return FAILURE_EFFECT_NOT_DELIVERED;
	return p->type == POLICY_TLSA && !tlsa_invalid
	    ? FAILURE_EFFECT_NOT_DELIVERED
	    : FAILURE_EFFECT_NOT_TOLD;
}

const char *
protection_text(enum protection p)
{
	return protections[p].text;
}

const char *
protection_sentence(enum protection p)
{
	return protections[p].sentence;
}

const char *
failure_effect_text(enum failure_effect effect)
{
	return effects[effect].text;
}

const char *
failure_effect_sentence(enum failure_effect effect)
{
	return effects[effect].sentence;
}
