/* What stands in front of a message. The lines themselves: test_mta_join. */
#include "support/test.h"

#include "codec/mta_log.h"

#define NOON 1772452800 /* date -ud "2026-03-02 12:00" +%s */
#define HOUR 3600

static void
test_times(void **state)
{
	static const struct {
		const char *in;
		int64_t now_s, zone_s, want;
	} cases[] = {
		{ "Mar  2 12:00:00 h p: m", NOON + HOUR, 0, NOON },
		{ "<22>Mar  2 12:00:00 h p: m", NOON + HOUR, 0, NOON },
		{ "Mar 02 13:00:00 h p: m", NOON, HOUR, NOON },
		/* A little ahead, but not a year. */
		{ "Mar  2 12:00:00 h p: m", NOON - HOUR, 0, NOON },
		/* date -ud "2025-03-04 12:00" +%s */
		{ "Mar  4 12:00:00 h p: m", NOON, 0, 1741089600 },
		/* The year before: date -ud "2026-12-31 23:59:59" +%s */
		{ "Dec 31 23:59:59 h p: m", 1798761660, 0, 1798761599 },
		{ "2026-03-02T12:00:00.123456+00:00 h p: m", NOON, HOUR, NOON },
		{ "2026-03-02T13:00:00+0100 h p: m", NOON, 0, NOON },
		{ "2026-03-02T12:00:00Z h p: m", NOON, HOUR, NOON },
		{ "2026-03-02 13:00:00 p: m", NOON, HOUR, NOON },
		{ "2026-03-02 13:00:00.5 +0100 p: m", NOON, 0, NOON },
		{ "p: m", NOON, HOUR, NOON },
		/* A clock that was wrong. */
		{ "2026-03-03T11:59:00Z h p: m", NOON, 0, NOON + 86340 },
		{ "2026-03-03T12:01:00Z h p: m", NOON, 0, NOON },
		{ "9999-12-31T23:59:59Z h p: m", NOON, 0, NOON },
	};
	struct mta_log_head head;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct mta_log_clock clock = { cases[i].now_s,
			cases[i].zone_s };

		print_message("%s\n", cases[i].in);
		assert_true(mta_log_head(span_str(cases[i].in), &clock, &head));
		assert_int_equal(cases[i].want, head.time_s);
		assert_true(span_eq(head.program, SPAN_LIT("p")));
		assert_true(span_eq(head.message, SPAN_LIT("m")));
	}
}

static void
test_origins(void **state)
{
	static const struct {
		const char *in, *host, *program, *pid, *message;
	} cases[] = {
		{ "Mar  2 12:00:00 out1 postfix/smtp[12]: a b: c\r", "out1",
		    "postfix/smtp", "12", "a b: c" },
		{ "postfix/smtp[12]: a", "", "postfix/smtp", "12", "a" },
		{ "2026-03-02T12:00:00Z out1 kernel: x", "out1", "kernel", "",
		    "x" },
		{ "2026-03-02 12:00:00 1rABCD-123456-78 => a@b", "", "", "",
		    "1rABCD-123456-78 => a@b" },
	};
	const struct mta_log_clock clock = { NOON, 0 };
	struct mta_log_head head;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].in);
		assert_true(mta_log_head(span_str(cases[i].in), &clock, &head));
		assert_true(span_eq(head.host, span_str(cases[i].host)));
		assert_true(span_eq(head.program, span_str(cases[i].program)));
		assert_true(span_eq(head.pid, span_str(cases[i].pid)));
		assert_true(span_eq(head.message, span_str(cases[i].message)));
	}
}

static void
test_what_is_no_line(void **state)
{
	static const char *const cases[] = { "", "\r", "Feb 30 12:00:00 h p: m",
		"Mar  2 12:00:00 " };
	const struct mta_log_clock clock = { NOON, 0 };
	struct mta_log_head head;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i]);
		assert_false(mta_log_head(span_str(cases[i]), &clock, &head));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_what_is_no_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
