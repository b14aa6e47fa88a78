#include "support/test.h"

#include "base/num.h"

static void
test_num_parse(void **state)
{
	static const struct {
		const char *name, *in;
		int64_t min, max;
		enum err err;
		int64_t want;
	} cases[] = {
		{ "plain", "42", 0, 100, E_OK, 42 },
		{ "zero", "0", 0, 100, E_OK, 0 },
		{ "leading zeros", "007", 0, 100, E_OK, 7 },
		{ "negative", "-5", -10, 10, E_OK, -5 },
		{ "least", "-9223372036854775808", INT64_MIN, INT64_MAX, E_OK,
		    INT64_MIN },
		{ "most", "9223372036854775807", INT64_MIN, INT64_MAX, E_OK,
		    INT64_MAX },
		{ "one too many", "9223372036854775808", INT64_MIN, INT64_MAX,
		    E_RANGE, 0 },
		{ "one too few", "-9223372036854775809", INT64_MIN, INT64_MAX,
		    E_RANGE, 0 },
		{ "far too many", "99999999999999999999", 0, 100, E_RANGE, 0 },
		{ "below", "4", 5, 10, E_RANGE, 0 },
		{ "above", "11", 5, 10, E_RANGE, 0 },
		{ "empty", "", 0, 1, E_SYNTAX, 0 },
		{ "only a sign", "-", -1, 1, E_SYNTAX, 0 },
		{ "plus", "+1", 0, 1, E_SYNTAX, 0 },
		{ "blank", " 1", 0, 1, E_SYNTAX, 0 },
		{ "behind", "1x", 0, 1, E_SYNTAX, 0 },
		{ "hex", "0x1", 0, 1, E_SYNTAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t got = 0;

		print_message("%s\n", cases[i].name);
		assert_err(cases[i].err,
		    num_parse(span_str(cases[i].in), cases[i].min, cases[i].max,
			&got));
		assert_int_equal(cases[i].want, got);
	}
}

static void
test_count_add_stops_at_the_ceiling(void **state)
{
	(void)state;
	assert_int_equal(3, count_add(1, 2));
	assert_int_equal(COUNT_MAX, count_add(COUNT_MAX - 1, 1));
	assert_int_equal(COUNT_MAX, count_add(COUNT_MAX, 1));
	assert_int_equal(COUNT_MAX, count_add(UINT64_MAX, UINT64_MAX));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_num_parse),
		cmocka_unit_test(test_count_add_stops_at_the_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
