#include "support/test.h"

#include <stdlib.h>

#include "codec/collectd_datagram.h"
#include "codec/datagram_read.h"

#define RECORD SPAN_LIT("v=TLSRPTv1; rua=mailto:a@b.example")

static struct arena arena = ARENA_INIT(DATAGRAM_ARENA_MAX);
static struct buf out = BUF_INIT(COLLECTD_DATAGRAM_MAX);

static int
release(void **state)
{
	(void)state;
	arena_free(&arena);
	buf_free(&out);
	return 0;
}

static enum err
compose(struct collectd_texts texts)
{
	struct why why = { { 0 } };

	buf_clear(&out);
	return collectd_datagram(&texts, &arena, &out, &why);
}

static struct session
read_back(void)
{
	struct why why = { { 0 } };
	struct session session;
	enum counter as;

	assert_ok_why(datagram_read(buf_span(&out), &arena, &session, &as,
			  &why),
	    &why);
	return session;
}

static void
test_a_row_of_results(void **state)
{
	struct session s;

	(void)state;
	assert_ok(compose((struct collectd_texts){
	    .domain = SPAN_LIT("a.example"),
	    .record = RECORD,
	    .policy = SPAN_LIT(
		"{\"policy-type\": 2, \"policy-domain\": "
		"\"a.example\", \"mx-host\": [\"*.a.example\"]}"),
	    .reason = SPAN_NONE,
	}));
	s = read_back();
	assert_int_equal(0, s.marks);
	assert_span("a.example", s.domain);
	assert_span("v=TLSRPTv1; rua=mailto:a@b.example", s.record);
	assert_int_equal(1, s.npolicies);
	assert_int_equal(POLICY_STS, s.policies[0].policy.type);
	assert_int_equal(1, s.policies[0].policy.mx_hosts.n);
	assert_int_equal(0, s.policies[0].ndetails);
}

static void
test_a_row_of_failures(void **state)
{
	struct session s;

	(void)state;
	assert_ok(compose((struct collectd_texts){
	    .domain = SPAN_LIT("a.example"),
	    .record = SPAN_NONE,
	    .policy = SPAN_LIT(" {\"policy-type\": 9}\n"),
	    .reason = SPAN_LIT("{\"c\": 201, \"f\": \"a \\\"b\\\" {\"}"),
	}));
	s = read_back();
	assert_int_equal(0, s.marks);
	assert_int_equal(0, s.record.len);
	assert_int_equal(1, s.npolicies);
	assert_true(s.policies[0].failed);
	assert_int_equal(1, s.policies[0].ndetails);
	assert_int_equal(RESULT_STARTTLS_NOT_SUPPORTED,
	    s.policies[0].details[0].type);
	assert_span("a \"b\" {", s.policies[0].details[0].reason);
}

static void
test_texts_are_strings_whatever_is_in_them(void **state)
{
	static const struct span record = SPAN_LIT(
	    "\",\"report\":1,\"x\":\"\\\n\x7f\xc3\xa9");

	(void)state;
	assert_ok(compose((struct collectd_texts){
	    .domain = SPAN_LIT("a.example"),
	    .record = record,
	    .policy = SPAN_LIT("{\"policy-type\": 9}"),
	    .reason = SPAN_NONE,
	}));
	assert_true(span_eq(record, read_back().record));
}

/* Or else one row could say more than it counts for. */
static void
test_only_one_object_is_taken(void **state)
{
	static const char *const cases[] = { "", "[]", "1", "null", "{",
		"{\"policy-type\":9},{\"policy-type\":9}", "{}{}",
		"{}],\"d\":\"x\",\"y\":[{}", "{\"a\":1}]", "{\"a\"}" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct collectd_texts texts = { SPAN_LIT("a.example"), RECORD,
			span_str(cases[i]), SPAN_NONE };

		print_message("case %zu\n", i);
		assert_err(E_SYNTAX, compose(texts));
		texts.policy = SPAN_LIT("{\"policy-type\":9}");
		texts.reason = span_str(cases[i]);
		assert_err(E_SYNTAX, compose(texts));
	}
}

static void
test_the_ceiling(void **state)
{
	size_t size = COLLECTD_DATAGRAM_MAX + 1;
	char *blanks = malloc(size);

	(void)state;
	assert_non_null(blanks);
	memset(blanks, ' ', size);
	memcpy(blanks, "{}", 2);
	assert_err(E_RANGE,
	    compose((struct collectd_texts){ SPAN_LIT("a.example"), RECORD,
		{ blanks, size }, SPAN_NONE }));
	assert_err(E_RANGE,
	    compose((struct collectd_texts){ SPAN_LIT("a.example"), RECORD,
		{ blanks, size - 60 }, SPAN_NONE }));
	free(blanks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_row_of_results),
		cmocka_unit_test(test_a_row_of_failures),
		cmocka_unit_test(test_texts_are_strings_whatever_is_in_them),
		cmocka_unit_test(test_only_one_object_is_taken),
		cmocka_unit_test(test_the_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
