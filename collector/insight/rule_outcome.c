/* insight/rule_outcome.c -- what failures did: mail that was not sent, or was
 * sent without authentication; DANE against MTA-STS. */
#include "insight/rules.h"
#include "model/levels.h"

/* -- enforced, or in testing -- */

#define FAILED_MIN 3
#define RATE_MIN 0.05

static bool
has_level(const struct evidence_failure *f, const void *level)
{
	return f->level == *(const int64_t *)level &&
	    f->type != POLICY_NO_POLICY_FOUND;
}

struct sum {
	int64_t first, last;
	uint64_t failed, sessions;
	size_t affected, reporters;
	bool everywhere;
};

static void
add_up(struct sum *s, const struct contrast *c)
{
	if (s->reporters == 0 || c->first < s->first)
		s->first = c->first;
	if (s->reporters == 0 || c->last > s->last)
		s->last = c->last;
	s->failed += c->failed;
	s->sessions += c->sessions;
	s->everywhere |= c->extent == EXTENT_EVERYWHERE;
	s->reporters++;
}

static void
look_at_level(const struct view *v, int64_t level, struct span subject,
    enum finding_severity severity, struct findings *out)
{
	const struct question q = { has_level, &level, 0 };
	struct sum s = { .reporters = 0 };
	struct contrast c;
	struct found f;
	struct grid g;

	if (!rule_grid(v, &q, &g, out))
		return;
	for (size_t r = 0; r < v->nreporters; r++)
		if (contrast_of(&g, r, &c) && c.rate >= RATE_MIN)
			add_up(&s, &c);
	if (s.failed < FAILED_MIN)
		return;
	f = found_of(KIND_ENFORCE_FAILURES, subject, s.first, s.last);
	f.severity = severity;
	if (s.everywhere) {
		f.conclusion = CONCLUSION_CONFIGURATION;
		f.confidence = s.reporters > 2 ? CONFIDENCE_HIGH
					       : CONFIDENCE_MEDIUM;
	}
	found_failures(&f, v, &q, v->nreporters);
	findings_add(out, &f);
}

void
rule_enforce(const struct view *v, struct findings *out)
{
	look_at_level(v, LEVEL_NOT_SENT, SPAN_LIT("enforce"), SEVERITY_CRITICAL,
	    out);
	look_at_level(v, LEVEL_CLEARTEXT, SPAN_LIT("testing"), SEVERITY_WARNING,
	    out);
}

/* -- DANE against MTA-STS -- */

#define PAIR_FAILED_MIN 3
#define PAIR_BAD 0.2
#define PAIR_GOOD 0.02

struct outcome {
	uint64_t sessions, failed;
};

/* Of the last days: what failed long ago is no news. */
static void
outcomes_of(const struct view *v, struct span reporter, int64_t day,
    struct outcome *sts, struct outcome *tlsa)
{
	*sts = *tlsa = (struct outcome){ 0, 0 };
	for (size_t i = 0; i < v->npolicies; i++) {
		const struct evidence_policy *p = &v->policies[i].row;
		struct outcome *to = p->type == POLICY_STS ? sts : tlsa;

		if (p->told.day != day || p->type == POLICY_NO_POLICY_FOUND ||
		    !span_eq(p->told.reporter, reporter))
			continue;
		to->sessions += p->succeeded + p->failed;
		to->failed += p->failed;
	}
}

static bool
is_bad(const struct outcome *o)
{
	return o->failed >= PAIR_FAILED_MIN &&
	    (double)o->failed >= PAIR_BAD * (double)o->sessions;
}

static bool
is_good(const struct outcome *o)
{
	return o->sessions >= PAIR_FAILED_MIN &&
	    (double)o->failed <= PAIR_GOOD * (double)o->sessions;
}

static void
add_pair(struct found *f, const struct view *v, struct span reporter,
    int64_t day, const struct outcome *bad, const char *what)
{
	if (f->nrows == 0 || day < f->first)
		f->first = day;
	if (f->nrows == 0 || day > f->last)
		f->last = day;
	found_row(f,
	    &(const struct found_row){ .role = ROLE_SHOWS,
		.layer = v->layer,
		.reporter = reporter,
		.first = day,
		.last = day,
		.sessions = bad->sessions,
		.failed = bad->failed,
		.detail = span_str(what) });
}

void
rule_dane_sts(const struct view *v, struct findings *out)
{
	struct found f = found_of(KIND_DANE_STS, v->all->domain, 0, 0);
	struct outcome sts, tlsa;
	size_t reporters = 0, rows;

	for (size_t r = 0; r < v->nreporters; r++) {
		rows = f.nrows;
		for (int64_t day = v->all->today - EVIDENCE_ACTIVE;
		     day <= v->all->today; day++) {
			outcomes_of(v, v->reporters[r], day, &sts, &tlsa);
			if (is_bad(&tlsa) && is_good(&sts))
				add_pair(&f, v, v->reporters[r], day, &tlsa,
				    "DANE fails");
			else if (is_bad(&sts) && is_good(&tlsa))
				add_pair(&f, v, v->reporters[r], day, &sts,
				    "MTA-STS fails");
		}
		reporters += f.nrows > rows;
	}
	if (f.nrows == 0)
		return;
	f.confidence = reporters > 1 ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW;
	findings_add(out, &f);
}
