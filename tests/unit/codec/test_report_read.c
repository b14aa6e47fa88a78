#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/num.h"
#include "codec/report_read.h"

#define BIT(name) (UINT64_C(1) << REPORT_NOTE_##name)

static struct arena arena = ARENA_INIT(INCOMING_ARENA_MAX);
static struct incoming_report report;

static const struct incoming_report *
read_ok(struct span text)
{
	struct why why = { { 0 } };

	arena_reset(&arena);
	assert_ok_why(report_read(text, &arena, &report, &why), &why);
	assert_string_equal("", why.text);
	return &report;
}

/* Names, so that what differs can be read. */
static void
assert_notes(uint64_t want, uint64_t got)
{
	for (int i = 0; i < NREPORT_NOTES; i++)
		if (((want ^ got) >> i & 1) != 0)
			print_message("%s: %s\n",
			    (got >> i & 1) != 0 ? "not wanted" : "missing",
			    report_note_sentence((enum report_note)i));
	assert_true(want == got);
}

/* -- whole reports -- */

#define DAY 1795132800	   /* date -u -d 2026-11-20 +%s */
#define RFC_DAY 1459468800 /* date -u -d 2016-04-01 +%s */

static void
test_corpus(void **state)
{
	static const struct {
		const char *file;
		uint64_t notes;
		int64_t start_s;
		size_t npolicies, ndetails, dropped;
		uint64_t succeeded, failed; /* added up */
	} cases[] = {
		{ "rfc-appendix-b", BIT(MX_HOST_ONE_TEXT) | BIT(INFO_NOT_URI),
		    RFC_DAY, 1, 3, 0, 5326, 303 },
		{ "rfc-erratum", 0, RFC_DAY, 1, 3, 0, 5326, 303 },
		{ "google", 0, DAY, 2, 0, 0, 101, 0 },
		{ "google-empty-addresses", BIT(ADDRESS_EMPTY), DAY, 1, 1, 0, 0,
		    10 },
		{ "microsoft-no-zone", BIT(DATE_NO_ZONE), DAY, 1, 0, 0, 7, 0 },
		{ "microsoft-sts-tlsa", BIT(STRINGS_JSON), DAY, 2, 0, 0, 8, 0 },
		{ "microsoft-fetch-error", 0, DAY, 1, 1, 0, 0, 3 },
		{ "mail-ru", BIT(RANGE_NEXT_DAY) | BIT(SUM_DIFFERS), DAY, 1, 2,
		    0, 0, 1 },
		{ "stalwart",
		    BIT(RANGE_NEXT_DAY) | BIT(NULL_VALUE) | BIT(NO_CONTACT) |
			BIT(MX_HOST_PREFIX),
		    DAY, 2, 0, 0, 3, 0 },
		{ "postfix-no-domain", BIT(NO_POLICY_DOMAIN), DAY, 1, 0, 0, 2,
		    0 },
		{ "socketlabs", BIT(RANGE_NEXT_DAY) | BIT(MISSPELT_KEY), DAY, 2,
		    1, 0, 12, 2 },
		{ "old-names",
		    BIT(MISSPELT_KEY) | BIT(NO_TOTAL) | BIT(NO_POLICY_DOMAIN) |
			BIT(POLICY_TYPE_UNKNOWN),
		    1555200000, 2, 1, 0, 2, 0 },
		{ "lenient",
		    BIT(DATE_OFFSET) | BIT(NO_CONTACT) | BIT(TYPE_SPELLING) |
			BIT(STRINGS_ONE_TEXT) | BIT(NAME_SPELLING) |
			BIT(COUNT_AS_TEXT) | BIT(RESULT_TYPE_UNKNOWN) |
			BIT(NO_SESSIONS) | BIT(SUM_DIFFERS) |
			BIT(NO_POLICY_DOMAIN),
		    DAY, 2, 2, 0, 43, 7 },
		{ "week", BIT(RANGE_LONG) | BIT(NO_DETAILS), 1793491200, 1, 0,
		    0, 99, 102 },
		{ "backwards", BIT(RANGE_BACKWARDS), DAY, 1, 0, 0, 1, 0 },
		{ "bad-parts",
		    BIT(WRONG_TYPE) | BIT(POLICY_DROPPED) |
			BIT(DETAIL_DROPPED) | BIT(KEY_TWICE) | BIT(NO_RANGE) |
			BIT(NO_ORGANIZATION) | BIT(NO_CONTACT) |
			BIT(NO_REPORT_ID),
		    0, 1, 1, 3, 3, 2 },
		{ "metadata",
		    BIT(METADATA_OBJECT) | BIT(NUMBER_AS_TEXT) |
			BIT(DATE_NO_ZONE) | BIT(DATE_FRACTION) |
			BIT(DATE_FORM) | BIT(RANGE_NEXT_DAY) | BIT(NOT_A_LIST) |
			BIT(COUNT_FORM) | BIT(TYPE_SPELLING) |
			BIT(COUNT_TOO_LARGE) | BIT(SUM_DIFFERS),
		    DAY, 1, 1, 0, 1, 1000 },
		{ "latin-1",
		    BIT(TEXT_REPAIRED) | BIT(NO_RANGE) | BIT(NO_CONTACT) |
			BIT(NO_POLICIES),
		    0, 0, 0, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t succeeded = 0, failed = 0;
		const struct incoming_report *r;
		size_t ndetails = 0;
		struct span text;
		char path[128];

		print_message("%s\n", cases[i].file);
		(void)snprintf(path, sizeof(path), "corpus/report/%s.json",
		    cases[i].file);
		text = support_file(path);
		r = read_ok(text);
		for (size_t k = 0; k < r->npolicies; k++) {
			succeeded += r->policies[k].succeeded.n;
			failed += r->policies[k].failed.n;
			ndetails += r->policies[k].ndetails;
		}
		assert_notes(cases[i].notes, r->notes);
		assert_int_equal(cases[i].start_s, r->start_s);
		assert_int_equal(cases[i].npolicies, r->npolicies);
		assert_int_equal(cases[i].ndetails, ndetails);
		assert_int_equal(cases[i].dropped,
		    r->dropped_policies + r->dropped_details);
		assert_int_equal(cases[i].succeeded, succeeded);
		assert_int_equal(cases[i].failed, failed);
		free((char *)(uintptr_t)text.p);
	}
}

static void
test_every_member(void **state)
{
	struct span text = support_file("corpus/report/rfc-erratum.json");
	const struct incoming_report *r = read_ok(text);
	const struct incoming_policy *p = r->policies;
	const struct incoming_detail *d = p->details;

	(void)state;
	assert_span("Company-X", r->organization);
	assert_span("sts-reporting@company-x.example", r->contact);
	assert_span("5065427c-23d3-47ca-b6e0-946ea0e8c4be", r->id);
	assert_true(r->has_start && r->has_end);
	assert_int_equal(RFC_DAY, r->start_s);
	assert_int_equal(RFC_DAY + 86399, r->end_s);
	assert_true(p->known);
	assert_null(p->unknown_type.p);
	assert_int_equal(POLICY_STS, p->policy.type);
	assert_span("company-y.example", p->policy.domain);
	assert_int_equal(4, p->policy.strings.n);
	assert_span("version: STSv1", p->policy.strings.v[0]);
	assert_span("max_age: 86400", p->policy.strings.v[3]);
	assert_int_equal(1, p->policy.mx_hosts.n);
	assert_span("*.mail.company-y.example", p->policy.mx_hosts.v[0]);
	assert_int_equal(INCOMING_GIVEN, p->succeeded.given);
	assert_int_equal(INCOMING_GIVEN, p->failed.given);
	assert_int_equal(RESULT_CERTIFICATE_EXPIRED, d[0].detail.type);
	assert_null(d[0].unknown_type.p);
	/* RFC 5952: no leading zeros. */
	assert_span("2001:db8:abcd:12::1", d[0].detail.sending_ip);
	assert_span("mx1.mail.company-y.example", d[0].detail.mx_hostname);
	assert_null(d[0].detail.receiving_ip.p);
	assert_int_equal(100, d[0].sessions.n);
	assert_int_equal(RESULT_STARTTLS_NOT_SUPPORTED, d[1].detail.type);
	assert_span("203.0.113.56", d[1].detail.receiving_ip);
	assert_span("https://reports.company-x.example/report_info"
		    "?id=5065427c-23d3#StarttlsNotSupported",
	    d[1].detail.info);
	assert_int_equal(RESULT_VALIDATION_FAILURE, d[2].detail.type);
	assert_null(d[2].unknown_type.p);
	assert_span("X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED",
	    d[2].detail.reason);
	free((char *)(uintptr_t)text.p);
}

static void
test_values_of_odd_reports(void **state)
{
	struct span text = support_file(
	    "corpus/report/microsoft-sts-tlsa.json");
	const struct incoming_policy *p = read_ok(text)->policies;

	(void)state;
	assert_int_equal(POLICY_TLSA, p[1].policy.type);
	assert_int_equal(2, p[1].policy.strings.n);
	assert_int_equal(6 + 64, p[1].policy.strings.v[0].len);
	assert_memory_equal("3 1 1 A5A5", p[1].policy.strings.v[1].p, 10);
	free((char *)(uintptr_t)text.p);

	text = support_file("corpus/report/lenient.json");
	p = read_ok(text)->policies;
	assert_int_equal(POLICY_STS, p->policy.type);
	assert_span("acme.example", p->policy.domain);
	assert_int_equal(1, p->policy.strings.n);
	assert_span("version: STSv1", p->policy.strings.v[0]);
	assert_span("quantum-handshake-flux", p->details[0].unknown_type);
	assert_int_equal(RESULT_VALIDATION_FAILURE, p->details[0].detail.type);
	assert_int_equal(5, p->details[0].sessions.n);
	assert_span("mx1.acme.example", p->details[1].detail.mx_hostname);
	assert_int_equal(INCOMING_ABSENT, p->details[1].sessions.given);
	free((char *)(uintptr_t)text.p);

	text = support_file("corpus/report/metadata.json");
	p = read_ok(text)->policies;
	assert_span("M\xc3\xbcller \xf0\x9f\x98\x80", report.organization);
	assert_span("12345", report.id);
	assert_int_equal(DAY + 86399, report.end_s);
	assert_int_equal(RESULT_TLSA_INVALID, p->details[0].detail.type);
	assert_true(p->details[0].sessions.n == COUNT_MAX);
	free((char *)(uintptr_t)text.p);

	text = support_file("corpus/report/stalwart.json");
	p = read_ok(text)->policies;
	assert_null(report.contact.p);
	assert_int_equal(DAY + 86399, report.end_s);
	assert_span("a.mx.example.com", p->policy.mx_hosts.v[0]);
	assert_int_equal(0, p[1].policy.mx_hosts.n);
	free((char *)(uintptr_t)text.p);

	text = support_file("corpus/report/latin-1.json");
	(void)read_ok(text);
	assert_span("M\xef\xbf\xbdller", report.organization);
	assert_span("\xef\xbf\xbd\xef\xbf\xbd", report.id);
	free((char *)(uintptr_t)text.p);
}

/* -- one deviation each -- */

#define HEAD                                                            \
	"\"organization-name\":\"X\",\"contact-info\":\"a@x.example\"," \
	"\"report-id\":\"1\","
#define RANGE(start, end)                               \
	"\"date-range\":{\"start-datetime\":" start "," \
	"\"end-datetime\":" end "},"
#define DAY_RANGE RANGE("\"2026-11-20T00:00:00Z\"", "\"2026-11-20T23:59:59Z\"")
#define TOTALS(s, f)                                         \
	"\"summary\":{\"total-successful-session-count\":" s \
	",\"total-failure-session-count\":" f "}"
#define STS \
	"\"policy\":{\"policy-type\":\"sts\",\"policy-domain\":\"a.example\"}"

#define WITH_RANGE(range) \
	"{" HEAD range "\"policies\":[{" STS "," TOTALS("1", "0") "}]}"
#define WITH_ENTRY(entry) "{" HEAD DAY_RANGE "\"policies\":[" entry "]}"
#define WITH_POLICY(policy) \
	WITH_ENTRY("{\"policy\":" policy "," TOTALS("1", "0") "}")
#define WITH_MEMBERS(members)                                     \
	WITH_POLICY("{\"policy-type\":\"sts\",\"policy-domain\":" \
		    "\"a.example\"," members "}")
#define WITH_TOTALS(s, f) WITH_ENTRY("{" STS "," TOTALS(s, f) "}")
#define WITH_DETAILS(details) \
	WITH_ENTRY(           \
	    "{" STS "," TOTALS("0", "1") ",\"failure-details\":" details "}")
#define WITH_DETAIL(members)                                 \
	WITH_DETAILS("[{\"result-type\":\"dnssec-invalid\"," \
		     "\"failed-session-count\":1," members "}]")

static void
test_deviations(void **state)
{
	static const struct {
		const char *name, *in;
		uint64_t notes;
	} cases[] = {
		{ "none", WITH_TOTALS("1", "0"), 0 },
		{ "no details but a list",
		    WITH_ENTRY("{" STS
			       "," TOTALS("1", "0") ",\"failure-details\":[]}"),
		    0 },
		{ "details of null",
		    WITH_ENTRY("{" STS "," TOTALS("1",
			"0") ",\"failure-details\":null}"),
		    BIT(NULL_VALUE) },
		{ "unknown keys",
		    WITH_ENTRY("{\"x\":[{}]," STS "," TOTALS("1", "0") "}"),
		    BIT(UNKNOWN_KEY) },
		{ "key twice",
		    WITH_ENTRY(
			"{" STS "," TOTALS("1", "0") "," TOTALS("2", "0") "}"),
		    BIT(KEY_TWICE) },
		{ "underscores and capitals", WITH_MEMBERS("\"MX_Host\":[]"),
		    BIT(MISSPELT_KEY) },
		{ "summary is a number", WITH_ENTRY("{" STS ",\"summary\":1}"),
		    BIT(WRONG_TYPE) | BIT(NO_TOTAL) },
		{ "no summary", WITH_ENTRY("{" STS "}"), BIT(NO_TOTAL) },
		{ "no policy", WITH_ENTRY("{" TOTALS("1", "0") "}"),
		    BIT(NO_POLICY_TYPE) | BIT(NO_POLICY_DOMAIN) },
		{ "empty policy", WITH_ENTRY("{}"),
		    BIT(POLICY_DROPPED) | BIT(NO_POLICIES) },
		{ "policies of null", "{" HEAD DAY_RANGE "\"policies\":null}",
		    BIT(NULL_VALUE) | BIT(NO_POLICIES) },
		{ "no policies", "{" HEAD DAY_RANGE "\"policies\":[]}",
		    BIT(NO_POLICIES) },
		{ "organization of null",
		    "{\"organization-name\":null,\"contact-info\":\"\",\"report-id\":{}," DAY_RANGE
		    "\"policies\":[{" STS "," TOTALS("1", "0") "}]}",
		    BIT(NULL_VALUE) | BIT(WRONG_TYPE) | BIT(NO_ORGANIZATION) |
			BIT(NO_CONTACT) | BIT(NO_REPORT_ID) },
		/* dates */
		{ "no range", WITH_RANGE(""), BIT(NO_RANGE) },
		{ "range of null", WITH_RANGE("\"date-range\":null,"),
		    BIT(NO_RANGE) | BIT(NULL_VALUE) },
		{ "range as text", WITH_RANGE("\"date-range\":\"2026-11-20\","),
		    BIT(NO_RANGE) | BIT(WRONG_TYPE) },
		{ "no end",
		    WITH_RANGE(
			"\"date-range\":{\"start-datetime\":\"2026-11-20T00:00:00Z\"},"),
		    BIT(NO_RANGE) },
		{ "no zone",
		    WITH_RANGE(RANGE("\"2026-11-20T00:00:00\"",
			"\"2026-11-20T23:59:59\"")),
		    BIT(DATE_NO_ZONE) },
		{ "offsets",
		    WITH_RANGE(RANGE("\"2026-11-20T01:00:00+01:00\"",
			"\"2026-11-21T00:59:59+01:00\"")),
		    BIT(DATE_OFFSET) },
		{ "another day",
		    WITH_RANGE(RANGE("\"2026-11-20T00:00:00+01:00\"",
			"\"2026-11-20T23:59:59+01:00\"")),
		    BIT(DATE_OFFSET) | BIT(RANGE_ODD) },
		{ "fractions",
		    WITH_RANGE(RANGE("\"2026-11-20T00:00:00.000Z\"",
			"\"2026-11-20T23:59:59.999Z\"")),
		    BIT(DATE_FRACTION) },
		{ "a blank",
		    WITH_RANGE(RANGE("\"2026-11-20 00:00:00Z\"",
			"\"2026-11-20T23:59:59Z\"")),
		    BIT(DATE_FORM) },
		{ "next day",
		    WITH_RANGE(RANGE("\"2026-11-20T00:00:00Z\"",
			"\"2026-11-21T00:00:00Z\"")),
		    BIT(RANGE_NEXT_DAY) },
		{ "24:00",
		    WITH_RANGE(RANGE("\"2026-11-20T00:00:00Z\"",
			"\"2026-11-20T24:00:00Z\"")),
		    BIT(RANGE_NEXT_DAY) | BIT(DATE_FORM) },
		{ "two days",
		    WITH_RANGE(RANGE("\"2026-11-20T00:00:00Z\"",
			"\"2026-11-21T23:59:59Z\"")),
		    BIT(RANGE_LONG) },
		{ "some hours",
		    WITH_RANGE(RANGE("\"2026-11-20T01:00:00Z\"",
			"\"2026-11-20T20:00:00Z\"")),
		    BIT(RANGE_ODD) },
		{ "no time at all",
		    WITH_RANGE(RANGE("\"2026-11-20T00:00:00Z\"",
			"\"2026-11-20T00:00:00Z\"")),
		    BIT(RANGE_ODD) },
		{ "no date",
		    WITH_RANGE(
			RANGE("\"yesterday\"", "\"2026-11-20T23:59:59Z\"")),
		    BIT(DATE_UNREADABLE) | BIT(NO_RANGE) },
		{ "seconds", WITH_RANGE(RANGE("1795132800", "1795219199")),
		    BIT(NUMBER_AS_TEXT) | BIT(DATE_UNREADABLE) |
			BIT(NO_RANGE) },
		/* policies */
		{ "type in capitals",
		    WITH_POLICY(
			"{\"policy-type\":\"TLSA\",\"policy-domain\":\"a.example\"}"),
		    BIT(TYPE_SPELLING) },
		{ "unknown type",
		    WITH_POLICY(
			"{\"policy-type\":\"tlsb\",\"policy-domain\":\"a.example\"}"),
		    BIT(POLICY_TYPE_UNKNOWN) },
		{ "no type", WITH_POLICY("{\"policy-domain\":\"a.example\"}"),
		    BIT(NO_POLICY_TYPE) },
		{ "type of null",
		    WITH_POLICY(
			"{\"policy-type\":null,\"policy-domain\":\"a.example\"}"),
		    BIT(NO_POLICY_TYPE) | BIT(NULL_VALUE) },
		{ "empty domain",
		    WITH_POLICY(
			"{\"policy-type\":\"sts\",\"policy-domain\":\"\"}"),
		    BIT(NO_POLICY_DOMAIN) },
		{ "final dot",
		    WITH_POLICY(
			"{\"policy-type\":\"sts\",\"policy-domain\":\"a.example.\"}"),
		    BIT(NAME_SPELLING) },
		{ "no name",
		    WITH_POLICY(
			"{\"policy-type\":\"sts\",\"policy-domain\":\"<a>\"}"),
		    BIT(NAME_ESCAPED) },
		{ "strings of null", WITH_MEMBERS("\"policy-string\":null"),
		    BIT(NULL_VALUE) },
		{ "strings as one", WITH_MEMBERS("\"policy-string\":\"a\""),
		    BIT(STRINGS_ONE_TEXT) },
		{ "strings as JSON in one",
		    WITH_MEMBERS("\"policy-string\":\"[\\\"a\\\"]\""),
		    BIT(STRINGS_ONE_TEXT) | BIT(STRINGS_JSON) },
		{ "no JSON in a string",
		    WITH_MEMBERS("\"policy-string\":[\"[a\"]"), 0 },
		{ "numbers as JSON in a string",
		    WITH_MEMBERS("\"policy-string\":[\"[1]\"]"),
		    BIT(STRINGS_JSON) | BIT(WRONG_TYPE) },
		{ "a null among strings",
		    WITH_MEMBERS("\"policy-string\":[\"a\",null]"),
		    BIT(NULL_VALUE) },
		{ "one mx-host", WITH_MEMBERS("\"mx-host\":\"a.example\""),
		    BIT(MX_HOST_ONE_TEXT) },
		{ "empty mx-host", WITH_MEMBERS("\"mx-host\":\"\""),
		    BIT(MX_HOST_ONE_TEXT) },
		{ "mx-host of null", WITH_MEMBERS("\"mx-host\":null"),
		    BIT(NULL_VALUE) },
		{ "mx-host pattern",
		    WITH_MEMBERS("\"mx-host-pattern\":[\"a.example\"]"),
		    BIT(MISSPELT_KEY) },
		{ "prefix mx:", WITH_MEMBERS("\"mx-host\":[\"mx: a.example\"]"),
		    BIT(MX_HOST_PREFIX) },
		/* counts */
		{ "total of null", WITH_TOTALS("null", "0"),
		    BIT(NULL_VALUE) | BIT(NO_TOTAL) },
		{ "totals as text", WITH_TOTALS("\"4\"", "\" 0\""),
		    BIT(COUNT_AS_TEXT) },
		{ "total of no number", WITH_TOTALS("\"many\"", "0"),
		    BIT(COUNT_AS_TEXT) | BIT(COUNT_UNREADABLE) |
			BIT(NO_TOTAL) },
		{ "total of true", WITH_TOTALS("true", "0"),
		    BIT(WRONG_TYPE) | BIT(NO_TOTAL) },
		{ "total 1.0", WITH_TOTALS("1.0", "0"), BIT(COUNT_FORM) },
		{ "total 1e3", WITH_TOTALS("1e3", "0"), BIT(COUNT_FORM) },
		{ "total 1.5", WITH_TOTALS("1.5", "0"),
		    BIT(COUNT_NEGATIVE) | BIT(NO_TOTAL) },
		{ "total -1", WITH_TOTALS("-1", "0"),
		    BIT(COUNT_NEGATIVE) | BIT(NO_TOTAL) },
		{ "total 2^53", WITH_TOTALS("9007199254740992", "0"),
		    BIT(COUNT_TOO_LARGE) },
		{ "total 2^53-1", WITH_TOTALS("9007199254740991", "0"), 0 },
		{ "failures without details", WITH_TOTALS("1", "2"),
		    BIT(NO_DETAILS) },
		/* failure details */
		{ "a detail", WITH_DETAIL("\"sending-mta-ip\":\"192.0.2.1\""),
		    0 },
		{ "sum",
		    WITH_DETAILS(
			"[{\"result-type\":\"dnssec-invalid\",\"failed-session-count\":2}]"),
		    BIT(SUM_DIFFERS) },
		{ "one detail",
		    WITH_DETAILS(
			"{\"result-type\":\"dnssec-invalid\",\"failed-session-count\":1}"),
		    BIT(NOT_A_LIST) },
		{ "no sessions",
		    WITH_DETAILS("[{\"result-type\":\"dnssec-invalid\"}]"),
		    BIT(NO_SESSIONS) | BIT(SUM_DIFFERS) },
		{ "type of null",
		    WITH_DETAILS(
			"[{\"result-type\":null,\"failed-session-count\":1}]"),
		    BIT(NULL_VALUE) | BIT(DETAIL_DROPPED) | BIT(NO_DETAILS) },
		{ "empty type",
		    WITH_DETAILS(
			"[{\"result-type\":\"\",\"failed-session-count\":1}]"),
		    BIT(DETAIL_DROPPED) | BIT(NO_DETAILS) },
		{ "unknown type",
		    WITH_DETAILS(
			"[{\"result-type\":\"Testing\",\"failed-session-count\":1}]"),
		    BIT(RESULT_TYPE_UNKNOWN) },
		{ "address with brackets",
		    WITH_DETAIL("\"receiving-ip\":\"[192.0.2.1]\""), 0 },
		{ "address of null", WITH_DETAIL("\"receiving-ip\":null"),
		    BIT(NULL_VALUE) },
		{ "empty address", WITH_DETAIL("\"receiving-ip\":\"\""),
		    BIT(ADDRESS_EMPTY) },
		{ "no address", WITH_DETAIL("\"receiving-ip\":\"192.0.2.256\""),
		    BIT(ADDRESS_MALFORMED) },
		{ "no URI",
		    WITH_DETAIL("\"additional-information\":\"see log\""),
		    BIT(INFO_NOT_URI) },
		{ "empty texts",
		    WITH_DETAIL(
			"\"additional-information\":\"\",\"failure-reason-code\":\"\",\"receiving-mx-helo\":\"\",\"receiving-mx-hostname\":\"\""),
		    0 },
		{ "old names",
		    WITH_DETAIL(
			"\"failure-error-code\":\"x\",\"receiving-mx-host-name\":\"a.example\""),
		    BIT(MISSPELT_KEY) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].name);
		assert_notes(cases[i].notes,
		    read_ok(span_str(cases[i].in))->notes);
	}
}

static struct incoming_count
succeeded(const char *in)
{
	return read_ok(span_str(in))->policies[0].succeeded;
}

static void
test_absent_null_and_zero_differ(void **state)
{
	(void)state;
	assert_int_equal(INCOMING_GIVEN,
	    succeeded(WITH_TOTALS("0", "0")).given);
	assert_int_equal(INCOMING_NULL,
	    succeeded(WITH_TOTALS("null", "0")).given);
	assert_int_equal(INCOMING_UNREADABLE,
	    succeeded(WITH_TOTALS("-1", "0")).given);
	assert_int_equal(INCOMING_UNREADABLE,
	    succeeded(WITH_TOTALS("[]", "0")).given);
	assert_int_equal(INCOMING_ABSENT,
	    succeeded(WITH_ENTRY("{" STS "}")).given);
	assert_int_equal(1000, succeeded(WITH_TOTALS("1e3", "0")).n);
	assert_int_equal(42, succeeded(WITH_TOTALS("\"42\"", "0")).n);
}

static void
test_one_text_of_a_policy_is_split(void **state)
{
	const struct policy *p = &read_ok(
	    SPAN_LIT(WITH_MEMBERS(
		"\"policy-string\":\"version: STSv1\\r\\nmode: testing; "
		"mx: a.example;\\n\"")))
				      ->policies[0]
				      .policy;

	(void)state;
	assert_int_equal(3, p->strings.n);
	assert_span("version: STSv1", p->strings.v[0]);
	assert_span("mode: testing", p->strings.v[1]);
	assert_span("mx: a.example", p->strings.v[2]);
}

/* What stands at the place of a member the last time is not believed where it
 * is another. */
static void
test_details_in_another_order(void **state)
{
	const struct incoming_detail *d = read_ok(
	    SPAN_LIT(WITH_DETAILS("[{\"result-type\":\"dnssec-invalid\","
				  "\"failed-session-count\":1},"
				  "{\"failed-session-count\":2,"
				  "\"result-type\":\"tlsa-invalid\"},"
				  "{\"result-type\":\"dane-required\","
				  "\"failed-session-count\":3,\"x\":null,"
				  "\"result-type\":\"dnssec-invalid\"},"
				  "{\"result-type\":\"tlsa-invalid\","
				  "\"failed-session-count\":4}]")))
					      ->policies[0]
					      .details;

	(void)state;
	assert_int_equal(4, report.policies[0].ndetails);
	assert_int_equal(RESULT_DNSSEC_INVALID, d[0].detail.type);
	assert_int_equal(RESULT_TLSA_INVALID, d[1].detail.type);
	assert_int_equal(RESULT_DANE_REQUIRED, d[2].detail.type);
	assert_int_equal(RESULT_TLSA_INVALID, d[3].detail.type);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(i + 1, d[i].sessions.n);
	assert_notes(BIT(KEY_TWICE) | BIT(UNKNOWN_KEY) | BIT(SUM_DIFFERS),
	    report.notes);
}

/* -- refusals -- */

static void
test_what_is_refused(void **state)
{
	static const struct {
		const char *name, *in;
	} cases[] = {
		{ "nothing", "" },
		{ "a list", "[]" },
		{ "a text", "\"policies\"" },
		{ "an empty object", "{}" },
		{ "no member of a report", "{\"a\":1,\"policies\":7}" },
		{ "an empty range", "{\"date-range\":{}}" },
		{ "cut", "{\"policies\":[" },
		{ "text behind", "{\"report-id\":\"1\"}x" },
		{ "a line break in a text", "{\"report-id\":\"1\n\"}" },
		{ "a comma too many", "{\"report-id\":\"1\",}" },
		{ "no quotes", "{report-id:1}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].name);
		arena_reset(&arena);
		assert_err(E_SYNTAX,
		    report_read(span_str(cases[i].in), &arena, &report, &why));
		assert_true(why.text[0] != '\0');
	}
}

/* Even what is little: one member that somebody can use. */
static void
test_little_is_taken(void **state)
{
	(void)state;
	(void)read_ok(SPAN_LIT("{\"policies\":[]}"));
	(void)read_ok(SPAN_LIT("{\"report-id\":\"\"}"));
	(void)read_ok(SPAN_LIT("{\"contact-info\":\"a@x.example\"}"));
	(void)read_ok(SPAN_LIT("{\"date-range\":{\"end-datetime\":"
			       "\"2026-11-20T00:00:00Z\"}}"));
	assert_false(report.has_start);
	assert_int_equal(DAY - 1, report.end_s);
}

/* -- ceilings -- */

static void
add_times(struct buf *b, size_t n, const char *between, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		buf_adds(b, i == 0 ? "" : between);
		buf_adds(b, text);
	}
}

static void
test_ceilings(void **state)
{
	static const struct {
		const char *name, *before, *text, *after;
		size_t n, dropped;
		uint64_t note;
	} cases[] = {
#define ENTRY "{" STS "," TOTALS("1", "0") "}"
		{ "policies", "{" HEAD DAY_RANGE "\"policies\":[", ENTRY, "]}",
		    INCOMING_POLICIES_MAX, 0, 0 },
		{ "too many policies", "{" HEAD DAY_RANGE "\"policies\":[",
		    ENTRY, "]}", INCOMING_POLICIES_MAX + 5, 5,
		    BIT(POLICIES_CEILING) },
#define DETAIL "{\"result-type\":\"dnssec-invalid\",\"failed-session-count\":0}"
#define BEFORE                                   \
	"{" HEAD DAY_RANGE "\"policies\":[{" STS \
	"," TOTALS("0", "0") ",\"failure-details\":["
		{ "details", BEFORE, DETAIL, "]}]}", INCOMING_DETAILS_MAX, 0,
		    0 },
		{ "too many details", BEFORE, DETAIL, "]}]}",
		    INCOMING_DETAILS_MAX + 7, 7, BIT(DETAILS_CEILING) },
#define STRINGS                                                                  \
	"{" HEAD DAY_RANGE "\"policies\":[{" TOTALS("0",                         \
	    "0") ",\"policy\":{\"policy-type\":\"sts\",\"policy-domain\":\"a\"," \
		 "\"policy-string\":["
		{ "strings", STRINGS, "\"a\"", "]}}]}", INCOMING_STRINGS_MAX, 0,
		    0 },
		{ "too many strings", STRINGS, "\"a\"", "]}}]}",
		    INCOMING_STRINGS_MAX + 1, 0, BIT(STRINGS_CEILING) },
		{ "long strings", STRINGS, "\"aaaaaaaaaaaaaaaa\"", "]}}]}",
		    4097, 0, BIT(STRINGS_CEILING) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = BUF_INIT(INCOMING_BYTES_MAX);

		print_message("%s\n", cases[i].name);
		buf_adds(&text, cases[i].before);
		add_times(&text, cases[i].n, ",", cases[i].text);
		buf_adds(&text, cases[i].after);
		assert_int_equal(E_OK, text.err);
		assert_notes(cases[i].note, read_ok(buf_span(&text))->notes);
		assert_int_equal(cases[i].dropped,
		    report.dropped_policies + report.dropped_details);
		buf_free(&text);
	}
}

static void
test_long_texts(void **state)
{
	struct buf text = BUF_INIT(100000);

	(void)state;
	buf_adds(&text, "{\"organization-name\":\"");
	add_times(&text, INCOMING_TEXT_MAX - 1, "", "a");
	buf_adds(&text, "\xc3\xa4\"}");
	(void)read_ok(buf_span(&text));
	assert_int_equal(INCOMING_TEXT_MAX - 1, report.organization.len);
	assert_true(report_has_note(&report, REPORT_NOTE_TEXT_CUT));
	buf_free(&text);
}

static void
test_depth_and_size(void **state)
{
	struct buf text = BUF_INIT(INCOMING_BYTES_MAX + 1000);

	(void)state;
	buf_adds(&text, "{\"report-id\":\"1\",\"x\":");
	add_times(&text, INCOMING_DEPTH_MAX - 1, "", "[");
	add_times(&text, INCOMING_DEPTH_MAX - 1, "", "]");
	buf_adds(&text, "}");
	(void)read_ok(buf_span(&text));
	buf_clear(&text);
	buf_adds(&text, "{\"report-id\":\"1\",\"x\":");
	add_times(&text, INCOMING_DEPTH_MAX, "", "[");
	arena_reset(&arena);
	assert_err(E_RANGE,
	    report_read(buf_span(&text), &arena, &report, NULL));
	buf_clear(&text);
	buf_adds(&text, "{\"report-id\":\"1\"}");
	memset(buf_extend(&text, INCOMING_BYTES_MAX - text.len), ' ',
	    INCOMING_BYTES_MAX - strlen("{\"report-id\":\"1\"}"));
	(void)read_ok(buf_span(&text));
	buf_addc(&text, ' ');
	assert_err(E_RANGE,
	    report_read(buf_span(&text), &arena, &report, NULL));
	buf_free(&text);
}

/* The most that bytes can ask for: each invalid one becomes three. */
static void
test_arena_is_large_enough(void **state)
{
	static const char *const texts[] = { "\"\xff\",", "\"\\n\":0,",
		"\"A\",", "{\"result-type\":\"a\"}," };
	struct buf text = BUF_INIT(INCOMING_BYTES_MAX);

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t n = (INCOMING_BYTES_MAX - 200) / strlen(texts[i]);

		buf_clear(&text);
		buf_adds(&text,
		    i == 1	 ? "{"
			: i == 3 ? "{\"policies\":[{\"failure-details\":["
				 : "{\"policies\":[{\"policy\":{\"mx-host\":[");
		add_times(&text, n, "", texts[i]);
		text.p[text.len - 1] = ' ';
		buf_adds(&text,
		    i == 1	 ? ",\"report-id\":1}"
			: i == 3 ? "]}]}"
				 : "]}}]}");
		(void)read_ok(buf_span(&text));
	}
	buf_free(&text);
}

static int
free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_every_member),
		cmocka_unit_test(test_values_of_odd_reports),
		cmocka_unit_test(test_deviations),
		cmocka_unit_test(test_absent_null_and_zero_differ),
		cmocka_unit_test(test_one_text_of_a_policy_is_split),
		cmocka_unit_test(test_details_in_another_order),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_little_is_taken),
		cmocka_unit_test(test_ceilings),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_depth_and_size),
		cmocka_unit_test(test_arena_is_large_enough),
	};

	return cmocka_run_group_tests(tests, NULL, free_arena);
}
