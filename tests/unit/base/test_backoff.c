#include "support/test.h"

#include "base/backoff.h"

static void
test_waits_double_up_to_the_ceiling(void **state)
{
	struct backoff b = BACKOFF_INIT(100, 1000);
	const int64_t longest[] = { 100, 200, 400, 800, 1000 };

	(void)state;
	for (size_t i = 0; i < sizeof(longest) / sizeof(longest[0]); i++) {
		int64_t ns = backoff_next_ns(&b);

		assert_true(ns >= longest[i] / 2);
		assert_true(ns <= longest[i]);
	}
	backoff_reset(&b);
	assert_true(backoff_next_ns(&b) <= 100);
}

/* Of 1000 waits out of 500 thousand values hardly two are alike. */
static void
test_waits_are_spread(void **state)
{
	size_t lower = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct backoff b = BACKOFF_INIT(1000000, 1000000);

		lower += backoff_next_ns(&b) < 750000;
	}
	assert_true(lower > 350 && lower < 650);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits_double_up_to_the_ceiling),
		cmocka_unit_test(test_waits_are_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
