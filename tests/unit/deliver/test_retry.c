#include "support/test.h"

#include <limits.h>

#include "deliver/retry.h"

#define DAY_S 86400

/* -- the first attempt -- */

static void
test_window(void **state)
{
	static const struct {
		const char *name;
		int64_t from_s, min_s, max_s;
		uint64_t random;
		int64_t want;
	} cases[] = {
		{ "earliest", 1000, 1, 14400, 0, 1001 },
		{ "latest", 1000, 1, 14400, 14399, 15400 },
		{ "around", 1000, 1, 14400, 14400, 1001 },
		{ "half", 1000, 1, 14400, 7200, 8201 },
		{ "no delay", 1000, 0, 0, UINT64_MAX, 1000 },
		{ "one delay", 1000, 60, 60, 12345, 1060 },
		{ "before 1970", -1000, 0, 9, 5, -995 },
		{ "end of time", INT64_MAX - 10, 0, 20, 10, INT64_MAX },
		{ "past it", INT64_MAX - 10, 0, 20, 11, INT64_MAX },
		{ "widest window", 0, 0, INT64_MAX, UINT64_MAX, INT64_MAX },
		{ "widest window, both ends", INT64_MIN, 0, INT64_MAX, 7,
		    INT64_MIN + 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].name);
		assert_int_equal(cases[i].want,
		    retry_first_s(cases[i].from_s, cases[i].min_s,
			cases[i].max_s, cases[i].random));
	}
}

static void
test_one_visit_a_host_and_day(void **state)
{
	const struct span host = SPAN_LIT("a.example");
	const uint64_t random = retry_random(host, 20000);
	char copy[] = "a.example";

	(void)state;
	assert_true(random == retry_random(span_str(copy), 20000));
	assert_true(random != retry_random(host, 20001));
	assert_true(random != retry_random(SPAN_LIT("b.example"), 20000));
	(void)retry_random(SPAN_NONE, INT64_MIN);
}

/* Of 10,000 days a quarter of the window has 2,500 with a deviation of 43. */
static void
test_delays_are_spread(void **state)
{
	unsigned quarters[4] = { 0, 0, 0, 0 };

	(void)state;
	for (int64_t day = 0; day < 10000; day++) {
		uint64_t random = retry_random(SPAN_LIT("a.example"), day);
		int64_t delay_s = retry_first_s(0, 1, 14400, random);

		assert_true(delay_s >= 1 && delay_s <= 14400);
		quarters[(delay_s - 1) / 3600]++;
	}
	for (size_t i = 0; i < 4; i++)
		assert_in_range(quarters[i], 2500 - 5 * 43, 2500 + 5 * 43);
}

/* -- further ones -- */

#define NEVER INT64_MIN

struct step {
	const char *name;
	int64_t first_s;
	unsigned attempts;
	int64_t passed_s, retry_after_s;
	uint64_t random;
	int64_t want_s; /* from now, or NEVER */
};

static void
check(const struct step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct step *s = &steps[i];
		int64_t now_s = s->first_s + s->passed_s, at_s = 4711;
		bool again = retry_next_s(s->first_s, s->attempts, now_s,
		    s->retry_after_s, s->random, &at_s);

		print_message("%s\n", s->name);
		assert_int_equal(s->want_s != NEVER, again);
		assert_int_equal(again ? now_s + s->want_s : 4711, at_s);
	}
}

#define CHECK(steps) check((steps), sizeof(steps) / sizeof((steps)[0]))

/* 5 minutes are 300 s, a fifth of that 60: 240 to 360, which are 121. */
static void
test_backoff(void **state)
{
	static const struct step steps[] = {
		{ "first, least", 1000000, 1, 0, -1, 0, 240 },
		{ "first, middle", 1000000, 1, 0, -1, 60, 300 },
		{ "first, most", 1000000, 1, 0, -1, 120, 360 },
		{ "first, around", 1000000, 1, 0, -1, 121, 240 },
		{ "none counts as one", 1000000, 0, 0, -1, 60, 300 },
		{ "second, least", 1000000, 2, 300, -1, 0, 480 },
		{ "second, most", 1000000, 2, 300, -1, 240, 720 },
		{ "third", 1000000, 3, 900, -1, 240, 1200 },
		{ "fourth", 1000000, 4, 2100, -1, 480, 2400 },
		{ "fifth", 1000000, 5, 4500, -1, 960, 4800 },
		{ "sixth", 1000000, 6, 9300, -1, 1920, 9600 },
		{ "4 hours", 1000000, 7, 18900, -1, 2880, 14400 },
		{ "4 hours, least", 1000000, 7, 18900, -1, 0, 11520 },
		{ "4 hours, most", 1000000, 7, 18900, -1, 5760, 17280 },
		{ "4 hours again", 1000000, 8, 33300, -1, 2880, 14400 },
		{ "took long to fail", 1000000, 1, 3600, -1, 60, 300 },
	};

	(void)state;
	CHECK(steps);
}

/* 86400 - 11520 = 74880 */
static void
test_24_hours(void **state)
{
	static const struct step steps[] = {
		{ "just in", 0, 8, 74880, -1, 0, 11520 },
		{ "just out", 0, 8, 74881, -1, 0, NEVER },
		{ "out by its jitter", 0, 8, 74880, -1, 1, NEVER },
		{ "over", 0, 2, 86400, -1, 0, NEVER },
		{ "long over", 0, 2, 8640000, -1, 0, NEVER },
		{ "before 1970", -200000, 8, 74880, -1, 0, 11520 },
		{ "the first one took it all", 0, 1, 86160, -1, 0, 240 },
		{ "and one more second", 0, 1, 86161, -1, 0, NEVER },
	};

	(void)state;
	CHECK(steps);
}

static void
test_retry_after(void **state)
{
	static const struct step steps[] = {
		{ "later", 500, 1, 0, 3600, 0, 3600 },
		{ "sooner", 500, 1, 0, 239, 0, 240 },
		{ "at once", 500, 1, 0, 0, 0, 240 },
		{ "the last second", 500, 1, 0, DAY_S, 0, DAY_S },
		{ "past it", 500, 1, 0, DAY_S + 1, 0, DAY_S },
		{ "never", 500, 1, 0, INT64_MAX, 0, DAY_S },
		{ "before", 500, 1, 0, INT64_MIN, 0, 240 },
		{ "near the end", 500, 5, 80000, 100000, 0, 6400 },
		{ "does not lengthen", 500, 8, 74881, 5, 0, NEVER },
		{ "does not lengthen either", 500, 8, 74881, 20000, 0, NEVER },
	};

	(void)state;
	CHECK(steps);
}

/* The longest waits: 360 720 1440 2880 5760 11520, then 17280 each. Six are
 * 22680 s, nine 74520, ten 91800. */
static void
test_clock_that_went_back(void **state)
{
	static const struct step steps[] = {
		{ "by a year", 0, 1, -31536000, -1, 0, 240 },
		{ "seventh", 0, 7, -5, -1, 0, 11520 },
		{ "seventh, less than was waited", 0, 7, 15119, -1, 0, 11520 },
		{ "tenth, just in", 0, 10, -1, -1, 360, 11880 },
		{ "tenth, just out", 0, 10, -1, -1, 361, NEVER },
		{ "tenth, long waits", 0, 10, 0, 50000, 0, 11880 },
		{ "eleventh", 0, 11, 0, -1, 0, NEVER },
		{ "most attempts", 0, UINT_MAX, 0, -1, 0, NEVER },
	};

	(void)state;
	CHECK(steps);
}

static void
test_ends_of_time(void **state)
{
	int64_t at_s = 4711;

	(void)state;
	assert_false(retry_next_s(INT64_MIN, 1, INT64_MAX, -1, 0, &at_s));
	assert_false(retry_next_s(INT64_MAX, 1, INT64_MAX, -1, 0, &at_s));
	assert_false(
	    retry_next_s(INT64_MAX - 239, 1, INT64_MAX - 239, -1, 0, &at_s));
	assert_int_equal(4711, at_s);
	assert_true(
	    retry_next_s(INT64_MAX - 240, 1, INT64_MAX - 240, -1, 0, &at_s));
	assert_int_equal(INT64_MAX, at_s);
	assert_true(retry_next_s(INT64_MAX, 1, INT64_MIN, -1, 0, &at_s));
	assert_int_equal(INT64_MIN + 240, at_s);
}

/* SplitMix64 of Steele, Lea, Flood (2014). */
static uint64_t
next_random(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void
test_a_day_of_failures(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		int64_t first_s = 1700000000, now_s = first_s, at_s;
		unsigned attempts = 1;

		while (retry_next_s(first_s, attempts, now_s, -1,
		    next_random(&seed), &at_s)) {
			assert_true(at_s >= now_s + 240);
			assert_true(at_s <= first_s + DAY_S);
			now_s = at_s;
			attempts++;
		}
		assert_in_range(attempts, 6, 14);
		/* It ends for want of time, not sooner. */
		assert_true(now_s > first_s + DAY_S - 17280);
	}
}

/* Whatever the clock shows, no more than 24 hours are waited in all. */
static void
test_days_of_a_clock_that_goes_back(void **state)
{
	uint64_t seed = 2;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		int64_t first_s = 1700000000, now_s = first_s, at_s;
		int64_t waited_s = 0;
		unsigned attempts = 1;

		while (retry_next_s(first_s, attempts, now_s, -1,
		    next_random(&seed), &at_s)) {
			waited_s += at_s - now_s;
			now_s = first_s -
			    (int64_t)(next_random(&seed) % 1000000000);
			attempts++;
		}
		assert_in_range(attempts, 6, 14);
		assert_in_range(waited_s, 1, DAY_S);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_one_visit_a_host_and_day),
		cmocka_unit_test(test_delays_are_spread),
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_24_hours),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_clock_that_went_back),
		cmocka_unit_test(test_ends_of_time),
		cmocka_unit_test(test_a_day_of_failures),
		cmocka_unit_test(test_days_of_a_clock_that_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
