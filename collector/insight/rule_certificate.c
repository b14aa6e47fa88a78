/* insight/rule_certificate.c -- certificates that did not verify: for all, or
 * on some paths only. */
#include "insight/rules.h"

static bool
is_letter(char a, char b)
{
	if (a >= 'A' && a <= 'Z')
		a = (char)(a - 'A' + 'a');
	return a == b || (b == ' ' && (a == '_' || a == '-'));
}

/* Lower-case words; a blank in them stands for "_" and "-", too. */
static bool
has_words(struct span text, const char *words)
{
	size_t n = strlen(words), i;

	for (; text.len >= n; text = span_skip(text, 1)) {
		for (i = 0; i < n && is_letter(text.p[i], words[i]); i++)
			;
		if (i == n)
			return true;
	}
	return false;
}

static bool
has_any(struct span text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (has_words(text, *words))
			return true;
	return false;
}

/* Some reporters have no result type for it but validation-failure. */
static bool
is_untrusted(const struct evidence_failure *f, const void *arg)
{
	static const char *const words[] = { "self signed", "unknown ca",
		"unknown authority", "local issuer", "not trusted", "untrusted",
		NULL };

	(void)arg;
	return f->result == RESULT_CERTIFICATE_NOT_TRUSTED ||
	    (f->result == RESULT_VALIDATION_FAILURE && f->type == POLICY_STS &&
		has_any(f->reason, words));
}

/* A handshake that broke says nothing about the certificate. */
static bool
is_no_match(const struct evidence_failure *f, const void *arg)
{
	static const char *const others[] = { "handshake", "time", "reset",
		"alert", "eof", NULL };

	(void)arg;
	return f->result == RESULT_VALIDATION_FAILURE &&
	    f->type == POLICY_TLSA && !has_any(f->reason, others);
}

static const uint64_t mismatch = TYPE_BIT(RESULT_CERTIFICATE_HOST_MISMATCH);
static const uint64_t expired = TYPE_BIT(RESULT_CERTIFICATE_EXPIRED);

static const struct problem {
	struct question question;
	enum finding_kind everywhere;
	/* Without others to compare with it is likely ours. */
	bool likely_ours;
} problems[] = {
	{ { is_untrusted, NULL, POLICY_STS }, KIND_CERTIFICATE_MISMATCH,
	    false },
	{ { is_of_types, &mismatch, POLICY_STS }, KIND_CERTIFICATE_MISMATCH,
	    true },
	{ { is_of_types, &expired, POLICY_STS }, KIND_CERTIFICATE_EXPIRED,
	    true },
	{ { is_no_match, NULL, POLICY_TLSA }, KIND_CERTIFICATE_MISMATCH, true },
	{ { is_untrusted, NULL, POLICY_TLSA }, KIND_CERTIFICATE_MISMATCH,
	    true },
	{ { is_of_types, &mismatch, POLICY_TLSA }, KIND_CERTIFICATE_MISMATCH,
	    true },
	{ { is_of_types, &expired, POLICY_TLSA }, KIND_CERTIFICATE_EXPIRED,
	    true },
};

/* -- TLSA records that some still have in their cache -- */

static bool
is_seen_by_another(const struct view *v, const struct seen_policy *p)
{
	for (size_t i = 0; i < v->npolicies; i++) {
		const struct evidence_policy *o = &v->policies[i].row;

		if (o->type == p->row.type && o->told.day == p->row.told.day &&
		    o->succeeded > 0 &&
		    !span_eq(o->told.reporter, p->row.told.reporter) &&
		    span_eq(o->policy_domain, p->row.policy_domain) &&
		    v->policies[i].key == p->key)
			return true;
	}
	return false;
}

#define ROLLOVER_DAYS 2 /* around those of the failures */

/* Other records were published at about that time: some have the old ones in
 * their cache still. */
static bool
is_rolled_over(const struct view *v, const struct seen_policy *p)
{
	for (size_t i = 0; i < v->npolicies; i++) {
		const struct evidence_policy *o = &v->policies[i].row;

		if (o->type == p->row.type &&
		    o->told.day >= p->row.told.day - ROLLOVER_DAYS &&
		    o->told.day <= p->row.told.day + ROLLOVER_DAYS &&
		    span_eq(o->policy_domain, p->row.policy_domain) &&
		    v->policies[i].key != p->key)
			return true;
	}
	return false;
}

/* On those days it went by records that others went by, too, and did well
 * with. */
static bool
has_current_records(const struct view *v, struct span reporter,
    const struct contrast *c)
{
	for (size_t i = 0; i < v->npolicies; i++) {
		const struct seen_policy *p = &v->policies[i];

		if (p->row.type == POLICY_TLSA && p->row.told.day >= c->first &&
		    p->row.told.day <= c->last && p->row.failed > 0 &&
		    span_eq(p->row.told.reporter, reporter) &&
		    is_seen_by_another(v, p) && !is_rolled_over(v, p))
			return true;
	}
	return false;
}

/* -- on some paths -- */

/* Under MTA-STS a list of authorities that is out of date at the reporter looks
 * the same, and so does a host that only its cache of DNS knows; TLSA records
 * need no list, and the others go by the same ones. */
static bool
is_on_path(const struct view *v, const struct problem *p, struct span reporter,
    const struct contrast *c)
{
	return p->question.policy_type == POLICY_TLSA &&
	    (contrast_is_on_path(c) || contrast_is_clear_pair(c)) &&
	    has_current_records(v, reporter, c);
}

static void
add_one(const struct grid *g, const struct problem *p, size_t reporter,
    const struct contrast *c, struct findings *out)
{
	const struct view *v = g->view;
	struct span name = v->reporters[reporter];
	bool is_expired = p->everywhere == KIND_CERTIFICATE_EXPIRED;
	struct found f = found_of(is_expired ? KIND_CERTIFICATE_EXPIRED
					     : KIND_CERTIFICATE_INTERCEPTED,
	    name, c->first, c->last);

	if (is_expired && c->extent == EXTENT_ALONE) {
		f.conclusion = CONCLUSION_REPORTER;
	} else if (!is_expired && is_on_path(v, p, name, c)) {
		f.conclusion = CONCLUSION_PATH;
		f.severity = SEVERITY_CRITICAL;
		f.confidence = c->clean > 2 && c->failed >= 10
		    ? CONFIDENCE_HIGH
		    : CONFIDENCE_MEDIUM;
	} else if (!is_expired && contrast_is_on_path(c)) {
		f.severity = SEVERITY_CRITICAL;
	}
	found_failures(&f, v, &p->question, reporter);
	found_contrast(&f, g, reporter);
	findings_add(out, &f);
}

/* -- for all -- */

struct whole {
	bool any;
	int64_t first, last;
	size_t affected;
};

static void
note_whole(struct whole *w, const struct contrast *c)
{
	if (!w->any || c->first < w->first)
		w->first = c->first;
	if (!w->any || c->last > w->last)
		w->last = c->last;
	w->any = true;
	if (c->affected + 1 > w->affected)
		w->affected = c->affected + 1;
}

static void
add_host(const struct grid *g, const struct problem *p, const struct whole *w,
    struct span host, struct findings *out)
{
	const struct view *v = g->view;
	struct span subject = host.len > 0 ? host : v->all->domain;
	struct found f = found_of(p->everywhere, subject, w->first, w->last);

	if (findings_has(out, p->everywhere, subject))
		return;
	f.confidence = w->affected > 2 ? CONFIDENCE_HIGH
	    : w->affected > 1	       ? CONFIDENCE_MEDIUM
				       : CONFIDENCE_LOW;
	found_failures(&f, v, &p->question, v->nreporters);
	findings_add(out, &f);
}

/* A finding for each MX host, but not for as many as somebody makes up. */
#define HOSTS_MAX 10

static void
add_hosts(const struct grid *g, const struct problem *p, const struct whole *w,
    struct findings *out)
{
	const struct view *v = g->view;
	size_t n = out->n;

	for (size_t i = 0; i < v->nfailures && out->n - n < HOSTS_MAX; i++) {
		const struct evidence_failure *f = &v->failures[i];

		if ((int)f->type == p->question.policy_type &&
		    f->told.day >= w->first && f->told.day <= w->last &&
		    is_news(v->all, f->received_s) &&
		    p->question.is_meant(f, p->question.arg))
			add_host(g, p, w, f->mx, out);
	}
}

static bool
is_whole(const struct problem *p, const struct contrast *c)
{
	return c->extent == EXTENT_EVERYWHERE ||
	    (p->likely_ours && c->extent == EXTENT_UNCLEAR && c->clean == 0);
}

static void
look_at(const struct view *v, const struct problem *p, struct findings *out)
{
	struct whole whole = { .any = false };
	struct contrast c;
	struct grid g;

	if (!rule_grid(v, &p->question, &g, out))
		return;
	for (size_t r = 0; r < v->nreporters; r++) {
		if (!contrast_of(&g, r, &c))
			continue;
		if (is_whole(p, &c))
			note_whole(&whole, &c);
		else
			add_one(&g, p, r, &c, out);
	}
	if (whole.any)
		add_hosts(&g, p, &whole, out);
}

void
rule_certificate(const struct view *v, struct findings *out)
{
	for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++)
		look_at(v, &problems[i], out);
}
