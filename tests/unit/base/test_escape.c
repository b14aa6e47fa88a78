#include "support/test.h"

#include "base/escape.h"

struct one_case {
	const char *name;
	struct span in;
	const char *want;
};

static void
check(const struct one_case *cases, size_t n,
    void (*escape)(struct buf *, struct span))
{
	for (size_t i = 0; i < n; i++) {
		struct buf out = BUF_INIT(1000);

		print_message("%s\n", cases[i].name);
		escape(&out, cases[i].in);
		assert_string_equal(cases[i].want, buf_str(&out));
		buf_free(&out);
	}
}

static void
test_escape_log(void **state)
{
	static const struct one_case cases[] = {
		{ "empty", { "", 0 }, "" },
		{ "absent", { NULL, 0 }, "" },
		{ "plain", { "a b~!", 5 }, "a b~!" },
		{ "quote", { "a\"b", 3 }, "a\\\"b" },
		{ "backslash", { "a\\n", 3 }, "a\\\\n" },
		{ "ends of lines", { "a\r\nb\tc", 6 }, "a\\r\\nb\\tc" },
		{ "nul", { "a\0b", 3 }, "a\\x00b" },
		{ "escape sequence", { "\033[2J", 4 }, "\\x1b[2J" },
		{ "delete", { "\x7f", 1 }, "\\x7f" },
		{ "umlaut", { "\xc3\xa4", 2 }, "\\xc3\\xa4" },
		{ "no UTF-8", { "\xff\x80", 2 }, "\\xff\\x80" },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(cases[0]), escape_log);
}

static void
test_escape_log_leaves_only_printable_ascii(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		struct buf out = BUF_INIT(16);
		char byte = (char)c;

		escape_log(&out, (struct span){ &byte, 1 });
		assert_ok(out.err);
		for (size_t i = 0; i < out.len; i++)
			assert_in_range(out.p[i], 0x20, 0x7e);
		buf_free(&out);
	}
}

static void
test_escape_terminal(void **state)
{
	static const struct one_case cases[] = {
		{ "empty", { "", 0 }, "" },
		{ "absent", { NULL, 0 }, "" },
		{ "quote", { "a\"b", 3 }, "a\"b" },
		{ "backslash", { "a\\b", 3 }, "a\\\\b" },
		{ "ends of lines", { "a\r\nb\t", 5 }, "a\\r\\nb\\t" },
		{ "nul", { "a\0b", 3 }, "a\\x00b" },
		{ "delete", { "\x7f", 1 }, "\\x7f" },
		{ "escape sequence", { "\033]0;x\a", 6 }, "\\x1b]0;x\\x07" },
		{ "umlaut", { "\xc3\xa4", 2 }, "\xc3\xa4" },
		{ "euro", { "\xe2\x82\xac", 3 }, "\xe2\x82\xac" },
		{ "past the basic plane", { "\xf0\x9f\x98\x80", 4 },
		    "\xf0\x9f\x98\x80" },
		{ "no-break space", { "\xc2\xa0", 2 }, "\xc2\xa0" },
		{ "no UTF-8", { "\xc3", 1 }, "\\xc3" },
		{ "no UTF-8 before a letter", { "\xc3(", 2 }, "\\xc3(" },
		{ "overlong", { "\xc0\xaf", 2 }, "\\xc0\\xaf" },
		{ "C1 control: CSI",
		    { "\xc2\x9b"
		      "2J",
			4 },
		    "\\xc2\\x9b2J" },
		{ "C1 control: the last", { "\xc2\x9f", 2 }, "\\xc2\\x9f" },
		{ "zero width", { "\xe2\x80\x8b", 3 }, "\\xe2\\x80\\x8b" },
		{ "line separator", { "\xe2\x80\xa8", 3 }, "\\xe2\\x80\\xa8" },
		{ "byte order mark", { "\xef\xbb\xbf", 3 }, "\\xef\\xbb\\xbf" },
		{ "a tag", { "\xf3\xa0\x81\x81", 4 }, "\\xf3\\xa0\\x81\\x81" },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(cases[0]), escape_terminal);
}

/* Characters beside those that steer. */
static void
test_neighbours_stay(void **state)
{
	static const char *const texts[] = {
		"\xc3\x9c",	    /* U+00DC */
		"\xd8\x9b",	    /* U+061B */
		"\xd8\x9d",	    /* U+061D */
		"\xe2\x80\x8a",	    /* U+200A */
		"\xe2\x80\x90",	    /* U+2010 */
		"\xe2\x80\xa7",	    /* U+2027 */
		"\xe2\x80\xaf",	    /* U+202F */
		"\xe2\x81\x9f",	    /* U+205F */
		"\xe2\x81\xb0",	    /* U+2070 */
		"\xe2\x82\xa6",	    /* U+20A6 */
		"\xe3\x80\x8b",	    /* U+300B */
		"\xef\xbb\xbc",	    /* U+FEFC */
		"\xef\xbf\xbd",	    /* U+FFFD */
		"\xf3\xb0\x80\x80", /* U+F0000 */
		"\xf0\xa0\x80\x80", /* U+20000 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buf out = BUF_INIT(100);

		escape_terminal(&out, span_str(texts[i]));
		assert_string_equal(texts[i], buf_str(&out));
		buf_free(&out);
	}
}

/* All that Unicode's PropList.txt lists as Bidi_Control. */
static void
test_nothing_turns_the_reading_direction(void **state)
{
	static const char *const controls[] = {
		"\xd8\x9c",	/* U+061C */
		"\xe2\x80\x8e", /* U+200E */
		"\xe2\x80\x8f", /* U+200F */
		"\xe2\x80\xaa", /* U+202A */
		"\xe2\x80\xab", /* U+202B */
		"\xe2\x80\xac", /* U+202C */
		"\xe2\x80\xad", /* U+202D */
		"\xe2\x80\xae", /* U+202E */
		"\xe2\x81\xa6", /* U+2066 */
		"\xe2\x81\xa7", /* U+2067 */
		"\xe2\x81\xa8", /* U+2068 */
		"\xe2\x81\xa9", /* U+2069 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		struct buf out = BUF_INIT(100);

		escape_terminal(&out, span_str(controls[i]));
		print_message("%s\n", buf_str(&out));
		assert_int_equal(4 * strlen(controls[i]), out.len);
		assert_memory_equal("\\x", buf_str(&out), 2);
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape_log),
		cmocka_unit_test(test_escape_log_leaves_only_printable_ascii),
		cmocka_unit_test(test_escape_terminal),
		cmocka_unit_test(test_neighbours_stay),
		cmocka_unit_test(test_nothing_turns_the_reading_direction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
