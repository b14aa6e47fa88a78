/* insight/rule_reports.c -- the reports themselves: far too many, contradicting
 * each other; and our own days that are late. */
#include "insight/rules.h"

#include "base/clock.h"

/* -- flood -- */

#define FLOOD_DAYS 14	   /* before, to compare with */
#define FLOOD_MIN 50	   /* reports in a day */
#define FLOOD_TIMES 10	   /* as many as on the worst day before */
#define FLOOD_BEFORE_MIN 5 /* days with reports, to compare with */

struct flood {
	uint64_t today, worst;
	uint64_t days[FLOOD_DAYS + 1];
};

/* authenticated: those of the reporter; else all others. */
static bool
belongs(const struct evidence_day *d, const struct view *v, size_t reporter)
{
	return reporter < v->nreporters
	    ? layer_of(&d->told) == LAYER_AUTHENTICATED &&
		span_eq(d->told.reporter, v->reporters[reporter])
	    : layer_of(&d->told) != LAYER_AUTHENTICATED;
}

static struct flood
flood_of(const struct view *v, size_t reporter)
{
	const struct evidence *e = v->all;
	struct flood f = { 0, 0, { 0 } };

	for (size_t i = 0; i < e->ndays; i++) {
		const struct evidence_day *d = &e->days[i];
		int64_t ago = e->today - day_of_s(d->received_s);

		if (ago >= 0 && ago <= FLOOD_DAYS && belongs(d, v, reporter))
			f.days[ago] += d->reports;
	}
	f.today = f.days[0];
	for (size_t i = 1; i <= FLOOD_DAYS; i++)
		if (f.days[i] > f.worst)
			f.worst = f.days[i];
	return f;
}

/* On how many of the days before anything came at all. */
static size_t
days_before(const struct evidence *e)
{
	bool any[FLOOD_DAYS + 1] = { false };
	size_t n = 0;

	for (size_t i = 0; i < e->ndays; i++) {
		int64_t ago = e->today - day_of_s(e->days[i].received_s);

		if (ago > 0 && ago <= FLOOD_DAYS)
			any[ago] = true;
	}
	for (size_t i = 1; i <= FLOOD_DAYS; i++)
		n += any[i];
	return n;
}

static void
look_for_flood(const struct view *v, size_t reporter, struct findings *out)
{
	const struct evidence *e = v->all;
	struct flood flood = flood_of(v, reporter);
	bool vouched = reporter < v->nreporters;
	struct found f = found_of(KIND_REPORT_FLOOD,
	    vouched ? v->reporters[reporter] : e->domain, e->today, e->today);

	if (flood.today < FLOOD_MIN || flood.today < FLOOD_TIMES * flood.worst)
		return;
	if (vouched)
		f.conclusion = CONCLUSION_REPORTER;
	for (size_t i = 0; i < e->ndays; i++) {
		const struct evidence_day *d = &e->days[i];

		if (day_of_s(d->received_s) != e->today ||
		    !belongs(d, v, reporter))
			continue;
		found_row(&f,
		    &(const struct found_row){ .role = ROLE_SHOWS,
			.layer = layer_of(&d->told),
			.reporter = d->told.reporter,
			.intake = d->told.intake,
			.first = d->told.day,
			.last = d->told.day,
			.sessions = d->sessions,
			.failed = d->failed });
	}
	findings_add(out, &f);
}

void
rule_flood(const struct view *v, struct findings *out)
{
	if (v->layer != LAYER_AUTHENTICATED ||
	    days_before(v->all) < FLOOD_BEFORE_MIN)
		return;
	for (size_t r = 0; r <= v->nreporters; r++)
		look_for_flood(v, r, out);
}

/* -- against what is authenticated -- */

#define CLAIMS_MAX 20 /* findings; a flood is one of its own */
#define CLAIMED_MIN 3
#define CLAIMED_RATE_MIN 0.05
#define WITNESSES_MIN 2
#define EXPECTED_MIN 5.0
#define TENTH 0.1

/* Of those who are vouched for on that day. */
struct witnesses {
	bool has_same; /* the reporter itself is among them */
	uint64_t same_failed, same_sessions;
	size_t n; /* others that would have failures, and have not */
	double expected;
};

static struct witnesses
witnesses_of(const struct view *v, const struct evidence_day *claim)
{
	double rate = (double)claim->failed / (double)claim->sessions;
	struct witnesses w = { .n = 0 };

	for (size_t i = 0; i < v->ndays; i++) {
		const struct evidence_day *d = &v->days[i];
		double expected = rate * (double)d->sessions;

		if (d->told.day != claim->told.day)
			continue;
		if (span_eq(d->told.reporter, claim->told.reporter)) {
			w.has_same = true;
			w.same_failed += d->failed;
			w.same_sessions += d->sessions;
		} else if (expected >= 1 &&
		    (double)d->failed < TENTH * expected) {
			w.n++;
			w.expected += expected;
		}
	}
	return w;
}

static bool
is_far_less(uint64_t n, uint64_t than)
{
	return than >= CLAIMED_MIN && (double)n < TENTH * (double)than;
}

static bool
is_contradicted(const struct view *v, const struct evidence_day *claim)
{
	struct witnesses w = witnesses_of(v, claim);

	/* The same day told twice: half of it may be another part of it. */
	if (w.has_same)
		return is_far_less(w.same_failed, claim->failed) ||
		    (2 * claim->sessions >= w.same_sessions &&
			is_far_less(claim->failed, w.same_failed));
	return claim->failed >= CLAIMED_MIN &&
	    (double)claim->failed >=
	    CLAIMED_RATE_MIN * (double)claim->sessions &&
	    w.n >= WITNESSES_MIN && w.expected >= EXPECTED_MIN;
}

static void
add_claim(const struct view *v, const struct evidence_day *claim,
    struct findings *out)
{
	struct found f = found_of(KIND_CONTRADICTION, claim->told.reporter,
	    claim->told.day, claim->told.day);

	found_row(&f,
	    &(const struct found_row){ .role = ROLE_SHOWS,
		.layer = layer_of(&claim->told),
		.reporter = claim->told.reporter,
		.intake = claim->told.intake,
		.first = claim->told.day,
		.last = claim->told.day,
		.sessions = claim->sessions,
		.failed = claim->failed });
	for (size_t i = 0; i < v->ndays; i++)
		if (v->days[i].told.day == claim->told.day)
			found_row(&f,
			    &(const struct found_row){ .role = ROLE_CONTRAST,
				.layer = v->layer,
				.reporter = v->days[i].told.reporter,
				.intake = v->days[i].told.intake,
				.first = claim->told.day,
				.last = claim->told.day,
				.sessions = v->days[i].sessions,
				.failed = v->days[i].failed });
	findings_add(out, &f);
}

void
rule_contradiction(const struct view *v, struct findings *out)
{
	const struct evidence *e = v->all;
	size_t first = out->n;

	if (v->layer != LAYER_AUTHENTICATED)
		return;
	for (size_t i = 0; i < e->ndays && out->n - first < CLAIMS_MAX; i++) {
		const struct evidence_day *d = &e->days[i];
		enum layer layer = layer_of(&d->told);

		if ((layer == LAYER_POSTED || layer == LAYER_UNCOUNTED) &&
		    d->sessions > 0 && is_news(e, d->received_s) &&
		    is_contradicted(v, d))
			add_claim(v, d, out);
	}
}

/* -- our own days -- */

#define LATE_S (S_PER_DAY + 7200) /* a day of grace, and a little */
#define LATE_DAYS 7

void
rule_day_late(const struct view *v, struct findings *out)
{
	const struct evidence *e = v->all;

	if (v->layer != LAYER_AUTHENTICATED)
		return;
	for (size_t i = 0; i < e->nown_days; i++) {
		const struct own_day *d = &e->own_days[i];
		int64_t end_s = day_end_s(d->day);
		bool is_open = d->closed_s == 0 || d->closed_s > e->as_of_s;
		int64_t until_s = is_open ? e->as_of_s : d->closed_s;
		char text[DAY_TEXT_SIZE];
		struct found f;

		if (d->day < e->today - LATE_DAYS || until_s - end_s <= LATE_S)
			continue;
		day_text(d->day, text);
		f = found_of(KIND_DAY_LATE,
		    arena_copy(v->arena, span_str(text)), d->day, d->day);
		found_row(&f,
		    &(const struct found_row){ .role = ROLE_SHOWS,
			.layer = LAYER_AUTHENTICATED,
			.first = d->day,
			.last = d->day,
			.detail = is_open ? SPAN_LIT("open still")
					  : SPAN_LIT("closed late") });
		findings_add(out, &f);
	}
}
