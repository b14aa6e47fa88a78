#include "support/test.h"

#include "http/body.h"

static char bytes[100000];

static struct span
some(size_t n)
{
	return (struct span){ bytes, n };
}

static void
test_ceiling_of_one(void **state)
{
	struct http_budget budget = { .max = 1000000 };
	struct http_body b = { .budget = &budget, .max = 10000 };

	(void)state;
	assert_ok(http_body_add(&b, some(0)));
	assert_int_equal(0, budget.used);
	assert_ok(http_body_add(&b, some(1)));
	assert_ok(http_body_add(&b, some(9999)));
	assert_int_equal(10000, b.len);
	assert_int_equal(10000, budget.used);
	assert_err(E_RANGE, http_body_add(&b, some(1)));
	assert_ok(http_body_add(&b, some(0)));
	http_body_free(&b);
	assert_int_equal(0, budget.used);
	assert_err(E_RANGE, http_body_add(&b, some(10001)));
}

static void
test_ceiling_of_all(void **state)
{
	struct http_budget budget = { .max = 100000 };
	struct http_body a = { .budget = &budget, .max = 90000 };
	struct http_body b = { .budget = &budget, .max = 90000 };

	(void)state;
	assert_true(http_budget_has_room(&budget, 100000));
	assert_false(http_budget_has_room(&budget, 100001));
	assert_ok(http_body_add(&a, some(90000)));
	assert_true(http_budget_has_room(&budget, 10000));
	assert_false(http_budget_has_room(&budget, 10001));
	assert_ok(http_body_add(&b, some(5000)));
	assert_err(E_FULL, http_body_add(&b, some(6000)));
	assert_int_equal(5000, b.len);
	http_body_free(&a);
	assert_ok(http_body_add(&b, some(6000)));
	http_body_free(&b);
	assert_int_equal(0, budget.used);
	http_body_free(&b);
	assert_int_equal(0, budget.used);
}

static void
test_bytes_stay_in_order(void **state)
{
	struct http_budget budget = { .max = 1000000 };
	struct http_body b = { .budget = &budget, .max = sizeof(bytes) };

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 % 251);
	for (size_t i = 0; i < sizeof(bytes); i += 1000)
		assert_ok(http_body_add(&b, (struct span){ bytes + i, 1000 }));
	assert_int_equal(sizeof(bytes), b.len);
	assert_memory_equal(bytes, b.p, sizeof(bytes));
	http_body_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ceiling_of_one),
		cmocka_unit_test(test_ceiling_of_all),
		cmocka_unit_test(test_bytes_stay_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
