#include "support/test.h"

#include "aggregate/ceiling.h"

static void
test_max_children_are_admitted_and_stay(void **state)
{
	struct ceiling *c;

	(void)state;
	assert_ok(ceiling_new(1000, &c));
	for (uint64_t i = 1; i <= 3; i++)
		assert_true(ceiling_admit(c, 100, i, 3));
	assert_false(ceiling_admit(c, 100, 4, 3));
	for (uint64_t i = 1; i <= 3; i++)
		assert_true(ceiling_admit(c, 100, i, 3));
	assert_true(ceiling_admit(c, 200, 4, 3));
	ceiling_clear(c);
	assert_true(ceiling_admit(c, 100, 9, 1));
	assert_false(ceiling_admit(c, 100, 1, 1));
	ceiling_free(c);
}

static void
test_there_is_a_ceiling_on_all_together(void **state)
{
	struct ceiling *c;
	unsigned admitted = 0;

	(void)state;
	assert_ok(ceiling_new(5000, &c));
	for (uint64_t i = 1; i <= 10000; i++)
		admitted += ceiling_admit(c, 1000000, i, UINT32_MAX);
	/* The parent is one of them. */
	assert_int_equal(4999, admitted);
	ceiling_free(c);
}

static void
test_hashes_of_zero_and_of_one_slot_work(void **state)
{
	struct ceiling *c;

	(void)state;
	assert_ok(ceiling_new(100000, &c));
	assert_true(ceiling_admit(c, 0, 0, 5));
	/* All of these want the first slot. */
	for (uint64_t i = 1; i <= 3000; i++)
		assert_true(ceiling_admit(c, 7, i << 32, 3000));
	assert_false(ceiling_admit(c, 7, UINT64_C(3001) << 32, 3000));
	for (uint64_t i = 1; i <= 3000; i++)
		assert_true(ceiling_admit(c, 7, i << 32, 3000));
	ceiling_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_max_children_are_admitted_and_stay),
		cmocka_unit_test(test_there_is_a_ceiling_on_all_together),
		cmocka_unit_test(test_hashes_of_zero_and_of_one_slot_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
