#include "codec/report_trust.h"

#include "base/ascii.h"
#include "model/org_domain.h"

#define REASON(name) (UINT32_C(1) << TRUST_REASON_##name)

/* What becomes of a signature. */
enum standing {
	VOUCHES,
	FAILS,
	GONE,	 /* too late to tell */
	UNKNOWN, /* until DNS answers */
};

/* -- what our mail server said -- */

/* RFC 6008 s3: header.b is how b= begins, which may be folded. */
static bool
begins_with(struct span b_text, struct span begin)
{
	for (; begin.len > 0 && b_text.len > 0; b_text = span_skip(b_text, 1)) {
		if (ascii_is_one_of(b_text.p[0], " \t\r\n"))
			continue;
		if (b_text.p[0] != begin.p[0])
			return false;
		begin = span_skip(begin, 1);
	}
	return begin.len == 0;
}

static bool
is_about(const struct auth_result *r, const struct dkim_signature *sig)
{
	if (r->domain.len > 0 ? !span_eq(r->domain, sig->domain)
			      : !span_eq(r->identity, sig->identity))
		return false;
	if (r->selector.len > 0 && !span_eq(r->selector, sig->selector))
		return false;
	return begins_with(sig->b_text, r->signature);
}

static bool
server_passed(const struct auth_results *results,
    const struct dkim_signature *sig)
{
	for (size_t i = 0; results != NULL && i < results->n; i++)
		if (span_eq(results->v[i].result, SPAN_LIT("pass")) &&
		    is_about(&results->v[i], sig))
			return true;
	return false;
}

/* -- one signature -- */

static enum standing
judge_key_use(const struct dkim_judgement *j, const struct trust_policy *policy,
    uint32_t *reasons)
{
	if (j->for_all || j->for_tlsrpt || (j->for_email && policy->email_keys))
		return VOUCHES;
	*reasons |= j->for_email ? REASON(KEY_FOR_EMAIL)
				 : REASON(KEY_FOR_OTHERS);
	return FAILS;
}

static enum standing
judge_without_key(const struct trust_evidence *e,
    const struct trust_policy *policy, size_t i, uint32_t *reasons)
{
	if (server_passed(e->results, &e->signatures->v[i])) {
		*reasons |= REASON(MAIL_SERVER);
		return VOUCHES;
	}
	if (e->judgements[i].fault == DKIM_FAULT_KEY_UNKNOWN) {
		*reasons |= REASON(KEY_UNKNOWN);
		return UNKNOWN;
	}
	if (e->age_s >= policy->gone_after_s) {
		*reasons |= REASON(KEY_GONE);
		return GONE;
	}
	*reasons |= REASON(SIGNATURE_FAILS);
	return FAILS;
}

static enum standing
judge_signature(const struct trust_evidence *e,
    const struct trust_policy *policy, size_t i, uint32_t *reasons)
{
	/* s3: DKIM signatures MUST NOT use l=. */
	if (e->signatures->v[i].has_length) {
		*reasons |= REASON(LENGTH);
		return FAILS;
	}
	switch (e->judgements[i].fault) {
	case DKIM_FAULT_NONE:
		return judge_key_use(&e->judgements[i], policy, reasons);
	case DKIM_FAULT_KEY_UNKNOWN:
	case DKIM_FAULT_KEY_ABSENT:
	case DKIM_FAULT_KEY_REVOKED:
		return judge_without_key(e, policy, i, reasons);
	default:
		*reasons |= REASON(SIGNATURE_FAILS);
		return FAILS;
	}
}

/* -- whose it is -- */

static bool
is_aligned(struct span domain, const struct trust_evidence *e,
    uint32_t *reasons)
{
	uint32_t against = 0;

	if (e->from.len == 0)
		against |= REASON(FROM_UNKNOWN);
	else if (!org_domain_is_same(domain, e->from))
		against |= REASON(FROM_UNALIGNED);
	if (e->contact.len > 0 && !org_domain_is_same(domain, e->contact))
		against |= REASON(CONTACT_UNALIGNED);
	if (e->submitter.len > 0 && !org_domain_is_same(domain, e->submitter))
		against |= REASON(SUBMITTER_UNALIGNED);
	if (e->contact.len == 0)
		*reasons |= REASON(NO_CONTACT);
	*reasons |= against;
	return against == 0;
}

/* -- all of them -- */

struct sum {
	struct trust trust; /* signature is set once one vouches */
	uint32_t against;   /* reasons of those that do not */
	size_t failed;
	bool waits;
};

/* The first that is aligned is as good as it gets, else the first that vouches
 * is. */
static void
add_signature(struct sum *s, const struct trust_evidence *e,
    const struct trust_policy *policy, size_t i)
{
	uint32_t reasons = 0;
	enum standing standing = judge_signature(e, policy, i, &reasons);

	s->failed += standing == FAILS;
	s->waits |= standing == UNKNOWN;
	if (standing != VOUCHES)
		s->against |= reasons;
	else if (is_aligned(e->signatures->v[i].domain, e, &reasons))
		s->trust = (struct trust){ TRUST_AUTHENTICATED, reasons, i,
			false };
	else if (s->trust.signature == TRUST_NO_SIGNATURE)
		s->trust = (struct trust){ TRUST_UNALIGNED, reasons, i, false };
}

static void
set_without(struct sum *s, const struct dkim_signatures *all)
{
	s->trust.reasons = s->against;
	if (s->failed > 0) {
		s->trust.verdict = TRUST_FAILED;
	} else if (all->n > 0) {
		s->trust.verdict = TRUST_UNVERIFIABLE;
	} else {
		s->trust.verdict = TRUST_UNSIGNED;
		s->trust.reasons |= REASON(NO_SIGNATURE);
	}
}

struct trust
report_trust_mail(const struct trust_evidence *e,
    const struct trust_policy *policy)
{
	struct sum s = { .trust.signature = TRUST_NO_SIGNATURE };

	for (size_t i = 0;
	     i < e->signatures->n && s.trust.verdict != TRUST_AUTHENTICATED;
	     i++)
		add_signature(&s, e, policy, i);
	if (s.trust.signature == TRUST_NO_SIGNATURE)
		set_without(&s, e->signatures);
	s.trust.may_turn_better = s.waits &&
	    s.trust.verdict != TRUST_AUTHENTICATED;
	if (e->signatures->left_out > 0)
		s.trust.reasons |= REASON(SIGNATURES_LEFT_OUT);
	return s.trust;
}

struct trust
report_trust_https(void)
{
	return (struct trust){ TRUST_UNAUTHENTICATED, REASON(HTTPS),
		TRUST_NO_SIGNATURE, false };
}
