#include "intake/judge.h"

#include "base/clock.h"
#include "codec/dkim_fields.h"
#include "codec/lines.h"

#define LINE_MAX 1024

/* Keys for e-mail only are not for reports: s3. */
static const struct trust_policy policy = {
	.email_keys = false,
	.gone_after_s = TRUST_GONE_AFTER_S,
};

int64_t
judge_again_s(int64_t received_s, int64_t now_s)
{
	int64_t age_s = now_s - received_s;

	if (age_s < JUDGE_AGAIN_MIN_S)
		age_s = JUDGE_AGAIN_MIN_S;
	return now_s + (age_s < JUDGE_AGAIN_MAX_S ? age_s : JUDGE_AGAIN_MAX_S);
}

/* -- why, in the words of the store -- */

static void
add_line(struct buf *out, struct span line)
{
	lines_join(out, (struct span_list){ &line, 1 });
}

static void
add_reasons(uint32_t reasons, struct buf *out)
{
	for (int i = 0; i < TRUST_REASONS; i++)
		if (trust_has(reasons, (enum trust_reason)i))
			add_line(out,
			    span_str(trust_reason_text((enum trust_reason)i)));
}

/* As Authentication-Results would say it. Only names that could have a key are
 * fit to be repeated. */
static void
add_signature(const struct proof *p, size_t i, struct buf *out)
{
	const struct dkim_signature *sig = &p->signatures.v[i];
	const enum dkim_fault fault = p->judgements[i].fault;
	struct buf line = BUF_INIT(LINE_MAX);

	buf_addf(&line, "dkim=%s", dkim_result_text(dkim_fault_result(fault)));
	if (fault != DKIM_FAULT_NONE)
		buf_addf(&line, " reason=%s", dkim_fault_text(fault));
	if (sig->key_name.len > 0)
		buf_addf(&line, " d=%.*s s=%.*s dnssec=%s",
		    SPAN_ARG(sig->domain), SPAN_ARG(sig->selector),
		    dnssec_text(p->dnssec[i]));
	add_line(out, buf_span(&line));
	buf_free(&line);
}

static enum err
explain(struct judge_case *c, const struct trust *trust, struct take_trust *ret)
{
	buf_clear(&c->text);
	add_reasons(trust->reasons, &c->text);
	for (size_t i = 0; c->proof != NULL && i < c->proof->signatures.n; i++)
		add_signature(c->proof, i, &c->text);
	ret->trust = buf_span(&c->text);
	return c->text.err;
}

/* -- the verdict -- */

static struct trust
trust_in_mail(const struct proof *p, const struct examined *x,
    const struct examined_report *r)
{
	const struct trust_evidence evidence = {
		.signatures = &p->signatures,
		.judgements = p->judgements,
		.results = p->has_results ? &p->results : NULL,
		.from = p->from,
		.contact = r->contact,
		.submitter = x->submitter,
		.age_s = p->age_s,
	};

	return report_trust_mail(&evidence, &policy);
}

/* While a key may still be had nothing is certain, but for what is as good as
 * it gets. */
static void
weigh(const struct judge_case *c, const struct trust *trust,
    struct take_trust *ret)
{
	const int64_t now_s = clock_wall_s(c->judge->clock);
	const int64_t received_s = c->facts->received_ns / NS_PER_S;

	ret->verdict = trust->verdict;
	ret->rank = trust->verdict == TRUST_AUTHENTICATED
	    ? TRUST_RANK_AUTHENTICATED
	    : TRUST_RANK_NOT_COUNTED;
	if (!trust->may_turn_better)
		return;
	if (c->judge->ask != NULL && now_s - received_s < JUDGE_WAIT_S) {
		ret->verdict = 0;
		ret->due_s = judge_again_s(received_s, now_s);
	} else if (trust->verdict == TRUST_FAILED) {
		ret->verdict = TRUST_UNVERIFIABLE;
	}
}

/* s5.3: TLS-Report-Domain SHOULD be signed; only then does it say anything. */
static struct span
signed_domain(const struct proof *p, const struct examined *x,
    const struct trust *trust)
{
	return trust->verdict == TRUST_AUTHENTICATED &&
		dkim_fields_name(p->signatures.v[trust->signature].names,
		    EXAMINED_DOMAIN_FIELD)
	    ? x->domain
	    : SPAN_LIT("");
}

/* s3: a mail counts only if its signature verifies; nothing vouches for what is
 * posted. */
enum err
judge_report(void *arg, const struct examined *x,
    const struct examined_report *r, struct take_trust *ret)
{
	struct judge_case *c = arg;
	struct trust trust;

	if (c->proof == NULL) {
		trust = report_trust_https();
		ret->verdict = trust.verdict;
		ret->rank = TRUST_RANK_UNAUTHENTICATED;
	} else {
		trust = trust_in_mail(c->proof, x, r);
		weigh(c, &trust, ret);
		ret->domain = signed_domain(c->proof, x, &trust);
	}
	return explain(c, &trust, ret);
}
