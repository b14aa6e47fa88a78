#include "support/test.h"

#include "codec/quoted_printable.h"

#define A10 "aaaaaaaaaa"
#define A75 A10 A10 A10 A10 A10 A10 A10 "aaaaa"
#define A73 A10 A10 A10 A10 A10 A10 A10 "aaa"

static void
test_cases(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "empty", "", "" },
		{ "plain", "a b!~\n", "a b!~\r\n" },
		{ "equals sign", "a=b\n", "a=3Db\r\n" },
		{ "UTF-8", "\xc3\xbc\n", "=C3=BC\r\n" },
		{ "controls", "a\tb\rc\x7f\n", "a=09b=0Dc=7F\r\n" },
		{ "blank at the end of a line", "a \nb  \n",
		    "a=20\r\nb =20\r\n" },
		{ "blank at the end", "a ", "a=20" },
		{ "blank in front", " a\n", " a\r\n" },
		{ "empty lines", "\n\na\n\n", "\r\n\r\na\r\n\r\n" },
		{ "a full line", A75 "\n", A75 "\r\n" },
		{ "one more", A75 "b\n", A75 "=\r\nb\r\n" },
		{ "no triplet is split", A73 "=\n", A73 "=\r\n=3D\r\n" },
		{ "lines are counted anew", A75 "\n" A75 "\n",
		    A75 "\r\n" A75 "\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT(1000);

		print_message("%s\n", cases[i].name);
		quoted_printable_encode(span_str(cases[i].in), &out);
		assert_string_equal(cases[i].want, buf_str(&out));
		buf_free(&out);
	}
}

static void
test_ceiling(void **state)
{
	struct buf out = BUF_INIT(2);

	(void)state;
	quoted_printable_encode(SPAN_LIT("="), &out);
	assert_err(E_RANGE, out.err);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
