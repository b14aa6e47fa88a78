#include "support/test.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/num.h"
#include "codec/report_summary.h"

#define RANGE                                                          \
	"\"date-range\":{\"start-datetime\":\"2026-03-02T00:00:00Z\"," \
	"\"end-datetime\":\"2026-03-02T23:59:59Z\"}"
#define HEAD                                        \
	"\"organization-name\":\"Org\"," RANGE      \
	",\"contact-info\":\"tls@sender.example\"," \
	"\"report-id\":\"id1\""
#define REPORT(policies) "{" HEAD ",\"policies\":[" policies "]}"
#define TYPE(type) "\"policy\":{\"policy-type\":\"" type "\"}"
#define COUNTS(succeeded, failed)                                    \
	"\"summary\":{\"total-successful-session-count\":" succeeded \
	",\"total-failure-session-count\":" failed "}"
#define POLICY "{" TYPE("sts") "," COUNTS("1", "2") "}"
#define DETAIL(type, sessions)           \
	"{\"result-type\":\"" type "\"," \
	"\"failed-session-count\":" sessions "}"
#define FAILING(details)                                                      \
	"{" TYPE("sts") "," COUNTS("0", "9") ",\"failure-details\":[" details \
					     "]}"

static struct arena arena;

static struct report_summary
read_ok(struct span json)
{
	struct report_summary s;
	struct why why = { { 0 } };

	assert_ok_why(report_summary_read(json, &arena, &s, &why), &why);
	return s;
}

static void
assert_refused(enum err want, struct span json, const char *part)
{
	struct report_summary s = { .npolicies = 77 };
	struct why why = { { 0 } };

	assert_err(want, report_summary_read(json, &arena, &s, &why));
	assert_int_equal(77, s.npolicies);
	if (strstr(why.text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", why.text, part);
}

static void
assert_failure(const struct policy_summary *p, size_t i, const char *type,
    uint64_t sessions)
{
	assert_true(i < p->nfailures);
	assert_span(type, p->failures[i].type);
	assert_int_equal(sessions, p->failures[i].sessions);
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static int
setup(void **state)
{
	(void)state;
	arena = ARENA_INIT(SUMMARY_ARENA_MAX);
	return 0;
}

/* -- what is read -- */

static void
test_whole_report(void **state)
{
	struct report_summary s = read_ok(SPAN_LIT(
	    "{" HEAD ",\"policies\":[{\"policy\":{\"policy-type\":\"sts\","
	    "\"policy-string\":[\"version: STSv1\",\"a\\r\\nb\"],"
	    "\"policy-domain\":\"a.example\","
	    "\"mx-host\":[\"mx1.a.example\",\"*.b.example\"]}," COUNTS("12",
		"5") ",\"failure-details\":["
		     "{\"result-type\":\"certificate-expired\","
		     "\"sending-mta-ip\":\"192.0.2.1\","
		     "\"receiving-mx-helo\":\"250-mx1\\r\\n250 SIZE\","
		     "\"failed-session-count\":2},"
		     "{\"result-type\":\"starttls-not-supported\","
		     "\"failed-session-count\":1},"
		     "{\"failed-session-count\":4,"
		     "\"result-type\":\"starttls-not-supported\"}]},"
		     "{" TYPE("no-policy-found") "," COUNTS("3", "0") "}]}"));
	const struct policy_summary *p = &s.policies[0];

	(void)state;
	assert_span("Org", s.organization);
	assert_span("tls@sender.example", s.contact);
	assert_span("id1", s.id);
	assert_span("2026-03-02T00:00:00Z", s.start);
	assert_span("2026-03-02T23:59:59Z", s.end);
	assert_int_equal(15, s.succeeded);
	assert_int_equal(5, s.failed);
	assert_int_equal(2, s.npolicies);
	assert_int_equal(0, s.nothers);

	assert_span("sts", p->type);
	assert_span("a.example", p->domain);
	assert_int_equal(2, p->nmx_hosts);
	assert_span("mx1.a.example", p->mx_hosts[0]);
	assert_span("*.b.example", p->mx_hosts[1]);
	assert_int_equal(0, p->more_mx_hosts);
	assert_int_equal(12, p->succeeded);
	assert_int_equal(5, p->failed);
	/* The same type twice is one; the most frequent comes first. */
	assert_int_equal(2, p->nfailures);
	assert_failure(p, 0, "starttls-not-supported", 5);
	assert_failure(p, 1, "certificate-expired", 2);
	assert_int_equal(0, p->other_failures);

	p = &s.policies[1];
	assert_span("no-policy-found", p->type);
	assert_int_equal(0, p->domain.len);
	assert_int_equal(0, p->nmx_hosts);
	assert_int_equal(0, p->nfailures);
}

/* Escapes, texts of the JSON's own lifetime, unknown members. */
static void
test_texts_are_copies(void **state)
{
	char json[] = "{\"x\":{\"policies\":[1,{\"y\":null}]}," RANGE
		      ",\"organization-name\":\"\\u00dc \\\"O\\\"\","
		      "\"contact-info\":\"c\",\"report-id\":\"id\","
		      "\"policies\":[" POLICY "]}";
	struct report_summary s = read_ok(span_str(json));

	(void)state;
	memset(json, 'x', sizeof(json) - 1);
	assert_span("\xc3\x9c \"O\"", s.organization);
	assert_span("c", s.contact);
	assert_span("id", s.id);
	assert_span("sts", s.policies[0].type);
}

static void
test_no_policies(void **state)
{
	struct report_summary s = read_ok(SPAN_LIT(REPORT("")));

	(void)state;
	assert_int_equal(0, s.npolicies);
	assert_int_equal(0, s.succeeded);
	assert_int_equal(0, s.failed);
}

/* Equal counts are told apart by their names, not by who came first. */
static void
test_order_of_failures(void **state)
{
	struct report_summary s = read_ok(SPAN_LIT(REPORT(FAILING(
	    DETAIL("b", "1") "," DETAIL("c", "2") "," DETAIL("a", "1")))));

	(void)state;
	assert_failure(&s.policies[0], 0, "c", 2);
	assert_failure(&s.policies[0], 1, "a", 1);
	assert_failure(&s.policies[0], 2, "b", 1);
}

static void
test_largest_counts_stay(void **state)
{
	struct report_summary s = read_ok(
	    SPAN_LIT(REPORT("{" TYPE("sts") "," COUNTS("9007199254740991",
		"9007199254740991") "}," POLICY)));

	(void)state;
	assert_int_equal(COUNT_MAX, s.succeeded);
	assert_int_equal(COUNT_MAX, s.failed);
}

/* -- ceilings -- */

static void
test_policies_past_the_ceiling_are_summed(void **state)
{
	struct buf json = BUF_INIT(100000);
	struct report_summary s;

	(void)state;
	buf_adds(&json, "{" HEAD ",\"policies\":[");
	for (int i = 0; i < SUMMARY_POLICIES_MAX; i++)
		buf_adds(&json, POLICY ",");
	buf_adds(&json,
	    FAILING(DETAIL("x", "3")) "," FAILING(
		DETAIL("y", "5") "," DETAIL("x", "4")) "," POLICY "]}");
	s = read_ok(buf_span(&json));
	assert_int_equal(SUMMARY_POLICIES_MAX, s.npolicies);
	assert_int_equal(3, s.nothers);
	assert_int_equal(1, s.others.succeeded);
	assert_int_equal(9 + 9 + 2, s.others.failed);
	assert_int_equal(2, s.others.nfailures);
	assert_failure(&s.others, 0, "x", 7);
	assert_failure(&s.others, 1, "y", 5);
	assert_int_equal(SUMMARY_POLICIES_MAX + 1, s.succeeded);
	assert_int_equal(2 * SUMMARY_POLICIES_MAX + 20, s.failed);
	buf_free(&json);
}

static void
test_types_past_the_ceiling_are_summed(void **state)
{
	struct buf json = BUF_INIT(100000);
	struct report_summary s;

	(void)state;
	buf_adds(&json,
	    "{" HEAD ",\"policies\":[{" TYPE(
		"sts") "," COUNTS("0", "9") ",\"failure-details\":[");
	for (int i = 0; i < SUMMARY_TYPES_MAX; i++)
		buf_addf(&json,
		    "{\"result-type\":\"t%02d\",\"failed-session-count\":1},",
		    i);
	buf_adds(&json,
	    DETAIL("new", "5") "," DETAIL("t00", "7") "," DETAIL("other",
		"6") "]}]}");
	s = read_ok(buf_span(&json));
	assert_int_equal(SUMMARY_TYPES_MAX, s.policies[0].nfailures);
	assert_failure(&s.policies[0], 0, "t00", 8);
	assert_failure(&s.policies[0], 1, "t01", 1);
	assert_int_equal(11, s.policies[0].other_failures);
	buf_free(&json);
}

static void
test_hosts_past_the_ceiling_are_counted(void **state)
{
	struct buf json = BUF_INIT(100000);
	struct report_summary s;

	(void)state;
	buf_adds(&json,
	    "{" HEAD ",\"policies\":[{" COUNTS("0",
		"0") ",\"policy\":{\"policy-type\":\"sts\",\"mx-host\":[");
	for (int i = 0; i < SUMMARY_HOSTS_MAX + 2; i++)
		buf_addf(&json, "\"mx%d\",", i);
	buf_adds(&json, "\"last\"]}}]}");
	s = read_ok(buf_span(&json));
	assert_int_equal(SUMMARY_HOSTS_MAX, s.policies[0].nmx_hosts);
	assert_span("mx7", s.policies[0].mx_hosts[7]);
	assert_int_equal(3, s.policies[0].more_mx_hosts);
	buf_free(&json);
}

static void
add_text_of(struct buf *json, char c, size_t n)
{
	buf_addc(json, '"');
	memset(buf_extend(json, n), c, n);
	buf_addc(json, '"');
}

static void
test_longest_text(void **state)
{
	struct buf json = BUF_INIT(100000);

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		buf_clear(&json);
		buf_adds(&json, "{\"organization-name\":");
		add_text_of(&json, 'o', SUMMARY_TEXT_MAX + more);
		buf_adds(&json,
		    "," RANGE ",\"contact-info\":\"\","
		    "\"report-id\":\"\",\"policies\":[]}");
		if (more == 0)
			assert_int_equal(SUMMARY_TEXT_MAX,
			    read_ok(buf_span(&json)).organization.len);
		else
			assert_refused(E_RANGE, buf_span(&json),
			    "a text is too long");
	}
	buf_free(&json);
}

/* A domain may publish any text as an "mx" pattern. */
static void
test_a_long_pattern_is_cut(void **state)
{
	struct buf json = BUF_INIT(100000);
	struct report_summary s;

	(void)state;
	buf_adds(&json,
	    "{\"organization-name\":\"o\"," RANGE
	    ",\"contact-info\":\"\",\"report-id\":\"\",\"policies\":["
	    "{\"policy\":{\"policy-type\":\"sts\",\"mx-host\":[");
	add_text_of(&json, 'm', 40000);
	buf_adds(&json,
	    "]},\"summary\":{\"total-successful-session-count\":1,"
	    "\"total-failure-session-count\":0}}]}");
	s = read_ok(buf_span(&json));
	assert_int_equal(1, s.npolicies);
	assert_int_equal(SUMMARY_TEXT_MAX, s.policies[0].mx_hosts[0].len);
	buf_free(&json);
}

/* As many texts of the longest kind as are kept, in the arena's ceiling. */
static void
test_largest_summary(void **state)
{
	struct buf json = BUF_INIT(10000000);
	struct report_summary s;

	(void)state;
	buf_adds(&json, "{" HEAD ",\"policies\":[");
	for (int i = 0; i <= SUMMARY_POLICIES_MAX; i++) {
		buf_addf(&json, "%s{" COUNTS("0", "0") ",\"policy\":{",
		    i == 0 ? "" : ",");
		buf_adds(&json, "\"policy-type\":");
		add_text_of(&json, 't', SUMMARY_TEXT_MAX);
		buf_adds(&json, ",\"policy-domain\":");
		add_text_of(&json, 'd', SUMMARY_TEXT_MAX);
		buf_adds(&json, ",\"mx-host\":[\"\"");
		for (int k = 1; k < SUMMARY_HOSTS_MAX; k++) {
			buf_addc(&json, ',');
			add_text_of(&json, 'm', SUMMARY_TEXT_MAX);
		}
		buf_adds(&json, "]},\"failure-details\":[");
		for (int k = 0; k < SUMMARY_TYPES_MAX; k++) {
			buf_addf(&json,
			    "%s{\"result-type\":", k == 0 ? "" : ",");
			add_text_of(&json, (char)('a' + k), SUMMARY_TEXT_MAX);
			buf_adds(&json, ",\"failed-session-count\":1}");
		}
		buf_adds(&json, "]}");
	}
	buf_adds(&json, "]}");
	s = read_ok(buf_span(&json));
	assert_int_equal(SUMMARY_POLICIES_MAX, s.npolicies);
	assert_int_equal(1, s.nothers);
	assert_int_equal(SUMMARY_TYPES_MAX, s.others.nfailures);
	buf_free(&json);
}

/* What escapes need while it is read is given back after each detail. */
static void
test_many_details_with_escapes(void **state)
{
	struct buf json = BUF_INIT(100000000);
	struct report_summary s;

	(void)state;
	buf_adds(&json,
	    "{" HEAD ",\"policies\":[{" TYPE(
		"sts") "," COUNTS("0", "9") ",\"failure-details\":[");
	for (int i = 0; i < 5000; i++) {
		buf_addf(&json, "%s{\"receiving-mx-helo\":\"\\r",
		    i == 0 ? "" : ",");
		memset(buf_extend(&json, 1000), 'h', 1000);
		buf_adds(&json,
		    "\",\"result-type\":\"\\u0078\","
		    "\"failed-session-count\":2}");
	}
	buf_adds(&json, "]}]}");
	s = read_ok(buf_span(&json));
	assert_int_equal(1, s.policies[0].nfailures);
	assert_failure(&s.policies[0], 0, "x", 10000);
	buf_free(&json);
}

static void
test_arena_too_small(void **state)
{
	(void)state;
	arena.max = 16;
	assert_refused(E_NOMEM, SPAN_LIT(REPORT(POLICY)), "out of memory");
}

/* -- what is refused -- */

static void
test_no_report(void **state)
{
	static const struct {
		const char *json, *part;
	} cases[] = {
		{ "", "value expected" },
		{ "[]", "object expected" },
		{ "{}", "no \"organization-name\"" },
		{ "{" HEAD "}", "no \"policies\"" },
		{ REPORT("") "x", "text behind the end" },
		{ "{" HEAD ",\"policies\":{}}", "array expected" },
		{ "{" HEAD ",\"policies\":null}", "array expected" },
		{ REPORT("1"), "object expected" },
		{ REPORT("{}"), "no \"policy\"" },
		{ REPORT("{" TYPE("sts") "}"), "no \"summary\"" },
		{ REPORT("{" COUNTS("1", "1") "}"), "no \"policy\"" },
		{ REPORT("{\"policy\":{}," COUNTS("1", "1") "}"),
		    "no \"policy-type\"" },
		{ REPORT("{" TYPE("sts") ",\"summary\":{}}"),
		    "no \"total-successful-session-count\"" },
		{ REPORT("{" TYPE("sts") "," COUNTS("1.5", "1") "}"),
		    "integer expected" },
		{ REPORT("{" TYPE("sts") "," COUNTS("\"1\"", "1") "}"),
		    "integer expected" },
		{ REPORT(FAILING("{\"result-type\":\"x\"}")),
		    "no \"failed-session-count\"" },
		{ REPORT(FAILING("{\"failed-session-count\":1}")),
		    "no \"result-type\"" },
		{ REPORT(FAILING("7")), "object expected" },
		{ "{" HEAD "," HEAD ",\"policies\":[]}", "key twice" },
		{ REPORT("{" TYPE("sts") "," TYPE("sts") "}"), "key twice" },
		{ "{\"organization-name\":null}", "string expected" },
		{ "{\"organization-name\":\"\xff\"}", "" },
		{ "{\"date-range\":{\"start-datetime\":\"x\"}}",
		    "no \"end-datetime\"" },
		{ "{" HEAD ",\"policies\":[" POLICY, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].json);
		assert_refused(E_SYNTAX, span_str(cases[i].json),
		    cases[i].part);
	}
}

static void
test_past_a_ceiling(void **state)
{
	(void)state;
	assert_refused(E_RANGE,
	    SPAN_LIT(REPORT("{" TYPE("sts") "," COUNTS("-1", "1") "}")),
	    "a count is out of range");
	assert_refused(E_RANGE,
	    SPAN_LIT(REPORT(
		"{" TYPE("sts") "," COUNTS("1", "9007199254740992") "}")),
	    "a count is out of range");
	assert_refused(E_RANGE, SPAN_LIT("{\"x\":[[[[[[[[]]]]]]]]}"),
	    "nested too deeply");
}

/* Each front of a report is none. */
static void
test_cut_anywhere(void **state)
{
	static const char json[] = REPORT(FAILING(DETAIL("x", "1")));
	struct report_summary s;

	(void)state;
	for (size_t n = 0; n < sizeof(json) - 1; n++) {
		assert_err(E_SYNTAX,
		    report_summary_read((struct span){ json, n }, &arena, &s,
			NULL));
		arena_reset(&arena);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whole_report),
		TEST(test_texts_are_copies),
		TEST(test_no_policies),
		TEST(test_order_of_failures),
		TEST(test_largest_counts_stay),
		TEST(test_policies_past_the_ceiling_are_summed),
		TEST(test_types_past_the_ceiling_are_summed),
		TEST(test_hosts_past_the_ceiling_are_counted),
		TEST(test_longest_text),
		TEST(test_a_long_pattern_is_cut),
		TEST(test_largest_summary),
		TEST(test_many_details_with_escapes),
		TEST(test_arena_too_small),
		TEST(test_no_report),
		TEST(test_past_a_ceiling),
		TEST(test_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
