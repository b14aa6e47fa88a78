#include "support/test.h"

#include "model/sts.h"

static void
test_mode(void **state)
{
	static const struct {
		struct span line;
		enum sts_mode want;
	} cases[] = {
		{ SPAN_LIT("mode: enforce"), STS_MODE_ENFORCE },
		{ SPAN_LIT("mode: testing"), STS_MODE_TESTING },
		{ SPAN_LIT("mode: none"), STS_MODE_NONE },
		{ SPAN_LIT("mode:enforce"), STS_MODE_ENFORCE },
		{ SPAN_LIT("Mode : Testing "), STS_MODE_TESTING },
		{ SPAN_LIT("mode: enforced"), STS_MODE_NOT_TOLD },
		{ SPAN_LIT("mode"), STS_MODE_NOT_TOLD },
		{ SPAN_LIT("max_age: 86400"), STS_MODE_NOT_TOLD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span lines[] = { SPAN_LIT("version: STSv1"),
			cases[i].line };
		struct policy p = { .type = POLICY_STS,
			.strings = { lines, 2 } };

		assert_int_equal(cases[i].want, sts_mode(&p));
	}
	assert_int_equal(STS_MODE_NOT_TOLD,
	    sts_mode(&(struct policy){ .type = POLICY_STS }));
}

/* RFC 8461 s4.1: "*.example.com" is mail.example.com, but neither
 * example.com nor foo.bar.example.com. */
static void
test_hosts(void **state)
{
	static const struct {
		struct span pattern, host;
		bool want;
	} cases[] = {
		{ SPAN_LIT("*.example.com"), SPAN_LIT("mail.example.com"),
		    true },
		{ SPAN_LIT("*.example.com"), SPAN_LIT("example.com"), false },
		{ SPAN_LIT("*.example.com"), SPAN_LIT("foo.bar.example.com"),
		    false },
		{ SPAN_LIT("mx.example.com"), SPAN_LIT("MX.example.com"),
		    true },
		{ SPAN_LIT("mx.example.com"), SPAN_LIT("mx2.example.com"),
		    false },
		{ SPAN_LIT("*."), SPAN_LIT("mx"), false },
		{ SPAN_LIT(""), SPAN_LIT(""), false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span pattern = cases[i].pattern;
		struct policy p = { .type = POLICY_STS,
			.mx_hosts = { &pattern, 1 } };

		assert_int_equal(cases[i].want,
		    sts_lists_host(&p, cases[i].host));
	}
}

/* Microsoft leaves mx-host out. */
static void
test_hosts_of_the_lines(void **state)
{
	struct span lines[] = { SPAN_LIT("version: STSv1"),
		SPAN_LIT("mx: *.mx.example.com") };
	struct policy p = { .type = POLICY_STS, .strings = { lines, 2 } };

	(void)state;
	assert_true(sts_lists_host(&p, SPAN_LIT("a.mx.example.com")));
	assert_false(sts_lists_host(&p, SPAN_LIT("a.example.com")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mode),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_hosts_of_the_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
