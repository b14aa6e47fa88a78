#include "support/test.h"

#include "base/num.h"
#include "codec/count_read.h"

static void
test_counts(void **state)
{
	static const struct {
		const char *in;
		uint64_t want;
		unsigned marks;
	} cases[] = {
		{ "0", 0, 0 },
		{ "7", 7, 0 },
		{ "007", 7, 0 },
		{ "123456789012345", 123456789012345, 0 },
		{ "1234567890123456", 1234567890123456, 0 },
		{ "9007199254740991", 9007199254740991, 0 },
		{ "9007199254740992", 9007199254740991, COUNT_TOO_LARGE },
		{ "18446744073709551616", 9007199254740991, COUNT_TOO_LARGE },
		{ "00000000000000000000000001", 1, 0 },
		{ "+5", 5, COUNT_FORM },
		{ "-0", 0, COUNT_FORM },
		{ "1.0", 1, COUNT_FORM },
		{ "1e3", 1000, COUNT_FORM },
		{ "1.5E+1", 15, COUNT_FORM },
		{ "1500e-2", 15, COUNT_FORM },
		{ "0e999999999999999999999", 0, COUNT_FORM },
		{ "0.000e-999999999999999999999", 0, COUNT_FORM },
		{ "1e999999999999999999999", 9007199254740991,
		    COUNT_FORM | COUNT_TOO_LARGE },
		{ "0.0000000001e10", 1, COUNT_FORM },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned marks = 77;
		uint64_t n = 77;

		print_message("%s\n", cases[i].in);
		assert_ok(count_read(span_str(cases[i].in), &n, &marks));
		assert_true(cases[i].want == n);
		assert_int_equal(cases[i].marks, marks);
	}
}

static void
test_no_counts(void **state)
{
	static const struct {
		const char *in;
		enum err want;
	} cases[] = {
		{ "", E_SYNTAX },
		{ "-", E_SYNTAX },
		{ ".5", E_SYNTAX },
		{ "5.", E_SYNTAX },
		{ "1e", E_SYNTAX },
		{ "1e+", E_SYNTAX },
		{ "1,000", E_SYNTAX },
		{ "0x10", E_SYNTAX },
		{ "5 ", E_SYNTAX },
		{ "many", E_SYNTAX },
		{ "-1", E_RANGE },
		{ "-1e3", E_RANGE },
		{ "0.5", E_RANGE },
		{ "15e-1", E_RANGE },
		{ "1e-999999999999999999999", E_RANGE },
		{ "1.00000000000000000000000000001", E_RANGE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned marks = 77;
		uint64_t n = 77;

		print_message("%s\n", cases[i].in);
		assert_err(cases[i].want,
		    count_read(span_str(cases[i].in), &n, &marks));
		assert_int_equal(77, n);
		assert_int_equal(77, marks);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_no_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
