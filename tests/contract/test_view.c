/* The store contract: what pages ask. The counts are those of inbox_estate.h,
 * by hand. */
#include <libpq-fe.h>
#include <sqlite3.h>

#include "base/buf.h"
#include "inbox_estate.h"
#include "store/store_view.h"

#define T(text) SPAN_LIT(text)
#define TEXT_SIZE 2048
#define BIT(code) (INT64_C(1) << (code))

static void
add(char *text, const char *word)
{
	size_t n = strlen(text);

	(void)snprintf(text + n, TEXT_SIZE - n, "%s%s", n == 0 ? "" : " ",
	    word);
}

/* What counts, by mail and by HTTPS told apart. */
static struct view_filter
counted(const char *domain)
{
	return (struct view_filter){ .allowed = T(""),
		.domain = span_str(domain),
		.first = DAY,
		.last = DAY + 9,
		.states = BIT(INBOX_COUNTED),
		.verdicts = BIT(TRUST_AUTHENTICATED) |
		    BIT(TRUST_UNAUTHENTICATED),
		.reporter = T(""),
		.mx = T(""),
		.receiving_ip = T(""),
		.sending_ip = T("") };
}

/* -- domains, reporters -- */

static enum err
note_sum(void *arg, const struct view_sum *s)
{
	const uint64_t *n = s->levels.n;
	char word[128];

	(void)snprintf(word, sizeof(word), "%.*s:%d/%d=%d+%d+%d+%d+%dx%d",
	    SPAN_ARG(s->domain), (int)s->state, (int)s->verdict, (int)n[0],
	    (int)n[1], (int)n[2], (int)n[3], (int)n[4], (int)s->reports);
	add(arg, word);
	return E_OK;
}

static void
assert_domains(struct fixture *f, const struct view_filter *filter,
    const char *want)
{
	char text[TEXT_SIZE] = "";
	struct why why = { { 0 } };

	assert_ok_why(store_view_domains(f->store, filter, note_sum, text,
			  &why),
	    &why);
	assert_string_equal(want, text);
}

#define OF_A                                                         \
	"a.example:1/1=90+0+40+2+10x3 a.example:1/3=0+0+0+0+1000x1 " \
	"a.example:2/5=0+0+7+0+0x1 a.example:3/1=90+0+0+0+10x1"
#define OF_B "b.example:1/1=0+30+0+3+0x1"

static void
test_domains_are_summed(void **state)
{
	struct fixture *f = *state;
	struct view_filter filter = counted("");

	tell_estate(f);
	assert_domains(f, &filter, ":6/0=0+0+0+0+0x1 " OF_A " " OF_B);
	filter.allowed = T("|b.example|");
	assert_domains(f, &filter, OF_B);
	filter.allowed = T("|b.example|a.example|");
	assert_domains(f, &filter, OF_A " " OF_B);
	filter.allowed = T("|");
	assert_domains(f, &filter, "");
	filter.allowed = T("");
	filter.domain = T("b.example");
	assert_domains(f, &filter, OF_B);
	filter.first = DAY + 1;
	assert_domains(f, &filter, "");
	/* Neither a part of a name nor a pattern. */
	filter = counted("");
	filter.allowed = T("|xb.example|.example|%|_.example|");
	assert_domains(f, &filter, "");
}

struct lines {
	char v[32][128];
	size_t n;
};

static enum err
note_line(void *arg, const struct view_sum *s)
{
	struct lines *lines = arg;

	(void)snprintf(lines->v[lines->n++], sizeof(lines->v[0]),
	    "%lld %.*s %d/%d %d %llu %d", (long long)s->day,
	    SPAN_ARG(s->domain), (int)s->state, (int)s->verdict,
	    (int)s->reports, (unsigned long long)levels_sessions(&s->levels),
	    (int)s->worst_type);
	return E_OK;
}

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* As they are told one by one. */
static void
test_days_of_some_domains(void **state)
{
	struct view_filter a = counted("a.example"), b = counted("b.example"),
			   some = counted("");
	struct lines got = { .n = 0 }, want = { .n = 0 };
	struct fixture *f = *state;

	tell_estate(f);
	assert_ok(store_view_days(f->store, &a, note_line, &want, NULL));
	assert_ok(store_view_days(f->store, &b, note_line, &want, NULL));
	some.allowed = T("|b.example|none.example|a.example|");
	assert_ok(store_view_days_of(f->store, &some, note_line, &got, NULL));
	qsort(want.v, want.n, sizeof(want.v[0]), compare_lines);
	qsort(got.v, got.n, sizeof(got.v[0]), compare_lines);
	assert_int_equal(want.n, got.n);
	for (size_t i = 0; i < want.n; i++)
		assert_string_equal(want.v[i], got.v[i]);
	some.allowed = T("|");
	got.n = 0;
	assert_ok(store_view_days_of(f->store, &some, note_line, &got, NULL));
	assert_int_equal(0, got.n);
}

static enum err
note_owned(void *arg, const struct view_domain *d)
{
	char word[128];

	(void)snprintf(word, sizeof(word), "%.*s@%lld", SPAN_ARG(d->domain),
	    (long long)(d->received_s / 86400));
	add(arg, word);
	return E_OK;
}

static void
test_owned_domains_are_paged(void **state)
{
	struct view_filter filter = counted("");
	struct fixture *f = *state;
	char text[TEXT_SIZE] = "", want[128];

	tell_estate(f);
	(void)snprintf(want, sizeof(want), "a.example@%d b.example@%d", DAY + 3,
	    DAY + 1);
	assert_ok(store_view_owned(f->store, &filter, T(""), 2, note_owned,
	    text, NULL));
	assert_string_equal(want, text);
	text[0] = '\0';
	assert_ok(store_view_owned(f->store, &filter, T("b.example"), 2,
	    note_owned, text, NULL));
	assert_string_equal("c.example@0", text);
	filter.allowed = T("|c.example|");
	text[0] = '\0';
	assert_ok(store_view_owned(f->store, &filter, T(""), 9, note_owned,
	    text, NULL));
	assert_string_equal("c.example@0", text);
}

static void
test_the_newest_report_is_one_that_counts(void **state)
{
	struct view_filter filter = counted("");
	struct fixture *f = *state;
	int64_t s = -1;

	assert_ok(store_view_newest(f->store, &filter, &s, NULL));
	assert_int_equal(0, s);
	tell_estate(f);
	assert_ok(store_view_newest(f->store, &filter, &s, NULL));
	assert_int_equal((DAY + 3) * INT64_C(86400) + 3600, s);
	filter.allowed = T("|b.example|");
	assert_ok(store_view_newest(f->store, &filter, &s, NULL));
	assert_int_equal((DAY + 1) * INT64_C(86400) + 3600, s);
	filter.allowed = T("|c.example|");
	assert_ok(store_view_newest(f->store, &filter, &s, NULL));
	assert_int_equal(0, s);
}

static enum err
note_reporter(void *arg, const struct view_reporter *r)
{
	char word[128];

	(void)snprintf(word, sizeof(word), "%.*s:%d..%d/%dx%d=%d",
	    SPAN_ARG(r->reporter), (int)(r->first - DAY), (int)(r->last - DAY),
	    (int)r->days, (int)r->reports, (int)r->sessions);
	add(arg, word);
	return E_OK;
}

static void
assert_reporters(struct fixture *f, const struct view_filter *filter,
    const char *want)
{
	char text[TEXT_SIZE] = "";
	struct why why = { { 0 } };

	assert_ok_why(store_view_reporters(f->store, filter, DAY - 60,
			  note_reporter, text, &why),
	    &why);
	assert_string_equal(want, text);
}

static enum err
note_count(void *arg, struct span domain, uint64_t n)
{
	char word[64];

	(void)snprintf(word, sizeof(word), "%.*s=%d", SPAN_ARG(domain), (int)n);
	if (n > 0)
		add(arg, word);
	return E_OK;
}

static void
assert_counts(struct fixture *f, const struct view_filter *filter,
    const char *want)
{
	char text[512] = "";
	struct why why = { { 0 } };

	assert_ok_why(store_view_reporter_counts(f->store, filter, note_count,
			  text, &why),
	    &why);
	assert_string_equal(want, text);
}

static void
test_reporters_and_their_days(void **state)
{
	struct view_filter filter = counted("");
	struct fixture *f = *state;
	uint64_t n = 0;

	tell_estate(f);
	/* m.example's one report is about two domains. */
	assert_reporters(f, &filter,
	    "evil.example:0..0/1x1=1000 g.example:0..2/2x2=100 "
	    "m.example:0..0/1x2=75");
	filter.verdicts = BIT(TRUST_AUTHENTICATED);
	filter.first = DAY + 1;
	assert_reporters(f, &filter,
	    "g.example:0..2/2x1=0 m.example:0..0/1x0=0");
	filter.first = DAY;
	filter.allowed = T("|b.example|");
	assert_reporters(f, &filter, "m.example:0..0/1x1=33");
	filter = counted("a.example");
	assert_ok(store_view_reporter_count(f->store, &filter, &n, NULL));
	assert_int_equal(3, n);
	filter.verdicts = BIT(TRUST_AUTHENTICATED);
	assert_ok(store_view_reporter_count(f->store, &filter, &n, NULL));
	assert_int_equal(2, n);
	filter.allowed = T("|b.example|");
	assert_ok(store_view_reporter_count(f->store, &filter, &n, NULL));
	assert_int_equal(0, n);
}

static void
test_reporters_of_some_domains(void **state)
{
	struct view_filter filter = counted("");
	struct fixture *f = *state;

	tell_estate(f);
	filter.allowed = T("|a.example|");
	assert_counts(f, &filter, "a.example=3");
	filter.verdicts = BIT(TRUST_AUTHENTICATED);
	assert_counts(f, &filter, "a.example=2");
	filter.allowed = T("|none.example|b.example|");
	assert_counts(f, &filter, "b.example=1");
	filter.allowed = T("|");
	assert_counts(f, &filter, "");
}

/* -- one domain -- */

static enum err
note_failure(void *arg, const struct view_failure *v)
{
	char policy[64] = "", word[256];

	if (v->policy_type != 0)
		(void)snprintf(policy, sizeof(policy), "%d %.*s ",
		    (int)v->policy_type, SPAN_ARG(v->policy_domain));
	(void)snprintf(word, sizeof(word), "%s%.*s/%d/%d/%d=%d%sx%d-%d:%d..%d",
	    policy, SPAN_ARG(v->name), (int)v->result_type, (int)v->verdict,
	    (int)v->level, (int)v->sessions, v->is_told ? "" : "?",
	    (int)v->reports, (int)v->reporters, (int)(v->first - DAY),
	    (int)(v->last - DAY));
	add(arg, word);
	return E_OK;
}

static void
assert_failures(struct fixture *f, const struct view_filter *filter,
    enum view_group group, const char *want)
{
	char text[TEXT_SIZE] = "";
	struct why why = { { 0 } };

	assert_ok_why(store_view_failures(f->store, filter, group, 100,
			  note_failure, text, &why),
	    &why);
	assert_string_equal(want, text);
}

static void
test_failures_are_grouped(void **state)
{
	struct view_filter filter = counted("a.example");
	struct fixture *f = *state;

	tell_estate(f);
	filter.verdicts = BIT(TRUST_AUTHENTICATED);
	assert_failures(f, &filter, VIEW_BY_TYPE,
	    "/204/1/5=10x1-1:0..0 /205/1/5=5x1-1:0..0 /201/1/4=2x1-1:0..0");
	assert_failures(f, &filter, VIEW_BY_MX,
	    "mx.example/204/1/5=10x1-1:0..0 mx.example/205/1/5=5x1-1:0..0 "
	    "mx.example/201/1/4=2x1-1:0..0");
	assert_failures(f, &filter, VIEW_BY_REPORTER,
	    "g.example/204/1/5=10x1-1:0..0 g.example/205/1/5=5x1-1:0..0 "
	    "m.example/201/1/4=2x1-1:0..0");
	filter.result_type = RESULT_STARTTLS_NOT_SUPPORTED;
	assert_failures(f, &filter, VIEW_BY_RECEIVING_IP,
	    "2001:db8::1/201/1/4=2x1-1:0..0");
	assert_failures(f, &filter, VIEW_BY_SENDING_IP,
	    "192.0.2.1/201/1/4=2x1-1:0..0");
	filter.sending_ip = T("192.0.2.2");
	assert_failures(f, &filter, VIEW_BY_TYPE, "");
	filter = counted("a.example");
	filter.reporter = T("m.example");
	assert_failures(f, &filter, VIEW_BY_TYPE, "/201/1/4=2x1-1:0..0");
	assert_failures(f, &filter, VIEW_BY_POLICY,
	    "9 a.example /201/1/4=2x1-1:0..0");
	filter.allowed = T("|b.example|");
	assert_failures(f, &filter, VIEW_BY_TYPE, "");
}

/* One host failed under two policies: which one was seen tells them apart. */
static void
test_failures_are_grouped_by_the_policy_seen(void **state)
{
	struct view_filter filter = counted("a.example");
	struct fixture *f = *state;

	tell_estate(f);
	tell(f,
	    &(const struct told_report){ "r8", 0, DAY + 4, "g.example",
		INBOX_COUNTED, TRUST_AUTHENTICATED, 8,
		{ { "a.example", POLICY_STS, TESTING, 1, 3,
		      RESULT_CERTIFICATE_EXPIRED, 3 },
		    { "a.example", POLICY_STS, ENFORCE, 1, 4,
			RESULT_CERTIFICATE_EXPIRED, 4 } } });
	filter.verdicts = BIT(TRUST_AUTHENTICATED);
	filter.result_type = RESULT_CERTIFICATE_EXPIRED;
	assert_failures(f, &filter, VIEW_BY_MX,
	    "mx.example/204/1/5=14x2-1:0..4 mx.example/204/1/4=3x1-1:4..4");
	assert_failures(f, &filter, VIEW_BY_POLICY,
	    "2 a.example " ENFORCE "/204/1/5=14x2-1:0..4 "
	    "2 a.example " TESTING "/204/1/4=3x1-1:4..4");
}

/* What nobody vouches for does not melt into what somebody does. */
static void
test_verdicts_are_told_apart_unless_merged(void **state)
{
	struct view_filter filter = counted("a.example");
	struct fixture *f = *state;

	tell_estate(f);
	filter.result_type = RESULT_VALIDATION_FAILURE;
	filter.verdicts = BIT(TRUST_UNAUTHENTICATED);
	assert_failures(f, &filter, VIEW_BY_TYPE, "/205/3/5=0?x1-1:0..0");
	filter.verdicts |= BIT(TRUST_AUTHENTICATED);
	filter.is_merged = true;
	assert_failures(f, &filter, VIEW_BY_TYPE, "/205/0/5=5x2-2:0..0");
}

static enum err
note_policy(void *arg, const struct view_policy *p)
{
	char word[128];

	(void)snprintf(word, sizeof(word), "%d/%.*s/%d/%d-%d/%zu", (int)p->type,
	    SPAN_ARG(p->reporter), (int)p->verdict, (int)p->succeeded,
	    (int)p->failed, p->strings.len);
	add(arg, word);
	return E_OK;
}

static void
test_policies_that_reporters_saw(void **state)
{
	struct view_filter filter = counted("a.example");
	struct fixture *f = *state;
	char text[TEXT_SIZE] = "", want[256];

	tell_estate(f);
	assert_ok(store_view_policies(f->store, &filter, 100, note_policy, text,
	    NULL));
	(void)snprintf(want, sizeof(want),
	    "1/g.example/1/95-5/%zu 2/g.example/1/90-10/%zu "
	    "2/evil.example/3/0-1000/%zu 9/m.example/1/40-2/0",
	    strlen(USABLE), strlen(ENFORCE), strlen(ENFORCE));
	assert_string_equal(want, text);
}

static enum err
note_outcome(void *arg, const struct view_outcome *o)
{
	char word[128];

	(void)snprintf(word, sizeof(word), "%d:%.*s/%d=%d-%d",
	    (int)(o->day - DAY), SPAN_ARG(o->reporter), (int)o->type,
	    (int)o->succeeded, (int)o->failed);
	add(arg, word);
	return E_OK;
}

static void
test_mta_sts_against_dane(void **state)
{
	struct view_filter filter = counted("a.example");
	struct fixture *f = *state;
	char text[TEXT_SIZE] = "";

	tell_estate(f);
	filter.verdicts = BIT(TRUST_AUTHENTICATED);
	assert_ok(store_view_compare(f->store, &filter, 100, note_outcome, text,
	    NULL));
	assert_string_equal("0:g.example/1=95-5 0:g.example/2=90-10 "
			    "2:g.example/2=0-0",
	    text);
}

static enum err
note_basis(void *arg, const struct view_basis *b)
{
	char word[128];

	(void)snprintf(word, sizeof(word), "%d:%dx%d=%d-%d", (int)b->level,
	    (int)b->days, (int)b->reporters, (int)b->succeeded, (int)b->failed);
	add(arg, word);
	return E_OK;
}

static void
test_what_readiness_stands_on(void **state)
{
	struct view_filter filter = counted("b.example");
	struct fixture *f = *state;
	char text[TEXT_SIZE] = "";

	tell_estate(f);
	assert_ok(
	    store_view_readiness(f->store, &filter, note_basis, text, NULL));
	assert_string_equal("2:1x1=30-3", text);
	text[0] = '\0';
	filter = counted("c.example");
	assert_ok(
	    store_view_readiness(f->store, &filter, note_basis, text, NULL));
	assert_string_equal("", text);
}

/* -- reports -- */

struct listed {
	char text[TEXT_SIZE], intake[64];
	int64_t day, part;
};

static enum err
note_report(void *arg, int64_t day, const struct inbox_row *r)
{
	struct listed *l = arg;
	char word[128];

	(void)snprintf(word, sizeof(word), "%.*s.%d", SPAN_ARG(r->intake),
	    (int)r->part);
	add(l->text, word);
	(void)snprintf(l->intake, sizeof(l->intake), "%.*s",
	    SPAN_ARG(r->intake));
	l->day = day;
	l->part = r->part;
	return E_OK;
}

static void
assert_reports(struct fixture *f, const struct view_filter *filter,
    const char *want)
{
	const struct view_place start = VIEW_PLACE_START;
	struct why why = { { 0 } };
	struct listed l = { "", "", 0, 0 };

	assert_ok_why(store_view_reports(f->store, filter, &start, 100,
			  note_report, &l, &why),
	    &why);
	assert_string_equal(want, l.text);
}

static void
test_reports_are_listed_newest_day_first(void **state)
{
	struct view_filter filter = counted("");
	struct fixture *f = *state;

	tell_estate(f);
	assert_reports(f, &filter, "r7.0 r3.0 r2.0 r1.0");
	filter.states = filter.verdicts = INT64_MAX;
	assert_reports(f, &filter, "r7.0 r6.0 r4.0 r5.0 r3.0 r2.0 r1.0");
	filter.domain = T("b.example");
	assert_reports(f, &filter, "r2.0");
	filter.domain = T("");
	filter.allowed = T("|b.example|");
	assert_reports(f, &filter, "r2.0");
	/* One report about two of them is there once. */
	filter.allowed = T("|b.example|a.example|");
	assert_reports(f, &filter, "r7.0 r4.0 r5.0 r3.0 r2.0 r1.0");
	filter = counted("");
	filter.reporter = T("g.example");
	assert_reports(f, &filter, "r7.0 r1.0");
	filter = counted("");
	filter.result_type = RESULT_CERTIFICATE_EXPIRED;
	assert_reports(f, &filter, "r2.0 r1.0");
	filter.mx = T("mx.example");
	filter.receiving_ip = T("2001:db8::1");
	filter.sending_ip = T("192.0.2.1");
	assert_reports(f, &filter, "r2.0 r1.0");
	filter.mx = T("other.example");
	assert_reports(f, &filter, "");
	filter = counted("");
	filter.first = DAY + 1;
	assert_reports(f, &filter, "r7.0");
}

static void
test_pages_of_reports_join(void **state)
{
	struct view_filter filter = counted("");
	struct fixture *f = *state;
	struct view_place at = VIEW_PLACE_START;
	struct listed l = { "", "", 0, 0 };

	tell_estate(f);
	for (int i = 0; i < 5; i++) {
		assert_ok(store_view_reports(f->store, &filter, &at, 1,
		    note_report, &l, NULL));
		at = (struct view_place){ l.day, span_str(l.intake), l.part };
	}
	assert_string_equal("r7.0 r3.0 r2.0 r1.0", l.text);
}

static enum err
note_report_policy(void *arg, const struct view_report_policy *p)
{
	char word[128];

	(void)snprintf(word, sizeof(word), "%.*s/%d=%d-%d:%d,%dx%d",
	    SPAN_ARG(p->row.domain), (int)p->row.type, (int)p->row.succeeded,
	    (int)p->row.failed, (int)p->succeeded_level, (int)p->failed_level,
	    (int)p->details);
	add(arg, word);
	return E_OK;
}

static enum err
note_detail(void *arg, const struct inbox_detail *d)
{
	char word[128];

	(void)snprintf(word, sizeof(word), "%d.%d/%d", (int)d->policy,
	    (int)d->number, (int)d->detail.type);
	add(arg, word);
	return E_OK;
}

static enum err
note_report_sum(void *arg, const struct view_report_id *id,
    const struct view_sum *s)
{
	assert_true(span_eq(T("r2"), id->intake));
	assert_int_equal(0, id->part);
	return note_sum(arg, s);
}

static void
test_of_a_report_is_seen_what_is_allowed(void **state)
{
	static const struct {
		const char *allowed, *policies, *details, *sums;
		bool is_open;
	} cases[] = {
		{ "", "a.example/9=40-2:3,4x1 b.example/2=30-3:2,4x1",
		    "0.0/201 1.0/204",
		    "a.example:1/1=0+0+40+2+0x1 b.example:1/1=0+30+0+3+0x1",
		    true },
		{ "|b.example|", "b.example/2=30-3:2,4x1", "1.0/204",
		    "b.example:1/1=0+30+0+3+0x1", false },
		{ "|a.example|b.example|",
		    "a.example/9=40-2:3,4x1 b.example/2=30-3:2,4x1",
		    "0.0/201 1.0/204",
		    "a.example:1/1=0+0+40+2+0x1 b.example:1/1=0+30+0+3+0x1",
		    true },
		{ "|c.example|", "", "", "", false },
	};
	/* Two are not there. */
	static const struct view_report_id ids[] = { { SPAN_LIT("r1"), 9 },
		{ SPAN_LIT("r2"), 0 }, { SPAN_LIT("r77"), 0 } };
	struct fixture *f = *state;

	tell_estate(f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct span allowed = span_str(cases[i].allowed);
		char policies[TEXT_SIZE] = "", details[TEXT_SIZE] = "",
		     sums[TEXT_SIZE] = "";
		struct listed l = { "", "", 0, 0 };
		bool is_open;

		assert_err(cases[i].policies[0] == '\0' ? E_ABSENT : E_OK,
		    store_view_report(f->store, allowed, T("r2"), 0,
			note_report, &l, NULL));
		assert_ok(store_view_report_policies(f->store, allowed, T("r2"),
		    0, note_report_policy, policies, NULL));
		assert_string_equal(cases[i].policies, policies);
		assert_ok(store_view_report_details(f->store, allowed, T("r2"),
		    0, 0, -1, 100, note_detail, details, NULL));
		assert_string_equal(cases[i].details, details);
		assert_ok(store_view_report_domains(f->store, allowed, T("r2"),
		    0, note_sum, sums, NULL));
		assert_string_equal(cases[i].sums, sums);
		sums[0] = '\0';
		assert_ok(store_view_report_domains_of(f->store, allowed, ids,
		    3, note_report_sum, sums, NULL));
		assert_string_equal(cases[i].sums, sums);
		assert_ok(store_view_is_open(f->store, allowed, T("r2"),
		    &is_open, NULL));
		assert_int_equal(cases[i].is_open, is_open);
		/* What cannot be read is nobody's. */
		assert_ok(store_view_is_open(f->store, allowed, T("r6"),
		    &is_open, NULL));
		assert_int_equal(i == 0, is_open);
	}
}

static void
test_details_are_paged(void **state)
{
	struct fixture *f = *state;
	char text[TEXT_SIZE] = "";

	tell_estate(f);
	assert_ok(store_view_report_details(f->store, T(""), T("r2"), 0, 0, -1,
	    1, note_detail, text, NULL));
	assert_ok(store_view_report_details(f->store, T(""), T("r2"), 0, 0, 0,
	    1, note_detail, text, NULL));
	assert_ok(store_view_report_details(f->store, T(""), T("r2"), 0, 1, 0,
	    1, note_detail, text, NULL));
	assert_string_equal("0.0/201 1.0/204", text);
}

/* -- searching -- */

static enum err
note_name(void *arg, struct span name)
{
	char word[128];

	(void)snprintf(word, sizeof(word), "%.*s", SPAN_ARG(name));
	add(arg, word);
	return E_OK;
}

static enum err
note_found(void *arg, struct span intake, int64_t part, struct span report_id)
{
	char word[128];

	(void)snprintf(word, sizeof(word), "%.*s.%d=%.*s", SPAN_ARG(intake),
	    (int)part, SPAN_ARG(report_id));
	add(arg, word);
	return E_OK;
}

static void
assert_found(struct fixture *f, const char *allowed, const char *text,
    const char *want)
{
	const struct span may = span_str(allowed), for_what = span_str(text);
	char found[TEXT_SIZE] = "";

	assert_ok(store_view_search_domains(f->store, may, for_what, 9,
	    note_name, found, NULL));
	assert_ok(store_view_search_reporters(f->store, may, for_what, 9,
	    note_name, found, NULL));
	assert_ok(store_view_search_reports(f->store, may, for_what, 9,
	    note_found, found, NULL));
	assert_string_equal(want, found);
}

static void
test_searching(void **state)
{
	struct fixture *f = *state;

	tell_estate(f);
	assert_found(f, "", "b.ex", "b.example");
	assert_found(f, "|a.example|", "b.ex", "");
	assert_found(f, "", "g.", "g.example");
	assert_found(f, "|b.example|", "m.", "m.example");
	assert_found(f, "|b.example|", "g.e", "");
	assert_found(f, "", "r2", "r2.0=r2");
	assert_found(f, "|b.example|", "r2", "r2.0=r2");
	assert_found(f, "|b.example|", "r1", "");
	assert_found(f, "", "%", "");
}

/* -- no question reads a large table from end to end -- */

/* i: a number, t: a text, d: a domain's name. */
static const struct {
	enum query query;
	const char *params;
} plans[] = {
	{ QUERY_VIEW_DOMAINS, "iiiiii" },
	{ QUERY_VIEW_DOMAINS_OF, "iitt" },
	{ QUERY_VIEW_DOMAINS_BY, "iid" },
	{ QUERY_VIEW_DOMAINS_BY_OF, "iidtt" },
	{ QUERY_VIEW_DAYS, "diit" },
	{ QUERY_VIEW_DAYS_BY, "diitd" },
	{ QUERY_VIEW_DAYS_OF, "tii" },
	{ QUERY_VIEW_OWNED, "dttii" },
	{ QUERY_VIEW_NEWEST, "i" },
	{ QUERY_VIEW_NEWEST_OF, "itt" },
	{ QUERY_VIEW_REPORTERS, "iiiii" },
	{ QUERY_VIEW_REPORTERS_OF, "iiiiitt" },
	{ QUERY_VIEW_REPORTER_COUNT, "diiiit" },
	{ QUERY_VIEW_REPORTER_COUNTS, "tiiii" },
	{ QUERY_VIEW_FAILURES, "diitiititttiiii" },
	{ QUERY_VIEW_CERTIFICATES, "diitiit" },
	{ QUERY_VIEW_POLICIES, "diitiitii" },
	{ QUERY_VIEW_COMPARE, "diitiitiiii" },
	{ QUERY_VIEW_READINESS, "diitiiti" },
	{ QUERY_VIEW_REPORTS, "iiidiiiittttitti" },
	{ QUERY_VIEW_REPORTS_OF, "iiidiiiittttitti" },
	{ QUERY_VIEW_REPORT, "dit" },
	{ QUERY_VIEW_REPORT_DOMAINS, "dit" },
	{ QUERY_VIEW_REPORT_DOMAINS_OF, "tt" },
	{ QUERY_VIEW_REPORT_POLICIES, "dit" },
	{ QUERY_VIEW_REPORT_DETAILS, "ditiii" },
	{ QUERY_VIEW_HIDDEN, "dt" },
	{ QUERY_VIEW_SEARCH_REPORTERS, "ddi" },
	{ QUERY_VIEW_SEARCH_REPORTERS_OF, "ddit" },
	{ QUERY_VIEW_SEARCH_REPORTS, "ddit" },
	{ QUERY_INBOX_LEVEL_TYPES, "di" },
	{ QUERY_INBOX_LEVEL_POLICY, "iddiiii" },
	{ QUERY_INBOX_LEVEL_MADE, "di" },
	{ QUERY_INBOX_LEVEL_MISSING, "i" },
	{ QUERY_INBOX_LEVEL_FORGET, "d" },
	{ QUERY_INBOX_LEVEL_TOUCHED, "d" },
	{ QUERY_INBOX_LEVEL_RIVALS, "b" },
	{ QUERY_INBOX_LEVEL_JUDGE, "d" },
	{ QUERY_INBOX_LEVEL_JUDGE_RIVALS, "b" },
};

/* The sums: SQLite's take one row, PostgreSQL's arrays. */
static const struct {
	enum query query;
	const char *params;
} sqlite_plans[] = {
	{ QUERY_INBOX_DAY_CLEAR, "id" },
	{ QUERY_INBOX_DAY_SUM, "id" },
	{ QUERY_INBOX_WEEK_CLEAR, "id" },
	{ QUERY_INBOX_WEEK_SUM, "id" },
	{ QUERY_INBOX_REPORTER_CLEAR, "id" },
	{ QUERY_INBOX_REPORTER_SUM, "id" },
};

/* "SCAN x": but for our domains, which are few, for what ends with its first
 * rows, and for s, which was put together out of what was searched for. */
static void
assert_sqlite_searches(sqlite3 *conn, enum query query)
{
	struct buf sql = BUF_INIT(65536);
	sqlite3_stmt *stmt = NULL;
	const char *step;

	buf_addf(&sql, "EXPLAIN QUERY PLAN %s",
	    query_texts[query].sql[SQL_SQLITE]);
	assert_int_equal(SQLITE_OK,
	    sqlite3_prepare_v2(conn, sql.p, (int)sql.len, &stmt, NULL));
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		step = (const char *)sqlite3_column_text(stmt, 3);
		if (strncmp(step, "SCAN ", 5) == 0 &&
		    strncmp(step, "SCAN o", 6) != 0 &&
		    strcmp(step, "SCAN s") != 0 &&
		    strncmp(step, "SCAN CONSTANT", 13) != 0 &&
		    strstr(step, "inbox_received") == NULL &&
		    strstr(step, "inbox_unlevelled") == NULL)
			fail_msg("%s: %s", query_texts[query].name, step);
	}
	(void)sqlite3_finalize(stmt);
	buf_free(&sql);
}

static void
check_sqlite(const struct fixture *f)
{
	sqlite3 *conn;

	assert_int_equal(SQLITE_OK,
	    sqlite3_open(f->url + strlen("sqlite:"), &conn));
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
		assert_sqlite_searches(conn, plans[i].query);
	for (size_t i = 0; i < sizeof(sqlite_plans) / sizeof(sqlite_plans[0]);
	     i++)
		assert_sqlite_searches(conn, sqlite_plans[i].query);
	(void)sqlite3_close(conn);
}

static PGresult *
explained(PGconn *conn, enum query query, const char *kinds)
{
	const char *values[DB_VALUES_MAX];
	Oid types[DB_VALUES_MAX];
	struct buf sql = BUF_INIT(65536);
	int n = (int)strlen(kinds);
	PGresult *res;

	for (int i = 0; i < n; i++) {
		types[i] = kinds[i] == 'i' ? 20 : kinds[i] == 'b' ? 17 : 25;
		values[i] = kinds[i] == 'i' ? "1"
		    : kinds[i] == 'b'	    ? "\\x00"
		    : kinds[i] == 'd'	    ? "a.example"
					    : "|a.example|";
	}
	buf_addf(&sql, "EXPLAIN %s", query_texts[query].sql[SQL_PGSQL]);
	res = PQexecParams(conn, sql.p, n, types, values, NULL, NULL, 0);
	buf_free(&sql);
	return res;
}

static void
assert_pgsql_searches(PGconn *conn, enum query query, const char *kinds)
{
	PGresult *res = explained(conn, query, kinds);

	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", query_texts[query].name,
		    PQerrorMessage(conn));
	for (int i = 0; i < PQntuples(res); i++) {
		const char *step = PQgetvalue(res, i, 0);

		if (strstr(step, "Seq Scan on inbox") != NULL)
			fail_msg("%s: %s", query_texts[query].name, step);
	}
	PQclear(res);
}

/* With rows in it, so that an index is worth its while; what could not use one
 * would scan all the same. */
static void
check_pgsql(const struct fixture *f)
{
	PGconn *conn = PQconnectdb(f->url);

	assert_int_equal(CONNECTION_OK, PQstatus(conn));
	PQclear(PQexec(conn, "BEGIN; SET LOCAL enable_seqscan = off"));
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
		assert_pgsql_searches(conn, plans[i].query, plans[i].params);
	PQfinish(conn);
}

static void
test_no_large_table_is_scanned(void **state)
{
	struct fixture *f = *state;

	if (strncmp(f->url, "sqlite:", 7) == 0)
		check_sqlite(f);
	else
		check_pgsql(f);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_domains_are_summed),
		TEST(test_days_of_some_domains),
		TEST(test_owned_domains_are_paged),
		TEST(test_the_newest_report_is_one_that_counts),
		TEST(test_reporters_and_their_days),
		TEST(test_reporters_of_some_domains),
		TEST(test_failures_are_grouped),
		TEST(test_failures_are_grouped_by_the_policy_seen),
		TEST(test_verdicts_are_told_apart_unless_merged),
		TEST(test_policies_that_reporters_saw),
		TEST(test_mta_sts_against_dane),
		TEST(test_what_readiness_stands_on),
		TEST(test_reports_are_listed_newest_day_first),
		TEST(test_pages_of_reports_join),
		TEST(test_of_a_report_is_seen_what_is_allowed),
		TEST(test_details_are_paged),
		TEST(test_searching),
		TEST(test_no_large_table_is_scanned),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
