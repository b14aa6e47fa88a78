#include "support/test.h"

#include "base/buf.h"
#include "codec/sts_policy.h"

static struct sts_policy policy;

static enum err
parse(const char *text)
{
	return sts_policy_parse(span_str(text), &policy, NULL);
}

/* RFC 8461 s3.2 */
static void
test_example_of_the_rfc(void **state)
{
	(void)state;
	assert_ok(parse("version: STSv1\r\nmode: enforce\r\n"
			"mx: mail.example.com\r\nmx: *.example.net\r\n"
			"mx: backupmx.example.com\r\nmax_age: 604800\r\n"));
	assert_int_equal(STS_MODE_ENFORCE, policy.mode);
	assert_int_equal(604800, policy.max_age_s);
	assert_int_equal(3, policy.nmx);
	assert_true(span_eq(policy.mx[1], SPAN_LIT("*.example.net")));
}

/* RFC 8461 s4.1: "*.example.com" is of one label more, neither of two nor of
 * none. */
static void
test_patterns(void **state)
{
	static const struct {
		const char *host;
		bool want;
	} cases[] = {
		{ "mail.example.com", true },
		{ "MAIL.Example.Com", true },
		{ "a.mail.example.com", false },
		{ "mx.example.net", true },
		{ "a.mx.example.net", false },
		{ "example.net", false },
		{ ".example.net", false },
		{ "", false },
	};

	(void)state;
	assert_ok(parse("version:STSv1\nmode:testing\nmx:mail.example.com\n"
			"mx:*.example.net\nmax_age:0"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].host);
		assert_int_equal(cases[i].want,
		    sts_policy_allows(&policy, span_str(cases[i].host)));
	}
}

static void
test_what_is_valid(void **state)
{
	static const char *const cases[] = {
		"version: STSv1\nmode: none\nmax_age: 86400\n",
		"max_age: 31557600 \nmode: none\t\nversion: STSv1",
		"version: STSv1\nmode: none\nmode: what\nmax_age: 1\n",
		"version: STSv1\nmode: none\nx.y: \xc3\xa4 b\nmax_age: 1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i]);
		assert_ok(parse(cases[i]));
		assert_int_equal(STS_MODE_NONE, policy.mode);
	}
}

static void
test_what_is_malformed(void **state)
{
	static const char *const cases[] = { "", "<html>",
		"version: STSv1\nmode: enforce\nmax_age: 1\n",
		"version: STSv2\nmode: none\nmax_age: 1\n",
		"mode: none\nmax_age: 1\n", "version: STSv1\nmax_age: 1\n",
		"version: STSv1\nmode: none\n",
		"version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 1\n",
		"version: STSv1\nmode: none\nmax_age: 31557601\n",
		"version: STSv1\nmode: none\nmax_age: -1\n",
		"version: STSv1\nmode: none\nmax_age: 1d\n",
		"version: STSv1\nmode: none\nmax_age: 1\n\nx: y\n",
		"version: STSv1\nmode: none\nmax_age: 1\nx: \xff\n",
		"version: STSv1\nmode: enforce\nmx: a.*.example\nmax_age: 1\n",
		"version: STSv1\nmode: enforce\nmx: a,b\nmax_age: 1\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i]);
		assert_int_equal(E_SYNTAX, parse(cases[i]));
	}
}

static void
test_ceilings(void **state)
{
	struct buf file = BUF_INIT((size_t)2 * STS_POLICY_BYTES_MAX);

	(void)state;
	buf_adds(&file, "version: STSv1\nmode: testing\nmax_age: 1\n");
	for (int i = 0; i < STS_POLICY_MX_MAX; i++)
		buf_adds(&file, "mx: a.example\n");
	assert_ok(sts_policy_parse(buf_span(&file), &policy, NULL));
	buf_adds(&file, "mx: a.example\n");
	assert_int_equal(E_RANGE,
	    sts_policy_parse(buf_span(&file), &policy, NULL));
	while (file.len <= STS_POLICY_BYTES_MAX)
		buf_adds(&file, "x: y\n");
	assert_int_equal(E_RANGE,
	    sts_policy_parse(buf_span(&file), &policy, NULL));
	buf_free(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example_of_the_rfc),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_what_is_valid),
		cmocka_unit_test(test_what_is_malformed),
		cmocka_unit_test(test_ceilings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
