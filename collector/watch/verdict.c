#include <stdarg.h>
#include <stdio.h>

#include "codec/sts_record.h"
#include "codec/tlsa.h"
#include "watch/published.h"

#define TEXT_MAX 1024

/* -- saying -- */

static struct complaint *add(struct published *p, struct span subject,
    const char *fmt, va_list ap) PRINTF(3, 0);

static struct complaint *
add(struct published *p, struct span subject, const char *fmt, va_list ap)
{
	char text[TEXT_MAX];
	struct complaint *c;

	if (p->ncomplaints == PUBLISHED_COMPLAINTS_MAX)
		return NULL;
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	c = &p->complaints[p->ncomplaints++];
	*c = (struct complaint){
		.is_measured = true,
		.subject = subject,
		.text = arena_copy(&p->arena, span_str(text)),
	};
	return c;
}

/* Wrong, and told by reporters as this. */
static void wrong(struct published *p, struct span subject,
    enum result_type type, const char *fmt, ...) PRINTF(4, 5);

static void
wrong(struct published *p, struct span subject, enum result_type type,
    const char *fmt, ...)
{
	struct complaint *c;
	va_list ap;

	va_start(ap, fmt);
	c = add(p, subject, fmt, ap);
	va_end(ap);
	if (c == NULL)
		return;
	c->has_type = true;
	c->type = type;
}

/* Wrong, and told by nobody; or, if not measured, perhaps not wrong. */
static void say(struct published *p, struct span subject, bool is_measured,
    const char *fmt, ...) PRINTF(4, 5);

static void
say(struct published *p, struct span subject, bool is_measured, const char *fmt,
    ...)
{
	struct complaint *c;
	va_list ap;

	va_start(ap, fmt);
	c = add(p, subject, fmt, ap);
	va_end(ap);
	if (c != NULL)
		c->is_measured = is_measured;
}

/* Whether there is an answer, be it none. */
static bool
is_answered(struct published *p, struct span subject,
    const struct dns_question *q, const char *what)
{
	if (q->outcome == TXT_FOUND || q->outcome == TXT_NONE)
		return true;
	if (q->dnssec == DNSSEC_BOGUS)
		wrong(p, subject, RESULT_DNSSEC_INVALID, "%s: %.*s", what,
		    SPAN_ARG(q->why));
	else
		say(p, subject, false, "%s: %.*s", what, SPAN_ARG(q->why));
	return false;
}

/* -- the domain -- */

static void
judge_tlsrpt(struct published *p)
{
	struct why why = { { 0 } };
	struct span txt;
	enum err e;

	if (!is_answered(p, p->domain, &p->tlsrpt, "the TLSRPT record") ||
	    p->record_err == E_OK || p->record_err == E_ABSENT)
		return;
	e = tlsrpt_record_select(p->tlsrpt.records, &txt, &why);
	if (e == E_OK)
		e = tlsrpt_record_parse(txt, &p->arena, &p->record, &why);
	if (e != E_OK)
		say(p, p->domain, true,
		    "the TLSRPT record: %s; nobody reports by it", why.text);
}

/* RFC 8460 s4.3.2.2 */
static void
judge_fetch(struct published *p)
{
	const struct policy_fetch *f = &p->fetch;
	struct why why = { { 0 } };

	if (!p->is_fetched) {
		if (p->sts_a.outcome == TXT_NONE &&
		    p->sts_aaaa.outcome == TXT_NONE)
			wrong(p, p->domain, RESULT_STS_POLICY_FETCH_ERROR,
			    "the policy host has no address");
		else
			(void)is_answered(p, p->domain,
			    p->sts_a.outcome == TXT_NONE ? &p->sts_aaaa
							 : &p->sts_a,
			    "the policy host");
		return;
	}
	switch (f->outcome) {
	case POLICY_AWAY:
		say(p, p->domain, false, "the policy: %s", f->why.text);
		break;
	case POLICY_UNTRUSTED:
		wrong(p, p->domain, RESULT_STS_WEBPKI_INVALID, "the policy: %s",
		    f->why.text);
		break;
	case POLICY_REFUSED:
		wrong(p, p->domain, RESULT_STS_POLICY_FETCH_ERROR,
		    "the policy: %s", f->why.text);
		break;
	case POLICY_FETCHED:
		if (!p->has_policy &&
		    sts_policy_parse(buf_span(&p->policy_file), &p->policy,
			&why) != E_OK)
			wrong(p, p->domain, RESULT_STS_POLICY_INVALID,
			    "the policy: %s", why.text);
		else if (!f->is_plain_text)
			wrong(p, p->domain, RESULT_STS_POLICY_FETCH_ERROR,
			    "the policy is not text/plain, by which some "
			    "senders refuse it");
		break;
	}
}

static void
judge_sts(struct published *p)
{
	struct why why = { { 0 } };
	struct span id;

	if (!is_answered(p, p->domain, &p->sts, "the MTA-STS record"))
		return;
	if (p->sts_err == E_OK)
		judge_fetch(p);
	else if (p->sts_err != E_ABSENT &&
	    sts_record_read(p->sts.records, &id, &why) != E_OK)
		say(p, p->domain, true,
		    "the MTA-STS record: %s; senders take it for none",
		    why.text);
}

/* -- a host -- */

static bool
has_sts(const struct published *p)
{
	return p->has_policy && p->policy.mode != STS_MODE_NONE;
}

static void
judge_certificate(struct published *p, const struct published_host *h)
{
	static const enum result_type types[] = {
		[PROBE_EXPIRED] = RESULT_CERTIFICATE_EXPIRED,
		[PROBE_NOT_YET_VALID] = RESULT_VALIDATION_FAILURE,
		[PROBE_OTHER_NAME] = RESULT_CERTIFICATE_HOST_MISMATCH,
		[PROBE_NOT_TRUSTED] = RESULT_CERTIFICATE_NOT_TRUSTED,
	};

	/* Without a policy senders take any certificate. */
	if (has_sts(p) && h->probe.trust != PROBE_TRUSTED)
		wrong(p, h->name, types[h->probe.trust], "the certificate: %s",
		    h->probe.trust_why.text);
	if (h->usable.n > 0 && !h->probe.dane_matches)
		wrong(p, h->name, RESULT_VALIDATION_FAILURE,
		    "no TLSA record matches the certificate: %s",
		    h->probe.dane_why.text);
}

static void
judge_tlsa(struct published *p, const struct published_host *h)
{
	struct tlsa t;
	const char *words = "too short";

	if (!is_answered(p, h->name, &h->tlsa, "the TLSA records") ||
	    !published_host_has_dane(p, h) || h->usable.n > 0)
		return;
	if (tlsa_read(h->tlsa.records.v[0], &t, NULL) == E_OK)
		words = tlsa_unusable(&t);
	wrong(p, h->name, RESULT_TLSA_INVALID, "no TLSA record is usable: %s",
	    words);
}

static void
judge_host(struct published *p, const struct published_host *h)
{
	if (has_sts(p) && !h->sts_allows)
		wrong(p, h->name, RESULT_VALIDATION_FAILURE,
		    "no mx of the policy allows this host");
	(void)is_answered(p, h->name, &h->a, "its IPv4 address");
	(void)is_answered(p, h->name, &h->aaaa, "its IPv6 address");
	judge_tlsa(p, h);
	switch (h->probe.outcome) {
	case PROBE_AWAY:
		say(p, h->name, false, "%s", h->probe.why.text);
		break;
	case PROBE_NO_STARTTLS:
		wrong(p, h->name, RESULT_STARTTLS_NOT_SUPPORTED, "%s",
		    h->probe.why.text);
		break;
	case PROBE_NO_HANDSHAKE:
		wrong(p, h->name, RESULT_VALIDATION_FAILURE, "%s",
		    h->probe.why.text);
		break;
	case PROBE_TLS:
		judge_certificate(p, h);
		break;
	}
}

void
verdict_add(struct published *p)
{
	(void)is_answered(p, p->domain, &p->mx, "the MX records");
	judge_tlsrpt(p);
	judge_sts(p);
	for (size_t i = 0; i < p->nhosts; i++)
		judge_host(p, &p->hosts[i]);
}
