#include "support/test.h"

#include "codec/mail_date.h"

/* Seconds by date(1): date -u -d "2 Mar 2026 12:00" +%s */
#define NOON 1772452800

static void
test_times(void **state)
{
	static const struct {
		const char *in;
		int64_t want;
	} cases[] = {
		{ " Mon, 02 Mar 2026 12:00:00 +0000", NOON },
		{ "Mon, 2 Mar 2026 12:00:00 +0000 (UTC)", NOON },
		{ "2 Mar 2026 12:00 GMT", NOON },
		{ "mon , 2 mar 2026 12:00:00 z", NOON },
		{ "Mon, 2 Mar 2026 14:00:00 +0200", NOON },
		{ "Mon, 2 Mar 2026 07:00:00 EST", NOON },
		{ "Mon, 2 Mar 2026 05:00:00 PDT", NOON },
		{ "Mon, 2 Mar 2026 12:00:00", NOON },
		{ "Mon, 2 Mar 2026 12:00:00 XYZ", NOON },
		{ "from a by b; id 1; Mon, 2 Mar 2026\r\n\t12:00:00 +0000",
		    NOON },
		{ "(a comment) Mon, 2 Mar (b) 2026 12:00:00 -0000", NOON },
		{ "1 Jan 1970 00:00:00 +0000", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t s = -1;

		print_message("%s\n", cases[i].in);
		assert_ok(mail_date_read(span_str(cases[i].in), &s));
		assert_int_equal(cases[i].want, s);
	}
}

static void
test_what_is_no_time(void **state)
{
	static const char *const cases[] = { "", ";", "Mon", "Mon,",
		"Mon, 2 Mar 2026", "Mon, 32 Mar 2026 12:00:00 +0000",
		"Mon, 30 Feb 2026 12:00:00 +0000",
		"Mon, 2 Mrz 2026 12:00:00 +0000",
		"Mon, 2 Mar 26 12:00:00 +0000",
		"Mon, 2 Mar 2026 25:00:00 +0000",
		"Mon, 2 Mar 2026 12:00:00 +00000000000000000000000000000000000",
		"2026-03-02T12:00:00Z" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t s = -1;

		print_message("%s\n", cases[i]);
		assert_err(E_SYNTAX, mail_date_read(span_str(cases[i]), &s));
		assert_int_equal(-1, s);
	}
	assert_err(E_RANGE,
	    mail_date_read(SPAN_LIT("1 Jan 1969 00:00:00 +0000"),
		&(int64_t){ 0 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_what_is_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
