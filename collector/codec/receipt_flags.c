#include "codec/receipt_flags.h"

#include "base/clock.h"
#include "codec/lines.h"

#define WEEK_S (7 * S_PER_DAY)
#define MONTH_S (31 * S_PER_DAY)

static const struct deviation {
	struct span name;
	const char *sentence;
} notes[] = {
#define REPORT_NOTE(name, sentence) { { #name, sizeof(#name) - 1 }, sentence },
#include "codec/report_notes.def"
#undef REPORT_NOTE
}, flags[] = {
#define RECEIPT_FLAG(name, counts, sentence) \
	{ { #name, sizeof(#name) - 1 }, sentence },
#include "codec/receipt_flags.def"
#undef RECEIPT_FLAG
};

/* -- totals -- */

static struct told_count
told(const struct incoming_count *c)
{
	return (struct told_count){ c->n, c->given == INCOMING_GIVEN };
}

static void
elements(const struct incoming_report *r, struct policy_totals *ret)
{
	for (size_t i = 0; i < r->npolicies; i++)
		ret[i] = (struct policy_totals){
			.policy = &r->policies[i].policy,
			.is_known = r->policies[i].known,
			.succeeded = told(&r->policies[i].succeeded),
			.failed = told(&r->policies[i].failed),
			.owner = SPAN_LIT(""),
		};
}

void
report_totals(const struct incoming_report *r, const struct span *owners,
    struct session_totals *ret)
{
	struct policy_totals v[INCOMING_POLICIES_MAX];

	elements(r, v);
	for (size_t i = 0; owners != NULL && i < r->npolicies; i++)
		v[i].owner = owners[i];
	session_totals(v, r->npolicies, ret);
}

void
report_owners(const struct incoming_report *r, struct span *ret)
{
	struct policy_totals v[INCOMING_POLICIES_MAX];

	elements(r, v);
	session_owners(v, r->npolicies, ret);
}

/* -- flags -- */

static uint32_t
if_so(bool so, enum receipt_flag flag)
{
	return so ? UINT32_C(1) << flag : 0;
}

uint32_t
receipt_flags(const struct incoming_report *r,
    const struct session_totals *totals, int64_t received_s)
{
	const int64_t latest_s = received_s + RECEIPT_CLOCK_ALLOWANCE_S;
	/* The end is the last second of the range. */
	const int64_t range_s = r->has_start && r->has_end
	    ? r->end_s - r->start_s + 1
	    : 0;

	return if_so(r->has_start && r->start_s > latest_s,
		   RECEIPT_FLAG_START_IN_FUTURE) |
	    if_so(r->has_end && r->end_s > latest_s,
		RECEIPT_FLAG_END_IN_FUTURE) |
	    if_so(range_s > WEEK_S, RECEIPT_FLAG_RANGE_OVER_WEEK) |
	    if_so(range_s > MONTH_S, RECEIPT_FLAG_RANGE_OVER_MONTH) |
	    if_so(totals->is_capped, RECEIPT_FLAG_TOTALS_CAPPED);
}

bool
receipt_flags_count(uint32_t set)
{
	static const bool counts[] = {
#define RECEIPT_FLAG(name, counts, sentence) counts,
#include "codec/receipt_flags.def"
#undef RECEIPT_FLAG
	};

	for (unsigned i = 0; i < NRECEIPT_FLAGS; i++)
		if ((set >> i & 1) != 0 && !counts[i])
			return false;
	return true;
}

/* -- names -- */

static void
join(struct buf *out, uint64_t set, const struct deviation *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct span name = v[i].name;

		if ((set >> i & 1) != 0)
			lines_join(out, (struct span_list){ &name, 1 });
	}
}

void
deviations_join(struct buf *out, uint64_t note_set, uint32_t flag_set)
{
	join(out, note_set, notes, NREPORT_NOTES);
	join(out, flag_set, flags, NRECEIPT_FLAGS);
}

static const char *
find(const struct deviation *v, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(v[i].name, name))
			return v[i].sentence;
	return NULL;
}

const char *
deviation_sentence(struct span name)
{
	const char *sentence = find(notes, NREPORT_NOTES, name);

	return sentence != NULL ? sentence : find(flags, NRECEIPT_FLAGS, name);
}
