/* insight/rule_policy.c -- MTA-STS policies: not fetched, others than the
 * others', not found. */
#include "base/clock.h"
#include "insight/past.h"
#include "insight/rules.h"

#define FETCH_FAILED_MIN 2

static const uint64_t fetch = TYPE_BIT(RESULT_STS_POLICY_FETCH_ERROR) |
    TYPE_BIT(RESULT_STS_POLICY_INVALID) | TYPE_BIT(RESULT_STS_WEBPKI_INVALID);
/* What only the policy host itself can be the cause of, mostly. */
static const uint64_t own_fault = TYPE_BIT(RESULT_STS_POLICY_INVALID) |
    TYPE_BIT(RESULT_STS_WEBPKI_INVALID);
static const struct question fetch_question = { is_of_types, &fetch, 0 };

/* -- fetching -- */

static bool
has_own_fault(const struct view *v, size_t reporter, const struct contrast *c)
{
	for (size_t i = 0; i < v->nfailures; i++) {
		const struct evidence_failure *f = &v->failures[i];

		if (f->told.day >= c->first && f->told.day <= c->last &&
		    span_eq(f->told.reporter, v->reporters[reporter]) &&
		    is_of_types(f, &own_fault))
			return true;
	}
	return false;
}

/* One finding for all of whom it is ours, and one for each other. */
static void
add_fetch(const struct grid *g, size_t reporter, const struct contrast *c,
    struct findings *out)
{
	const struct view *v = g->view;
	bool everywhere = c->extent == EXTENT_EVERYWHERE ||
	    (c->extent == EXTENT_UNCLEAR && has_own_fault(v, reporter, c));
	struct found f = found_of(KIND_POLICY_FETCH_FAILING,
	    everywhere ? v->all->domain : v->reporters[reporter], c->first,
	    c->last);

	if (everywhere) {
		f.confidence = c->affected > 1 ? CONFIDENCE_HIGH
					       : CONFIDENCE_MEDIUM;
	} else {
		f.conclusion = CONCLUSION_UNKNOWN;
		f.severity = SEVERITY_INFO;
	}
	found_failures(&f, v, &fetch_question,
	    everywhere ? v->nreporters : reporter);
	found_contrast(&f, g, everywhere ? v->nreporters : reporter);
	findings_add(out, &f);
}

void
rule_policy_fetch(const struct view *v, struct findings *out)
{
	struct contrast c;
	struct grid g;

	if (!rule_grid(v, &fetch_question, &g, out))
		return;
	for (size_t r = 0; r < v->nreporters; r++)
		if (contrast_of(&g, r, &c) &&
		    (c.failed >= FETCH_FAILED_MIN || c.affected > 0))
			add_fetch(&g, r, &c, out);
}

/* -- another policy than the others' -- */

static bool
is_whole_sts(const struct seen_policy *p)
{
	return p->row.type == POLICY_STS && p->mode != STS_MODE_NOT_TOLD;
}

static bool
is_of(const struct seen_policy *p, struct span reporter)
{
	return span_eq(p->row.told.reporter, reporter);
}

/* What each reporter went by last; NULL: none. */
static const struct seen_policy **
lasts_of(const struct view *v)
{
	const struct seen_policy **lasts = arena_zalloc(v->arena,
	    (v->nreporters + 1) * sizeof(struct seen_policy *));

	for (size_t i = 0; lasts != NULL && i < v->npolicies; i++) {
		const struct seen_policy *p = &v->policies[i];
		size_t r = view_reporter(v, p->row.told.reporter);

		if (is_whole_sts(p) && r < v->nreporters &&
		    (lasts[r] == NULL ||
			p->row.told.day >= lasts[r]->row.told.day))
			lasts[r] = p;
	}
	return lasts;
}

struct opinions {
	size_t same, other; /* reporters, by the last that they went by */
	int64_t other_day;  /* the last of another policy */
};

static void
note_opinion(const struct seen_policy *own, const struct seen_policy *last,
    struct opinions *o)
{
	if (last == NULL || last == own ||
	    last->row.told.day + 2 < own->row.told.day)
		return;
	if (last->key == own->key) {
		o->same++;
		return;
	}
	o->other++;
	if (last->row.told.day > o->other_day)
		o->other_day = last->row.told.day;
}

static struct opinions
opinions_on(const struct view *v, const struct seen_policy *own,
    const struct seen_policy *const *lasts)
{
	struct opinions o = { .other_day = 0 };

	for (size_t r = 0; r < v->nreporters; r++)
		note_opinion(own, lasts[r], &o);
	return o;
}

/* By another one, at any time. */
static bool
was_seen(const struct view *v, const struct seen_policy *own)
{
	for (size_t i = 0; i < v->npolicies; i++)
		if (is_whole_sts(&v->policies[i]) &&
		    !is_of(&v->policies[i], own->row.told.reporter) &&
		    v->policies[i].key == own->key)
			return true;
	return false;
}

static int64_t
first_day_of(const struct view *v, const struct seen_policy *own)
{
	int64_t first = own->row.told.day;

	for (size_t i = 0; i < v->npolicies; i++)
		if (is_whole_sts(&v->policies[i]) &&
		    is_of(&v->policies[i], own->row.told.reporter) &&
		    v->policies[i].row.told.day < first &&
		    v->policies[i].key == own->key)
			first = v->policies[i].row.told.day;
	return first;
}

static void
add_policy_row(struct found *f, const struct seen_policy *p,
    enum found_role role)
{
	found_row(f,
	    &(const struct found_row){ .role = role,
		.layer = layer_of(&p->row.told),
		.reporter = p->row.told.reporter,
		.intake = p->row.told.intake,
		.first = p->row.told.day,
		.last = p->row.told.day,
		.sessions = p->row.succeeded + p->row.failed,
		.failed = p->row.failed,
		.detail = p->row.strings });
}

/* Nobody else had it before, and the others do not get it: not even a cache
 * lets a new policy take so many days to all but one. */
#define FORGED_DAYS 3

static void
add_seen(const struct view *v, const struct seen_policy *own,
    const struct opinions *o, const struct seen_policy *const *lasts,
    struct findings *out)
{
	bool is_old = was_seen(v, own);
	struct found f = found_of(KIND_POLICY_STALE, own->row.told.reporter,
	    is_old ? own->row.told.day : first_day_of(v, own),
	    own->row.told.day);

	if (!is_old) {
		if (f.last - f.first < FORGED_DAYS)
			return;
		f.conclusion = CONCLUSION_UNKNOWN;
		f.severity = SEVERITY_WARNING;
	} else {
		f.confidence = o->other > 2 ? CONFIDENCE_HIGH
					    : CONFIDENCE_MEDIUM;
	}
	add_policy_row(&f, own, ROLE_SHOWS);
	for (size_t r = 0; r < v->nreporters && f.nrows < 6; r++)
		if (lasts[r] != NULL && lasts[r]->key != own->key)
			add_policy_row(&f, lasts[r], ROLE_CONTRAST);
	findings_add(out, &f);
}

/* By what was published, where that is known. */
static void
add_by_past(const struct seen_policy *own, enum past_policy was,
    const struct past *published, struct findings *out)
{
	struct found f = found_of(KIND_POLICY_STALE, own->row.told.reporter,
	    own->row.told.day, own->row.told.day);

	f.confidence = was == PAST_POLICY_STALE ? CONFIDENCE_HIGH
						: CONFIDENCE_MEDIUM;
	if (was == PAST_POLICY_NEVER) {
		f.conclusion = CONCLUSION_UNKNOWN;
		f.severity = SEVERITY_WARNING;
	}
	add_policy_row(&f, own, ROLE_SHOWS);
	past_row(&f, published);
	findings_add(out, &f);
}

/* True: what was published says all that there is to say. */
static bool
look_at_past(const struct view *v, const struct seen_policy *own,
    struct findings *out)
{
	const struct past *published;
	enum past_policy was = past_policy(v->all, own, &published);

	if (was == PAST_POLICY_NOT_KNOWN ||
	    (was == PAST_POLICY_NEVER && was_seen(v, own)))
		return false;
	if (was == PAST_POLICY_STALE || was == PAST_POLICY_NEVER)
		add_by_past(own, was, published, out);
	return true;
}

void
rule_policy_seen(const struct view *v, struct findings *out)
{
	const struct seen_policy **lasts = lasts_of(v);

	if (lasts == NULL)
		out->err = E_NOMEM;
	for (size_t r = 0; lasts != NULL && r < v->nreporters; r++) {
		const struct seen_policy *own = lasts[r];
		struct opinions o;

		if (own == NULL ||
		    own->row.told.day < v->all->today - EVIDENCE_ACTIVE ||
		    look_at_past(v, own, out))
			continue;
		o = opinions_on(v, own, lasts);
		if (o.other >= 2 && o.other > 2 * o.same &&
		    o.other_day >= own->row.told.day)
			add_seen(v, own, &o, lasts, out);
	}
}

/* -- none found -- */

#define FOUND_SHARE_MIN 0.9 /* of sessions: a policy is found */
#define NONE_SHARE_MIN 0.5
#define FOUND_DAYS_MIN 3
#define NONE_SESSIONS_MIN 3

struct share {
	uint64_t under, without; /* sessions */
};

static struct share
share_of(const struct view *v, struct span reporter, int64_t day)
{
	struct share s = { 0, 0 };

	for (size_t i = 0; i < v->npolicies; i++) {
		const struct evidence_policy *p = &v->policies[i].row;

		if (p->told.day != day || !span_eq(p->told.reporter, reporter))
			continue;
		if (p->type == POLICY_NO_POLICY_FOUND)
			s.without += p->succeeded + p->failed;
		else
			s.under += p->succeeded + p->failed;
	}
	return s;
}

static bool
has_found(struct share s)
{
	return s.under > 0 &&
	    (double)s.under >= FOUND_SHARE_MIN * (double)(s.under + s.without);
}

static bool
has_none(struct share s)
{
	return s.without >= NONE_SESSIONS_MIN &&
	    (double)s.without > NONE_SHARE_MIN * (double)(s.under + s.without);
}

struct lookups {
	int64_t first, last; /* days without, lately */
	uint64_t sessions;
	size_t found_days; /* before */
	bool any;
};

/* By days from the last one back: without, and before that with. */
static struct lookups
lookups_of(const struct view *v, struct span reporter)
{
	struct lookups l = { .any = false };

	for (int64_t day = v->all->today; day >= v->all->today - EVIDENCE_DAYS;
	     day--) {
		struct share s = share_of(v, reporter, day);

		if (s.under + s.without == 0)
			continue;
		if (l.found_days == 0 && has_none(s)) {
			l.last = l.any ? l.last : day;
			l.first = day;
			l.sessions += s.without;
			l.any = true;
		} else if (!l.any) {
			return l;
		} else {
			l.found_days += has_found(s);
		}
	}
	return l;
}

/* Who found one on those days, and who, having found one before, did not. */
static void
count_others(const struct view *v, size_t own, const struct lookups *l,
    size_t *ret_found, size_t *ret_none)
{
	*ret_found = *ret_none = 0;
	for (size_t r = 0; r < v->nreporters; r++) {
		struct lookups other;
		bool found = false;

		if (r == own)
			continue;
		for (int64_t day = l->first; day <= l->last; day++)
			found |= has_found(share_of(v, v->reporters[r], day));
		other = lookups_of(v, v->reporters[r]);
		*ret_none += other.any && other.found_days >= FOUND_DAYS_MIN;
		*ret_found += found;
	}
}

static bool
is_stripped(const struct findings *out, struct span reporter)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->v[i].kind == KIND_STARTTLS_STRIPPED &&
		    out->v[i].conclusion == CONCLUSION_PATH &&
		    span_eq(out->v[i].subject, reporter))
			return true;
	return false;
}

/* What others find tells less than what was published. */
static void
conclude_by_past(const struct past *published, struct found *f)
{
	if (published == NULL)
		return;
	past_row(f, published);
	if (!past_is_policy(published)) {
		f->conclusion = CONCLUSION_CONFIGURATION;
		f->confidence = CONFIDENCE_HIGH;
	} else if (f->conclusion == CONCLUSION_CONFIGURATION) {
		f->conclusion = CONCLUSION_UNKNOWN;
		f->confidence = CONFIDENCE_LOW;
	}
}

static void
add_not_found(const struct view *v, size_t reporter, const struct lookups *l,
    size_t found, size_t none, struct findings *out)
{
	const struct past *published = past_of_days(v->all, PUBLISHED_POLICY,
	    SPAN_LIT(""), l->first, l->last);
	bool everywhere = none > 0 && none + 1 > found;
	struct found f = found_of(KIND_POLICY_NOT_FOUND,
	    everywhere ? v->all->domain : v->reporters[reporter], l->first,
	    l->last);

	if (everywhere) {
		f.conclusion = CONCLUSION_CONFIGURATION;
		f.confidence = none > 1 ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
	} else if (found > 1 && is_stripped(out, v->reporters[reporter])) {
		f.conclusion = CONCLUSION_PATH;
		f.confidence = CONFIDENCE_MEDIUM;
		f.severity = SEVERITY_CRITICAL;
	}
	for (size_t i = 0; i < v->npolicies; i++) {
		const struct seen_policy *p = &v->policies[i];

		if (p->row.told.day >= l->first && p->row.told.day <= l->last &&
		    p->row.type == POLICY_NO_POLICY_FOUND &&
		    is_of(p, v->reporters[reporter]))
			add_policy_row(&f, p, ROLE_SHOWS);
	}
	conclude_by_past(published, &f);
	findings_add(out, &f);
}

/* Nobody else need tell of it, if it was there, or was not. */
static bool
is_known(const struct view *v, const struct lookups *l)
{
	return past_of_days(v->all, PUBLISHED_POLICY, SPAN_LIT(""), l->first,
		   l->last) != NULL;
}

void
rule_policy_not_found(const struct view *v, struct findings *out)
{
	for (size_t r = 0; r < v->nreporters; r++) {
		struct lookups l = lookups_of(v, v->reporters[r]);
		size_t found, none;

		if (!l.any || l.found_days < FOUND_DAYS_MIN ||
		    l.last < v->all->today - EVIDENCE_ACTIVE)
			continue;
		count_others(v, r, &l, &found, &none);
		if (found > 0 || none > 0 || is_known(v, &l))
			add_not_found(v, r, &l, found, none, out);
	}
}
