#include "support/test.h"

#include <stdio.h>

#include "net/smtp_reply.h"

static struct smtp_reply
read_lines(const char *lines)
{
	struct smtp_reply r = SMTP_REPLY_NONE;
	struct span rest = span_str(lines);

	while (rest.len > 0) {
		struct span line = { rest.p, 0 };

		(void)span_until(&rest, '\n');
		line.len = (size_t)(rest.p - line.p);
		smtp_reply_add(&r, line);
	}
	return r;
}

static void
test_replies(void **state)
{
	static const struct {
		const char *in;
		int code;
		const char *text;
		bool goes_on;
	} cases[] = {
		{ "250 ok\r\n", 250, "250 ok", false },
		{ "250\r\n", 250, "250", false },
		{ "250 \r\n", 250, "250 ", false },
		{ "250 ok\n", 250, "250 ok", false },
		{ "250-a\r\n250-b\r\n250 c\r\n", 250, "250-a\r\n250-b\r\n250 c",
		    false },
		{ "550-a\r\n", 550, "550-a", true },
		{ "550-a\r\n550-\r\n", 550, "550-a\r\n550-", true },
		{ "250-a\r\n550 b\r\n", 550, "250-a\r\n550 b", false },
		{ "250-a\r\nhello\r\n", 250, "250-a\r\nhello", false },
		{ "250 a\r\n354 b\r\n", 354, "354 b", false },
		{ "250 a\r\nhello\r\n", 0, "hello", false },
		{ "hello-\r\n", 0, "hello-", false },
		{ "25-\r\n", 0, "25-", false },
		{ "\r\n", 0, "", false },
		{ "", 0, "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct smtp_reply r = read_lines(cases[i].in);
		struct span text = { r.text, r.len };

		print_message("%s\n", cases[i].in);
		assert_int_equal(cases[i].code, r.code);
		assert_span(cases[i].text, text);
		assert_int_equal(cases[i].goes_on, r.goes_on);
	}
}

static void
test_what_is_kept_has_an_end(void **state)
{
	struct smtp_reply r = SMTP_REPLY_NONE;

	(void)state;
	for (int i = 0; i < 100; i++)
		smtp_reply_add(&r, SPAN_LIT("250-0123456789\r\n"));
	smtp_reply_add(&r, SPAN_LIT("250 the end\r\n"));
	assert_int_equal(250, r.code);
	assert_false(r.goes_on);
	assert_int_equal(512, r.len);
	assert_memory_equal("250-0123456789\r\n", r.text + 512 - 16, 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_what_is_kept_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
