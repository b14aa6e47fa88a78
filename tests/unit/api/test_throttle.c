#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/throttle.h"

#define NAME SPAN_LIT("somebody")

static struct throttle *t;

static int
set_up(void **state)
{
	(void)state;
	t = calloc(1, sizeof(*t));
	return t == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	free(t);
	return 0;
}

static void
test_the_wait_doubles(void **state)
{
	static const int64_t waits[] = { 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64,
		128, 256, 512, 900, 900 };
	int64_t now_s = 1000;

	(void)state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		throttle_fail(t, "name", NAME, now_s);
		assert_int_equal(waits[i],
		    throttle_wait_s(t, "name", NAME, now_s));
		now_s += waits[i];
		assert_int_equal(0, throttle_wait_s(t, "name", NAME, now_s));
	}
}

static void
test_an_hour_forgives(void **state)
{
	(void)state;
	for (int i = 0; i < 9; i++)
		throttle_fail(t, "name", NAME, 1000);
	assert_int_equal(16, throttle_wait_s(t, "name", NAME, 1000));
	throttle_fail(t, "name", NAME, 1000 + THROTTLE_FORGET_S);
	assert_int_equal(0,
	    throttle_wait_s(t, "name", NAME, 1000 + THROTTLE_FORGET_S));
}

static void
test_names_and_addresses_are_apart(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++)
		throttle_fail(t, "name", NAME, 1000);
	assert_int_equal(2, throttle_wait_s(t, "name", NAME, 1000));
	assert_int_equal(0, throttle_wait_s(t, "address", NAME, 1000));
	throttle_forgive(t, "name", NAME);
	assert_int_equal(0, throttle_wait_s(t, "name", NAME, 1000));
}

/* Whoever tries a hundred thousand names does not buy a new start. */
static void
test_a_flood_forgets_nobody(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < 12; i++)
		throttle_fail(t, "name", NAME, 1000);
	for (int i = 0; i < 100000; i++) {
		(void)snprintf(name, sizeof(name), "name%d", i);
		throttle_fail(t, "name", span_str(name), 1001);
	}
	assert_int_equal(127, throttle_wait_s(t, "name", NAME, 1001));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_the_wait_doubles),
		TEST(test_an_hour_forgives),
		TEST(test_names_and_addresses_are_apart),
		TEST(test_a_flood_forgets_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
