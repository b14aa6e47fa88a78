#include "support/test.h"

#include <stdio.h>
#include <time.h>

#include "base/clock.h"

static int
days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (leap && month == 2);
}

static void
check_day(int64_t day, int year, int month, int mday)
{
	char want[32], got[DAY_TEXT_SIZE];
	int64_t again = -1;

	(void)snprintf(want, sizeof(want), "%04d-%02d-%02d", year, month, mday);
	day_text(day, got);
	assert_string_equal(want, got);
	assert_ok(day_parse(span_str(want), &again));
	assert_int_equal(day, again);
}

/* The calendar counted by hand: each day of 130 years, then the first and the
 * last of each month. */
static void
test_days_follow_the_calendar(void **state)
{
	int64_t day = 0;

	(void)state;
	for (int year = 1970; year <= 9999; year++) {
		for (int month = 1; month <= 12; month++) {
			int last = days_of_month(year, month);

			for (int mday = 1; mday <= last; mday++, day++)
				if (year < 2100 || mday == 1 || mday == last)
					check_day(day, year, month, mday);
		}
	}
	assert_int_equal(DAY_MAX, day - 1);
}

static void
test_day_parse_refuses(void **state)
{
	static const struct {
		const char *name, *in;
		enum err want;
	} cases[] = {
		{ "empty", "", E_SYNTAX },
		{ "short", "2026-11-2", E_SYNTAX },
		{ "long", "2026-11-222", E_SYNTAX },
		{ "a time behind", "2026-11-22T00:00:00Z", E_SYNTAX },
		{ "other dashes", "2026/11/22", E_SYNTAX },
		{ "no leap year", "2026-02-29", E_SYNTAX },
		{ "no leap year in 2100", "2100-02-29", E_SYNTAX },
		{ "31st of a short month", "2026-04-31", E_SYNTAX },
		{ "32nd", "2026-01-32", E_SYNTAX },
		{ "day 0", "2026-01-00", E_SYNTAX },
		{ "month 0", "2026-00-01", E_SYNTAX },
		{ "month 13", "2026-13-01", E_SYNTAX },
		{ "sign", "2026-+1-01", E_SYNTAX },
		{ "minus", "2026--1-01", E_SYNTAX },
		{ "blank", "2026- 1-01", E_SYNTAX },
		{ "letters", "20x6-01-01", E_SYNTAX },
		{ "before days count", "1969-12-31", E_RANGE },
		{ "year 0", "0000-01-01", E_RANGE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t day = 4711;

		print_message("%s\n", cases[i].name);
		assert_err(cases[i].want,
		    day_parse(span_str(cases[i].in), &day));
		assert_int_equal(4711, day);
	}
}

static void
test_time_text_is_rfc_3339(void **state)
{
	static const struct {
		int64_t in;
		const char *want;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		/* RFC 8460 appendix B. */
		{ 1459468800, "2016-04-01T00:00:00Z" },
		{ 1459555199, "2016-04-01T23:59:59Z" },
		{ 2147483648, "2038-01-19T03:14:08Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char got[TIME_TEXT_SIZE];

		time_text(cases[i].in, got);
		assert_string_equal(cases[i].want, got);
	}
}

static void
test_a_day_is_86400_seconds(void **state)
{
	(void)state;
	assert_int_equal(0, day_of_s(0));
	assert_int_equal(0, day_of_s(86399));
	assert_int_equal(1, day_of_s(86400));
	assert_int_equal(16892, day_of_s(1459468800));
	assert_int_equal(16892, day_of_ns(1459555199999999999));
	assert_int_equal(1459468800, day_start_s(16892));
	assert_int_equal(1459555199, day_end_s(16892));
}

static void
test_a_week_begins_on_monday(void **state)
{
	(void)state;
	assert_int_equal(-3, week_of_day(0)); /* a Thursday */
	assert_int_equal(-3, week_of_day(3));
	assert_int_equal(4, week_of_day(4));
	/* 2026-11-23, the last Sunday before it and the next one */
	assert_int_equal(20780, week_of_day(20780));
	assert_int_equal(20773, week_of_day(20779));
	assert_int_equal(20780, week_of_day(20786));
}

static void
test_time_past_year_9999_is_a_question_mark(void **state)
{
	char day[DAY_TEXT_SIZE], time[TIME_TEXT_SIZE];

	(void)state;
	day_text(DAY_MAX + 1, day);
	assert_string_equal("?", day);
	time_text(253402300800, time);
	assert_string_equal("?", time);
}

static void
test_machine_clock(void **state)
{
	struct clock plain = clock_machine(0), ahead = clock_machine(3600);
	struct clock behind = clock_machine(-3600);
	int64_t first = time(NULL), last;
	int64_t got = clock_wall_s(&plain);
	int64_t got_ahead = clock_wall_s(&ahead);
	int64_t got_behind = clock_wall_s(&behind);
	int64_t mono = clock_mono_ns(&ahead);

	(void)state;
	assert_true(clock_mono_ns(&ahead) >= mono);
	/* time() may read a clock that is a tick behind. */
	last = time(NULL) + 1;
	assert_in_range(got, first, last);
	assert_in_range(got_ahead, first + 3600, last + 3600);
	assert_in_range(got_behind, first - 3600, last - 3600);
}

static void
test_clock_of_tests_stands_still(void **state)
{
	struct clock c = support_clock(5 * NS_PER_S + 7);

	(void)state;
	assert_int_equal(5 * NS_PER_S + 7, clock_wall_ns(&c));
	assert_int_equal(5, clock_wall_s(&c));
	c.offset_ns += NS_PER_S;
	assert_int_equal(6, clock_wall_s(&c));
	assert_int_equal(6 * NS_PER_S + 7, clock_mono_ns(&c));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days_follow_the_calendar),
		cmocka_unit_test(test_day_parse_refuses),
		cmocka_unit_test(test_time_text_is_rfc_3339),
		cmocka_unit_test(test_a_day_is_86400_seconds),
		cmocka_unit_test(test_a_week_begins_on_monday),
		cmocka_unit_test(test_time_past_year_9999_is_a_question_mark),
		cmocka_unit_test(test_machine_clock),
		cmocka_unit_test(test_clock_of_tests_stands_still),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
