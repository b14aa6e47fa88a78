#include "support/test.h"

#include "codec/dkim_canonical.h"

struct one_case {
	const char *name, *in, *want;
};

typedef void canonical_fn(enum dkim_canonical, struct span in, struct buf *out);

static void
check(canonical_fn *fn, enum dkim_canonical way, const struct one_case *cases,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf out = BUF_INIT(strlen(cases[i].in) + 2);

		print_message("%s\n", cases[i].name);
		fn(way, span_str(cases[i].in), &out);
		assert_ok(out.err);
		assert_string_equal(cases[i].want, buf_str(&out));
		buf_free(&out);
	}
}

#define CHECK(fn, way, cases) \
	check(fn, way, cases, sizeof(cases) / sizeof(cases[0]))

static void
test_relaxed_fields(void **state)
{
	static const struct one_case cases[] = {
		/* RFC 6376 s3.4.5, example 1. */
		{ "the RFC's first", "A: X\r\n", "a:X" },
		{ "the RFC's second", "B : Y\t\r\n\tZ  \r\n", "b:Y Z" },
		{ "without CRLF", "A: X", "a:X" },
		{ "no blank", "A:X\r\n", "a:X" },
		{ "case of the value stays", "SubJect: AbC", "subject:AbC" },
		{ "colon in the value", "A: X : Y :Z", "a:X : Y :Z" },
		{ "runs", "A:\t \tX \t Y\t\tZ \t", "a:X Y Z" },
		{ "folded twice", "A: X\r\n Y\r\n\t\t Z\r\n", "a:X Y Z" },
		{ "folded at once", "A:\r\n X\r\n", "a:X" },
		{ "folds of blanks alone", "A: X\r\n \r\n\t\r\n Y\r\n",
		    "a:X Y" },
		{ "no value", "A:\r\n", "a:" },
		{ "blank value", "A: \t \r\n", "a:" },
		{ "folded blank value", "A: \r\n \r\n", "a:" },
		{ "name folded", "A\r\n : X\r\n", "a:X" },
		{ "no colon", "A X\r\n", "a x:" },
		{ "nothing", "", ":" },
		{ "8-bit", "A: \xc3\x84 \xff", "a:\xc3\x84 \xff" },
	};

	(void)state;
	CHECK(dkim_canonical_field, DKIM_RELAXED, cases);
}

static void
test_relaxed_bodies(void **state)
{
	static const struct one_case cases[] = {
		/* RFC 6376 s3.4.5, example 1. */
		{ "the RFC's", " C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n" },
		/* RFC 6376 s3.4.4: no CRLF is added to an empty body. */
		{ "empty", "", "" },
		{ "an empty line", "\r\n", "" },
		{ "empty lines", "\r\n\r\n\r\n", "" },
		{ "blanks alone", " \t", "" },
		{ "lines of blanks", " \r\n\t\r\n \t \r\n", "" },
		{ "no CRLF at the end", "a", "a\r\n" },
		{ "blanks and no CRLF at the end", "a \t", "a\r\n" },
		{ "a line of blanks without CRLF", "a\r\n ", "a\r\n" },
		{ "a line", "a\r\n", "a\r\n" },
		{ "empty lines at the end", "a\r\n\r\n\r\n", "a\r\n" },
		{ "lines of blanks at the end", "a\r\n \r\n\t \r\n", "a\r\n" },
		{ "empty lines in between", "\r\na\r\n\r\n\r\nb\r\n",
		    "\r\na\r\n\r\n\r\nb\r\n" },
		{ "a line of blanks in between", "a\r\n \t\r\nb\r\n",
		    "a\r\n\r\nb\r\n" },
		{ "blanks in front become one", "\t\t a\r\n", " a\r\n" },
		{ "tabs become a blank", "a\tb\r\n", "a b\r\n" },
		{ "CR and LF alone are bytes", "a\nb\rc\n\r\n",
		    "a\nb\rc\n\r\n" },
	};

	(void)state;
	CHECK(dkim_canonical_body, DKIM_RELAXED, cases);
}

static void
test_simple_fields(void **state)
{
	static const struct one_case cases[] = {
		/* RFC 6376 s3.4.5, example 2. */
		{ "the RFC's first", "A: X\r\n", "A: X" },
		{ "the RFC's second", "B : Y\t\r\n\tZ  \r\n",
		    "B : Y\t\r\n\tZ  " },
		{ "without CRLF", "A: X", "A: X" },
		{ "one CRLF goes", "A: X\r\n\r\n", "A: X\r\n" },
		{ "LF stays", "A: X\n", "A: X\n" },
		{ "nothing", "", "" },
	};

	(void)state;
	CHECK(dkim_canonical_field, DKIM_SIMPLE, cases);
}

static void
test_simple_bodies(void **state)
{
	static const struct one_case cases[] = {
		/* RFC 6376 s3.4.5, example 2. */
		{ "the RFC's", " C \r\nD \t E\r\n\r\n\r\n",
		    " C \r\nD \t E\r\n" },
		/* RFC 6376 s3.4.3: a CRLF is added to an empty body. */
		{ "empty", "", "\r\n" },
		{ "an empty line", "\r\n", "\r\n" },
		{ "empty lines", "\r\n\r\n\r\n", "\r\n" },
		{ "blanks alone", " \t", " \t\r\n" },
		{ "no CRLF at the end", "a", "a\r\n" },
		{ "a line of blanks at the end", "a\r\n \r\n\r\n",
		    "a\r\n \r\n" },
		{ "empty lines in between", "\r\na\r\n\r\nb\r\n",
		    "\r\na\r\n\r\nb\r\n" },
		{ "LF alone", "a\n\n", "a\n\n\r\n" },
	};

	(void)state;
	CHECK(dkim_canonical_body, DKIM_SIMPLE, cases);
}

static void
test_ceiling(void **state)
{
	struct buf out = BUF_INIT(4);

	(void)state;
	dkim_canonical_body(DKIM_RELAXED, SPAN_LIT("abc"), &out);
	assert_err(E_RANGE, out.err);
	buf_clear(&out);
	dkim_canonical_field(DKIM_RELAXED, SPAN_LIT("a: bcd"), &out);
	assert_err(E_RANGE, out.err);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_relaxed_fields),
		cmocka_unit_test(test_relaxed_bodies),
		cmocka_unit_test(test_simple_fields),
		cmocka_unit_test(test_simple_bodies),
		cmocka_unit_test(test_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
