#include "support/test.h"

#include "codec/crlf.h"

static void
test_line_ends(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "", "" },
		{ "a", "a" },
		{ "a\r\nb\r\n", "a\r\nb\r\n" },
		{ "a\nb\n", "a\r\nb\r\n" },
		{ "\n\n", "\r\n\r\n" },
		{ "a\nb\r\nc", "a\r\nb\r\nc" },
		{ "a\n\r\n", "a\r\n\r\n" },
		/* What a CR alone means nobody knows. */
		{ "a\rb\r", "a\rb\r" },
		{ "a\r\r\n", "a\r\r\n" },
		{ "a\n\rb\n", "a\r\n\rb\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT(2 * strlen(cases[i].in));

		assert_int_equal(strcmp(cases[i].in, cases[i].want) != 0,
		    crlf_is_missing(span_str(cases[i].in)));
		crlf_add(span_str(cases[i].in), &out);
		assert_ok(out.err);
		assert_string_equal(cases[i].want, buf_str(&out));
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
