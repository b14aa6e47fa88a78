/* insight/rule_silence.c -- what is not there: reporters that fell silent, a
 * record that is gone. */
#include "insight/past.h"
#include "insight/rules.h"

#include "base/clock.h"

/* -- a reporter's rhythm -- */

#define RHYTHM_REPORTS_MIN 7
#define MOST 0.9       /* of its gaps and delays */
#define GAPS_ALLOWED 2 /* gaps as long as most are */
#define FORGOTTEN 45   /* days: it has left, or the rhythm is too slow */
#define TOGETHER 3     /* days between those that fell silent at once */

struct rhythm {
	int64_t first, last; /* days of its reports */
	size_t n;
	int64_t gap, delay; /* most are not longer: days */
	int64_t longest;    /* gap */
};

/* The least that most do not exceed; counts of 0 to EVIDENCE_RHYTHM days. */
static int64_t
most_of(const size_t *counts, size_t n)
{
	size_t sum = 0;

	for (int64_t i = 0; i <= EVIDENCE_RHYTHM; i++) {
		sum += counts[i];
		if ((double)sum >= MOST * (double)n)
			return i;
	}
	return EVIDENCE_RHYTHM;
}

static size_t
within(int64_t days)
{
	return days < 0		     ? 0
	    : days > EVIDENCE_RHYTHM ? EVIDENCE_RHYTHM
				     : (size_t)days;
}

/* The view's days are by reporter and day; from: the reporter's first. */
static struct rhythm
rhythm_of(const struct view *v, size_t from, size_t to)
{
	size_t gaps[EVIDENCE_RHYTHM + 1] = { 0 };
	size_t delays[EVIDENCE_RHYTHM + 1] = { 0 };
	struct rhythm r = { .first = v->days[from].told.day,
		.last = v->days[to - 1].told.day,
		.n = 1 };

	for (size_t i = from; i < to; i++) {
		int64_t day = v->days[i].told.day;

		delays[within(day_of_s(v->days[i].first_received_s) - day)]++;
		if (i == from || day == v->days[i - 1].told.day)
			continue;
		gaps[within(day - v->days[i - 1].told.day)]++;
		if (day - v->days[i - 1].told.day > r.longest)
			r.longest = day - v->days[i - 1].told.day;
		r.n++;
	}
	r.delay = most_of(delays, to - from);
	r.gap = r.n > 1 ? most_of(gaps, r.n - 1) : 0;
	return r;
}

static bool
has_rhythm(const struct rhythm *r)
{
	return r->n >= RHYTHM_REPORTS_MIN;
}

static bool
is_silent(const struct view *v, const struct rhythm *r)
{
	int64_t pause = v->all->today - r->last;
	int64_t usual = GAPS_ALLOWED * r->gap;

	if (r->longest > usual)
		usual = r->longest;
	return has_rhythm(r) && pause > usual + r->delay && pause <= FORGOTTEN;
}

/* -- who goes on about other domains -- */

static const struct elsewhere *
elsewhere_of(const struct evidence *e, struct span reporter)
{
	for (size_t i = 0; i < e->nelsewhere; i++)
		if (span_eq(e->elsewhere[i].reporter, reporter))
			return &e->elsewhere[i];
	return NULL;
}

static bool
goes_on(const struct evidence *e, struct span reporter, const struct rhythm *r)
{
	const struct elsewhere *other = elsewhere_of(e, reporter);

	return other != NULL && other->last > r->last + r->gap;
}

static bool
is_silent_elsewhere(const struct evidence *e, struct span reporter,
    const struct rhythm *r)
{
	const struct elsewhere *other = elsewhere_of(e, reporter);

	return other != NULL && other->domains > 1 && !goes_on(e, reporter, r);
}

/* -- all of them -- */

/* Those that fell silent last, and at about one time. */
struct silence {
	const struct view *view;
	bool any_left; /* a regular one is not silent */
	int64_t last;  /* day of the last report of all silent ones */
	int64_t first; /* of those that fell silent then */
	size_t together, going_on;
};

static bool
is_together(const struct silence *s, const struct rhythm *r)
{
	return is_silent(s->view, r) && s->last - r->last <= TOGETHER;
}

/* fn for each reporter with its rhythm. */
static void
each(const struct view *v,
    void (*fn)(void *arg, struct span reporter, const struct rhythm *),
    void *arg)
{
	size_t from = 0, to;

	for (; from < v->ndays; from = to) {
		struct span name = v->days[from].told.reporter;
		struct rhythm r;

		for (to = from + 1;
		     to < v->ndays && span_eq(v->days[to].told.reporter, name);
		     to++)
			;
		r = rhythm_of(v, from, to);
		fn(arg, name, &r);
	}
}

static void
find_last(void *arg, struct span reporter, const struct rhythm *r)
{
	struct silence *s = arg;

	(void)reporter;
	if (is_silent(s->view, r))
		s->last = r->last > s->last ? r->last : s->last;
	else
		s->any_left |= has_rhythm(r) &&
		    s->view->all->today - r->last <= FORGOTTEN;
}

static void
count_together(void *arg, struct span reporter, const struct rhythm *r)
{
	struct silence *s = arg;

	if (!is_together(s, r))
		return;
	if (s->together == 0 || r->last < s->first)
		s->first = r->last;
	s->together++;
	s->going_on += goes_on(s->view->all, reporter, r);
}

struct silent_ones {
	const struct silence *silence;
	struct findings *out;
	struct found *vanished; /* NULL: each is a finding of its own */
};

static struct found_row
row_of(const struct view *v, struct span reporter, const struct rhythm *r)
{
	return (struct found_row){ .role = ROLE_SHOWS,
		.layer = v->layer,
		.reporter = reporter,
		.first = r->first,
		.last = r->last,
		.detail = goes_on(v->all, reporter, r)
		    ? SPAN_LIT("goes on about other domains of yours")
		    : SPAN_LIT("no report since") };
}

static void
add_silent(void *arg, struct span reporter, const struct rhythm *r)
{
	const struct silent_ones *ones = arg;
	const struct view *v = ones->silence->view;
	const struct found_row row = row_of(v, reporter, r);
	struct found f = found_of(KIND_REPORTER_SILENT, reporter, r->last,
	    v->all->today);

	if (!is_silent(v, r))
		return;
	if (ones->vanished != NULL && is_together(ones->silence, r)) {
		found_row(ones->vanished, &row);
		return;
	}
	if (is_silent_elsewhere(v->all, reporter, r)) {
		f.conclusion = CONCLUSION_REPORTER;
		f.confidence = CONFIDENCE_MEDIUM;
	} else if (goes_on(v->all, reporter, r)) {
		f.severity = SEVERITY_WARNING;
	}
	found_row(&f, &row);
	findings_add(ones->out, &f);
}

/* -- the record -- */

/* s3 */
static bool
is_record(const struct past *p)
{
	for (size_t i = 0; p != NULL && i < p->lines.n; i++) {
		struct span line = p->lines.v[i];

		if (span_take(&line, SPAN_LIT("v=TLSRPTv1")))
			return true;
	}
	return false;
}

static bool
is_record_there(const struct view *v, int64_t since)
{
	return is_record(past_of_days(v->all, PUBLISHED_TLSRPT, SPAN_LIT(""),
	    since, day_of_s(v->all->as_of_s) - 1));
}

/* We have seen it, and see it no more: before anybody falls silent. */
void
rule_record_gone(const struct view *v, struct findings *out)
{
	const struct past *newest = past_newest(v->all, PUBLISHED_TLSRPT,
	    SPAN_LIT(""));
	const struct past *was = NULL;
	struct found f;

	if (newest == NULL || is_record(newest))
		return;
	for (size_t i = 0; i < v->all->npast; i++)
		if (v->all->past[i].kind == PUBLISHED_TLSRPT &&
		    is_record(&v->all->past[i]))
			was = &v->all->past[i];
	if (was == NULL)
		return;
	f = found_of(KIND_RECORD_VANISHED, v->all->domain,
	    day_of_s(newest->first_s), day_of_s(newest->last_s));
	f.confidence = CONFIDENCE_HIGH;
	past_row(&f, was);
	past_row(&f, newest);
	findings_add(out, &f);
}

void
rule_silent(const struct view *v, struct findings *out)
{
	struct silence s = { .view = v };
	struct silent_ones ones = { &s, out, NULL };
	struct found f;

	each(v, find_last, &s);
	each(v, count_together, &s);
	f = found_of(KIND_RECORD_VANISHED, v->all->domain, s.first,
	    v->all->today);
	if (s.together >= 2 && !s.any_left)
		ones.vanished = &f;
	each(v, add_silent, &ones);
	if (ones.vanished == NULL)
		return;
	if (is_record_there(v, s.first) || s.going_on == 0)
		f.conclusion = CONCLUSION_UNKNOWN;
	else
		f.confidence = CONFIDENCE_MEDIUM;
	findings_add(out, &f);
}
