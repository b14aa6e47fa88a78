#include "support/test.h"

#include "model/limits.h"
#include "support/datagram.h"

/* -- what is repaired, and how it is marked -- */

static void
test_marks(void **state)
{
	static const struct {
		const char *name, *in;
		unsigned marks;
	} cases[] = {
		{ "no version",
		    "{\"d\":\"a\",\"policies\":[{\"policy-type\":9,\"f\":0}]}",
		    MARK_VERSION },
		{ "invalid UTF-8", DETAIL(",\"h\":\"\xff\""), MARK_UTF8 },
		{ "cut UTF-8", TOP(",\"pr\":\"\xc3\""), MARK_UTF8 },
		{ "overlong UTF-8", DETAIL(",\"f\":\"\xc0\xaf\""), MARK_UTF8 },
		{ "U+0000", DETAIL(",\"f\":\"a\\u0000b\""), MARK_UTF8 },
		{ "lone surrogate",
		    POLICY(",\"f\":0,\"policy-string\":[\"\\ud800\"]"),
		    MARK_UTF8 },
		{ "in an unknown key", TOP(",\"\xff\":1"), MARK_UTF8 },
		{ "below an unknown key", TOP(",\"x\":[\"\xff\"]"), MARK_UTF8 },
		{ "domain with a blank",
		    DATAGRAM("\"a b\"", "", "{\"policy-type\":9,\"f\":0}"),
		    MARK_NAME },
		{ "policy domain with a slash",
		    POLICY(",\"f\":0,\"policy-domain\":\"a/b\""), MARK_NAME },
		{ "mx host with a percent sign",
		    POLICY(",\"f\":0,\"mx-host\":[\"a\",\"%s\"]"), MARK_NAME },
		{ "mx name that IDNA rejects", DETAIL(",\"n\":\"\\u202e\""),
		    MARK_NAME },
		{ "name of invalid UTF-8", DETAIL(",\"n\":\"\xff\""),
		    MARK_NAME | MARK_UTF8 },
		{ "no IPv4", DETAIL(",\"s\":\"192.0.2.256\""), MARK_ADDRESS },
		{ "no IPv6", DETAIL(",\"r\":\"2001:db8::g\""), MARK_ADDRESS },
		{ "a name for an address", DETAIL(",\"r\":\"localhost\""),
		    MARK_ADDRESS },
		{ "U+0000 in an address", DETAIL(",\"r\":\"::1\\u0000\""),
		    MARK_ADDRESS | MARK_UTF8 },
		{ "one repair after another",
		    DETAIL(",\"s\":\"x\",\"n\":\"/\",\"h\":\"\\u0000\""),
		    MARK_ADDRESS | MARK_NAME | MARK_UTF8 },
		{ "information as text", DETAIL(",\"a\":\"see our site\""),
		    MARK_URI },
		{ "information without scheme",
		    DETAIL(",\"a\":\"//a.example/\""), MARK_URI },
		{ "result 7", POLICY(",\"f\":7"), MARK_RESULT },
		{ "result 2", POLICY(",\"f\":2"), MARK_RESULT },
		{ "result -1", POLICY(",\"f\":-1"), MARK_RESULT },
		{ "result past 32 bits", POLICY(",\"f\":4294967296"),
		    MARK_RESULT },
		{ "code 901", DETAILS("{\"c\":901}"), MARK_CODE },
		{ "code 0", DETAILS("{\"c\":0}"), MARK_CODE },
		{ "code -201", DETAILS("{\"c\":-201}"), MARK_CODE },
		{ "code past 32 bits", DETAILS("{\"c\":4294967497}"),
		    MARK_CODE },
		{ "\"t\" too small",
		    POLICY(",\"t\":0,\"f\":1,\"failure-details\":"
			   "[{\"c\":201}]"),
		    MARK_COUNT },
		{ "\"t\" too large", POLICY(",\"t\":1,\"f\":1"), MARK_COUNT },
		{ "\"t\" negative", POLICY(",\"t\":-1,\"f\":1"), MARK_COUNT },
		{ "all at once",
		    "{\"d\":\"\xff\",\"policies\":[{\"policy-type\":9,"
		    "\"t\":5,\"f\":9,\"failure-details\":[{\"c\":1,"
		    "\"s\":\"x\"}]}]}",
		    MARK_VERSION | MARK_UTF8 | MARK_NAME | MARK_COUNT |
			MARK_RESULT | MARK_CODE | MARK_ADDRESS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct session *s;

		print_message("%s\n", cases[i].name);
		s = read_ok(span_str(cases[i].in));
		assert_int_equal(cases[i].marks, s->marks);
		assert_int_equal(1, s->npolicies);
	}
}

static void
test_texts_are_replaced(void **state)
{
	(void)state;
	assert_span("a" U_FFFD "b" U_FFFD U_FFFD "c",
	    only_detail(DETAIL(",\"h\":\"a\\u0000b\\ud800\xff"
			       "c\""))
		->helo);
	assert_span("\xf0\x9f\x98\x80",
	    only_detail(DETAIL(",\"f\":\"\\ud83d\\ude00\""))->reason);
	assert_span(U_FFFD, read_ok(SPAN_LIT(TOP(",\"pr\":\"\x80\"")))->record);
}

static void
test_names_are_escaped(void **state)
{
	const struct session *s = read_ok(
	    SPAN_LIT(DATAGRAM("\"A b\\n\xff.Example.\"", "",
		"{\"policy-type\":9,\"f\":0}")));

	(void)state;
	assert_span("a%20b%0A%EF%BF%BD.example", s->domain);
	assert_span("%2Fetc",
	    only_detail(DETAIL(",\"n\":\"/ETC\""))->mx_hostname);
	/* IDNA: RFC 5891 by way of RFC 3492. */
	assert_span("xn--bcher-kva.example",
	    only_detail(DETAIL(",\"n\":\"B\xc3\xbc"
			       "cher.example\""))
		->mx_hostname);
}

static void
test_addresses_have_one_spelling(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ DETAIL(",\"s\":\"::ffff:192.0.2.1\""), "192.0.2.1" },
		{ DETAIL(",\"s\":\"[192.0.2.1]\""), "192.0.2.1" },
		{ DETAIL(",\"s\":\"IPv6:2001:DB8:0::1\""), "2001:db8::1" },
		{ DETAIL(",\"s\":\"unknown\""), "" },
		{ DETAIL(",\"s\":\"192.0.2.1 \""), "" },
		{ DETAIL(",\"s\":\"\""), "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_span(cases[i].want,
		    only_detail(cases[i].in)->sending_ip);
}

static void
test_odd_result_is_a_failure(void **state)
{
	(void)state;
	assert_true(only_policy(POLICY(",\"f\":7"))->failed);
	assert_true(only_policy(POLICY(",\"f\":-1"))->failed);
	assert_true(only_policy(POLICY(",\"f\":4294967296"))->failed);
}

/* s4.3.3. */
static void
test_unknown_code_is_a_validation_failure(void **state)
{
	const struct failure_detail *d;

	(void)state;
	d = only_detail(DETAILS("{\"c\":901}"));
	assert_int_equal(RESULT_VALIDATION_FAILURE, d->type);
	assert_span("unknown-failure-code-901", d->reason);
	d = only_detail(DETAILS("{\"f\":\"why\",\"c\":-1}"));
	assert_int_equal(RESULT_VALIDATION_FAILURE, d->type);
	assert_span("unknown-failure-code--1: why", d->reason);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_texts_are_replaced),
		cmocka_unit_test(test_names_are_escaped),
		cmocka_unit_test(test_addresses_have_one_spelling),
		cmocka_unit_test(test_odd_result_is_a_failure),
		cmocka_unit_test(test_unknown_code_is_a_validation_failure),
	};

	return cmocka_run_group_tests(tests, NULL, free_arena);
}
