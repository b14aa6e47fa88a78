#include "support/test.h"

#include <time.h>

#include "codec/date_read.h"

/* Seconds by date(1): date -u -d 2026-11-21 +%s */
#define DAY 1795219200

static void
test_dates(void **state)
{
	static const struct {
		const char *in;
		int64_t want;
		unsigned marks;
	} cases[] = {
		{ "2026-11-21T00:00:00Z", DAY, 0 },
		{ "2026-11-21T23:59:59Z", DAY + 86399, 0 },
		{ "1970-01-01T00:00:00Z", 0, 0 },
		{ "2000-02-29T12:00:00Z", 951825600, 0 },
		{ "9999-12-31T23:59:59Z", 253402300799, 0 },
		{ "2016-12-31T23:59:60Z", 1483228799, 0 },
		{ "2026-11-21T00:00:00", DAY, DATE_NO_ZONE },
		{ "2026-11-21T00:00:00+00:00", DAY, DATE_OFFSET },
		{ "2026-11-21T00:00:00-00:00", DAY, DATE_OFFSET },
		{ "2026-11-21T02:00:00+02:00", DAY, DATE_OFFSET },
		{ "2026-11-20T16:30:00-07:30", DAY, DATE_OFFSET },
		{ "2026-11-21T02:00:00+0200", DAY, DATE_OFFSET | DATE_FORM },
		{ "2026-11-21T02:00:00+02", DAY, DATE_OFFSET | DATE_FORM },
		{ "2026-11-21T23:59:59.999Z", DAY + 86399, DATE_FRACTION },
		{ "2026-11-21T23:59:59.9999999", DAY + 86399,
		    DATE_FRACTION | DATE_NO_ZONE },
		{ "2026-11-21T00:00:00,5Z", DAY, DATE_FRACTION | DATE_FORM },
		{ "2026-11-21 00:00:00Z", DAY, DATE_FORM },
		{ "2026-11-21t00:00:00z", DAY, DATE_FORM },
		{ "2026-11-21 00:00:00 UTC", DAY, DATE_FORM },
		{ "2026-11-21T00:00Z", DAY, DATE_FORM },
		{ " 2026-11-21T00:00:00Z\t", DAY, DATE_FORM },
		{ "2026-11-21", DAY, DATE_FORM | DATE_NO_ZONE },
		{ "2026-11-21T24:00:00Z", DAY + 86400, DATE_FORM },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned marks = ~0U;
		int64_t s = -1;

		print_message("%s\n", cases[i].in);
		assert_ok(date_read(span_str(cases[i].in), &s, &marks));
		assert_int_equal(cases[i].want, s);
		assert_int_equal(cases[i].marks, marks);
	}
}

static void
test_no_dates(void **state)
{
	static const struct {
		const char *in;
		enum err want;
	} cases[] = {
		{ "", E_SYNTAX },
		{ "yesterday", E_SYNTAX },
		{ "2026-02-29T00:00:00Z", E_SYNTAX },
		{ "1900-02-29T00:00:00Z", E_SYNTAX },
		{ "2026-13-01T00:00:00Z", E_SYNTAX },
		{ "2026-00-01T00:00:00Z", E_SYNTAX },
		{ "2026-11-31T00:00:00Z", E_SYNTAX },
		{ "2026-11-00T00:00:00Z", E_SYNTAX },
		{ "2026-11-21T", E_SYNTAX },
		{ "2026-11-21T24:00:01Z", E_SYNTAX },
		{ "2026-11-21T25:00:00Z", E_SYNTAX },
		{ "2026-11-21T00:60:00Z", E_SYNTAX },
		{ "2026-11-21T00:00:61Z", E_SYNTAX },
		{ "2026-11-21T00:00:00.Z", E_SYNTAX },
		{ "2026-11-21T00:00:00Z0", E_SYNTAX },
		{ "2026-11-21T00:00:00+", E_SYNTAX },
		{ "2026-11-21T00:00:00+02:", E_SYNTAX },
		{ "2026-11-21T00:00:00+02:60", E_SYNTAX },
		{ "2026-11-21T00:00:00+24:00", E_SYNTAX },
		{ "2026-11-21T00:00:00 CET", E_SYNTAX },
		{ "2026-1-1T00:00:00Z", E_SYNTAX },
		{ "26-11-21", E_SYNTAX },
		{ "1795219200", E_SYNTAX },
		{ "1969-12-31T23:59:59Z", E_RANGE },
		{ "1970-01-01T00:00:00+00:01", E_RANGE },
		{ "9999-12-31T23:59:59-00:01", E_RANGE },
		{ "0000-01-01T00:00:00Z", E_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned marks = 77;
		int64_t s = 77;

		print_message("%s\n", cases[i].in);
		assert_err(cases[i].want,
		    date_read(span_str(cases[i].in), &s, &marks));
		assert_int_equal(77, s);
		assert_int_equal(77, marks);
	}
}

/* Against gmtime_r, over all years that there are. */
static void
test_every_fifth_day(void **state)
{
	char text[32];
	struct tm tm;

	(void)state;
	for (int64_t s = 0; s <= day_end_s(DAY_MAX); s += 5 * 86400 + 11) {
		unsigned marks;
		int64_t got;
		time_t t = (time_t)s;

		assert_non_null(gmtime_r(&t, &tm));
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
		assert_ok(date_read(span_str(text), &got, &marks));
		assert_int_equal(s, got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_no_dates),
		cmocka_unit_test(test_every_fifth_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
