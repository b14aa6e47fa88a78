#include "support/test.h"

#include "codec/dkim_fields.h"

static const char header[] = "A: 1\r\n"
			     "B: 2\r\n"
			     "a : 3\r\n"
			     "C: 4\r\n 5\r\n"
			     "A:6\r\n"
			     "\r\n";

/* RFC 6376 s5.4.2: from the bottom up. */
static void
test_choice(void **state)
{
	static const struct {
		const char *names, *want;
	} cases[] = {
		{ "", "" },
		{ "X", "" },
		{ "B", "b:2\r\n" },
		{ "b:B", "b:2\r\n" },
		{ "A", "a:6\r\n" },
		{ "A:a", "a:6\r\na:3\r\n" },
		{ "A:C:A:X:A:A", "a:6\r\nc:4 5\r\na:3\r\na:1\r\n" },
		{ "c \r\n : \tb", "c:4 5\r\nb:2\r\n" },
	};
	struct span text = span_str(header);
	struct arena arena = ARENA_INIT(100000);
	struct mime_header h;

	(void)state;
	assert_ok(mime_take_header(&text, &arena, &h, NULL));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT(1000);

		dkim_fields_add(DKIM_RELAXED, &h, NULL,
		    span_str(cases[i].names), &out);
		assert_string_equal(cases[i].want, buf_str(&out));
		buf_free(&out);
	}
	arena_free(&arena);
}

static void
test_own_field_and_simple(void **state)
{
	struct span text = span_str(header);
	struct arena arena = ARENA_INIT(100000);
	struct buf out = BUF_INIT(1000);
	struct mime_header h;

	(void)state;
	assert_ok(mime_take_header(&text, &arena, &h, NULL));
	dkim_fields_add(DKIM_SIMPLE, &h, &h.v[4], SPAN_LIT("a:c"), &out);
	assert_string_equal("a : 3\r\nC: 4\r\n 5\r\n", buf_str(&out));
	buf_free(&out);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_own_field_and_simple),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
