#include "support/test.h"

#include "codec/journal_export.h"

static const struct mta_log_clock clock = { 1772452900, 0 };

/* systemd.journal-export-formats(7). */
static void
test_an_entry(void **state)
{
	static const char *const lines[] = { "__CURSOR=s=1;i=2",
		"__REALTIME_TIMESTAMP=1772452800999999", "_HOSTNAME=out1",
		"SYSLOG_IDENTIFIER=postfix/smtp", "SYSLOG_PID=13", "_PID=12",
		"_MACHINE_ID=ab", "MESSAGE=a=b" };
	struct journal_export j;
	struct mta_log_head head;

	(void)state;
	journal_export_init(&j);
	assert_true(journal_export_is(span_str(lines[0])));
	assert_false(journal_export_is(SPAN_LIT("Mar  2 12:00:00")));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(JOURNAL_MORE,
		    journal_export_line(&j, span_str(lines[i])));
	assert_int_equal(JOURNAL_ENTRY, journal_export_line(&j, SPAN_LIT("")));
	assert_true(journal_export_head(&j, &clock, &head));
	assert_int_equal(1772452800, head.time_s);
	assert_span("out1", head.host);
	assert_span("postfix/smtp", head.program);
	assert_span("12", head.pid);
	assert_span("a=b", head.message);
	assert_span("s=1;i=2", buf_span(&j.cursor));
	assert_span("ab", buf_span(&j.machine));
	journal_export_free(&j);
}

static void
test_values_of_any_bytes(void **state)
{
	struct journal_export j;
	struct mta_log_head head;

	(void)state;
	journal_export_init(&j);
	assert_int_equal(JOURNAL_VALUE,
	    journal_export_line(&j, SPAN_LIT("MESSAGE")));
	journal_export_value(&j, SPAN_LIT("a\nb"));
	assert_int_equal(JOURNAL_VALUE,
	    journal_export_line(&j, SPAN_LIT("OTHER")));
	journal_export_value(&j, SPAN_LIT("c"));
	assert_true(journal_export_head(&j, &clock, &head));
	assert_span("a\nb", head.message);
	journal_export_free(&j);
}

/* An entry has nothing of the one before. */
static void
test_the_next_entry(void **state)
{
	struct journal_export j;
	struct mta_log_head head;

	(void)state;
	journal_export_init(&j);
	(void)journal_export_line(&j, SPAN_LIT("__CURSOR=1"));
	(void)journal_export_line(&j, SPAN_LIT("__REALTIME_TIMESTAMP=99"));
	(void)journal_export_line(&j, SPAN_LIT("MESSAGE=a"));
	(void)journal_export_line(&j, SPAN_LIT("__CURSOR=2"));
	assert_false(journal_export_head(&j, &clock, &head));
	(void)journal_export_line(&j, SPAN_LIT("__REALTIME_TIMESTAMP=x"));
	(void)journal_export_line(&j, SPAN_LIT("MESSAGE=b"));
	assert_true(journal_export_head(&j, &clock, &head));
	assert_int_equal(1772452900, head.time_s);
	journal_export_free(&j);
}

static void
test_cursors(void **state)
{
	static const struct {
		const char *in, *sequence;
		int64_t number; /* 0: it tells of none */
	} cases[] = {
		{ "s=0639;i=4ece8;b=6c7c;m=4bfb;t=4b4f;x=3be", "0639",
		    0x4ece8 },
		{ "i=A;s=1", "1", 10 },
		{ "s=1;i=7fffffffffffffff", "1", INT64_MAX },
		{ "s=1;i=8000000000000000", "", 0 },
		{ "s=1;i=1g", "", 0 },
		{ "s=1;i=0", "", 0 },
		{ "s=1", "", 0 },
		{ "i=1;x=s=1", "", 0 },
		{ "", "", 0 },
	};
	struct journal_cursor c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].in);
		assert_int_equal(cases[i].number > 0,
		    journal_cursor_read(span_str(cases[i].in), &c));
		if (cases[i].number == 0)
			continue;
		assert_span(cases[i].sequence, c.sequence);
		assert_int_equal(cases[i].number, c.number);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_entry),
		cmocka_unit_test(test_values_of_any_bytes),
		cmocka_unit_test(test_the_next_entry),
		cmocka_unit_test(test_cursors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
