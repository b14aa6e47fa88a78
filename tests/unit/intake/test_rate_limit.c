#include "support/test.h"

#include <stdio.h>

#include "intake/rate_limit.h"

#define MINUTE (60 * NS_PER_S)

static struct http_address
address(const char *text)
{
	struct http_address a;

	assert_true(http_address_parse(span_str(text), &a));
	return a;
}

static struct rate_limit *
limit(uint64_t hourly, uint64_t burst, size_t places)
{
	struct rate_limit *l;

	assert_ok(rate_limit_open(hourly, burst, places, &l));
	return l;
}

static void
test_burst_then_rate(void **state)
{
	struct rate_limit *l = limit(60, 3, 100);
	struct http_address a = address("192.0.2.1");
	int64_t t = 5 * MINUTE;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(0, rate_limit_take(l, &a, t));
	assert_int_equal(MINUTE, rate_limit_take(l, &a, t));
	assert_int_equal(MINUTE, rate_limit_take(l, &a, t));
	assert_int_equal(1, rate_limit_take(l, &a, t + MINUTE - 1));
	assert_int_equal(0, rate_limit_take(l, &a, t + MINUTE));
	assert_int_equal(MINUTE, rate_limit_take(l, &a, t + MINUTE));
	/* No more than the burst is saved. */
	for (int i = 0; i < 3; i++)
		assert_int_equal(0, rate_limit_take(l, &a, t + 99 * MINUTE));
	assert_true(rate_limit_take(l, &a, t + 99 * MINUTE) > 0);
	rate_limit_close(l);
}

static void
test_addresses_have_their_own(void **state)
{
	struct rate_limit *l = limit(60, 1, 100);
	static const struct {
		const char *address;
		bool may;
	} rows[] = {
		{ "192.0.2.1", true },
		{ "192.0.2.2", true },
		{ "192.0.2.1", false },
		{ "2001:db8::1", true },
		{ "2001:db8::2", false },
		{ "2001:db8:0:1::1", true },
		{ "::ffff:192.0.2.2", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_address a = address(rows[i].address);

		assert_int_equal(rows[i].may,
		    rate_limit_take(l, &a, MINUTE) == 0);
	}
	rate_limit_close(l);
}

/* Whoever has used much is remembered, however many come once. */
static void
test_many_addresses_do_not_wash_out_the_worst(void **state)
{
	struct rate_limit *l = limit(60, 100, 64);
	struct http_address worst = address("192.0.2.1"), a;
	char text[32];

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(0, rate_limit_take(l, &worst, MINUTE));
	for (int i = 0; i < 100000; i++) {
		(void)snprintf(text, sizeof(text), "10.%d.%d.%d", i >> 16,
		    i >> 8 & 255, i & 255);
		a = address(text);
		assert_int_equal(0, rate_limit_take(l, &a, MINUTE));
	}
	assert_true(rate_limit_take(l, &worst, MINUTE) > 0);
	rate_limit_close(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst_then_rate),
		cmocka_unit_test(test_addresses_have_their_own),
		cmocka_unit_test(test_many_addresses_do_not_wash_out_the_worst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
