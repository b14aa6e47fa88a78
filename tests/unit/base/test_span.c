#include "support/test.h"

#include <stdlib.h>

#include "base/span.h"

static void
test_absent_is_a_span_too(void **state)
{
	struct span none = SPAN_NONE, rest = SPAN_NONE;

	(void)state;
	assert_int_equal(0, span_str(NULL).len);
	assert_null(span_str(NULL).p);
	assert_true(span_eq(none, SPAN_LIT("")));
	assert_true(span_eq_nocase(none, SPAN_LIT("")));
	assert_int_equal(0, span_cmp(none, SPAN_LIT("")));
	assert_true(span_cmp(none, SPAN_LIT("a")) < 0);
	assert_false(span_has(none, 'a'));
	assert_int_equal(0, span_trim(none).len);
	assert_int_equal(0, span_head(none, 5).len);
	assert_int_equal(0, span_skip(none, 0).len);
	assert_true(span_take(&rest, SPAN_NONE));
	assert_false(span_take(&rest, SPAN_LIT("a")));
	assert_int_equal(0, span_until(&rest, ',').len);
	assert_int_equal(0, rest.len);
}

static void
test_span_cmp(void **state)
{
	static const struct span sorted[] = {
		{ "", 0 },
		{ "\0", 1 },
		{ "\0a", 2 },
		{ "A", 1 },
		{ "a", 1 },
		{ "a\0", 2 },
		{ "aa", 2 },
		{ "ab", 2 },
		{ "b", 1 },
		{ "\x80", 1 },
		{ "\xff", 1 },
	};
	const int n = sizeof(sorted) / sizeof(sorted[0]);

	(void)state;
	for (int i = 0; i < n; i++) {
		for (int j = 0; j < n; j++) {
			int c = span_cmp(sorted[i], sorted[j]);

			assert_int_equal((i > j) - (i < j), (c > 0) - (c < 0));
			assert_int_equal(c,
			    span_qsort_cmp(&sorted[i], &sorted[j]));
			assert_int_equal(i == j, span_eq(sorted[i], sorted[j]));
		}
	}
}

static void
test_case_does_not_count_in_ascii(void **state)
{
	(void)state;
	assert_true(span_eq_nocase(SPAN_LIT("MailTo"), SPAN_LIT("mAILtO")));
	assert_false(span_eq_nocase(SPAN_LIT("mailto"), SPAN_LIT("mailt")));
	assert_false(span_eq_nocase(SPAN_LIT("a"), SPAN_LIT("b")));
	/* '@' and '`', '[' and '{' are 0x20 apart as well. */
	assert_false(span_eq_nocase(SPAN_LIT("@["), SPAN_LIT("`{")));
	assert_false(span_eq_nocase(SPAN_LIT("\xc4"), SPAN_LIT("\xe4")));
}

static void
test_take(void **state)
{
	struct span s = SPAN_LIT("rua=x");

	(void)state;
	assert_false(span_take(&s, SPAN_LIT("Rua=")));
	assert_false(span_take(&s, SPAN_LIT("rua=xy")));
	assert_span("rua=x", s);
	assert_true(span_take(&s, SPAN_LIT("rua=")));
	assert_span("x", s);
	assert_true(span_take(&s, SPAN_LIT("")));
	assert_true(span_take(&s, SPAN_LIT("x")));
	assert_int_equal(0, s.len);
	assert_false(span_take(&s, SPAN_LIT("x")));
}

static void
test_until(void **state)
{
	struct span s = SPAN_LIT("a,,b"), one = SPAN_LIT(",");

	(void)state;
	assert_span("", span_until(&one, ','));
	assert_int_equal(0, one.len);
	assert_span("a", span_until(&s, ','));
	assert_span(",b", s);
	assert_span("", span_until(&s, ','));
	assert_span("b", span_until(&s, ','));
	assert_int_equal(0, s.len);
	assert_string_equal("", s.p);
	assert_span("", span_until(&s, ','));
}

static void
test_trim(void **state)
{
	(void)state;
	assert_span("a \t b", span_trim(SPAN_LIT(" \t a \t b\t ")));
	assert_span("", span_trim(SPAN_LIT(" \t ")));
	/* WSP has no ends of lines. */
	assert_span("\ra\n", span_trim(SPAN_LIT(" \ra\n ")));
}

static void
test_head_and_has(void **state)
{
	(void)state;
	assert_span("ab", span_head(SPAN_LIT("abc"), 2));
	assert_span("abc", span_head(SPAN_LIT("abc"), 4));
	assert_span("c", span_skip(SPAN_LIT("abc"), 2));
	assert_true(span_has(SPAN_LIT("a"), 'a'));
	assert_true(span_has(SPAN_LIT("a\0b"), '\0'));
	assert_true(span_has(SPAN_LIT("a\0b"), 'b'));
	assert_false(span_has(SPAN_LIT("abc"), '\0'));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent_is_a_span_too),
		cmocka_unit_test(test_span_cmp),
		cmocka_unit_test(test_case_does_not_count_in_ascii),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_until),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_head_and_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
