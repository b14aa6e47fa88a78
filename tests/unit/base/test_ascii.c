#include "support/test.h"

#include <ctype.h>

#include "base/ascii.h"

/* The C library agrees in the "C" locale, which a program starts in. */
static void
test_classes_are_those_of_the_c_locale(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		char c = (char)i;
		bool ascii = i < 0x80;

		assert_int_equal(ascii && isdigit(i), ascii_is_digit(c));
		assert_int_equal(ascii && isalpha(i), ascii_is_alpha(c));
		assert_int_equal(ascii && isalnum(i), ascii_is_alnum(c));
		assert_int_equal(ascii && isprint(i), ascii_is_printable(c));
		assert_int_equal(ascii ? (char)tolower(i) : c, ascii_lower(c));
		assert_int_equal(ascii && isxdigit(i), ascii_hex_value(c) >= 0);
	}
}

static void
test_hex_value(void **state)
{
	static const char lower[] = "0123456789abcdef";
	static const char upper[] = "0123456789ABCDEF";

	(void)state;
	for (int i = 0; i < 16; i++) {
		assert_int_equal(i, ascii_hex_value(lower[i]));
		assert_int_equal(i, ascii_hex_value(upper[i]));
	}
}

static void
test_nul_is_in_no_set(void **state)
{
	(void)state;
	assert_true(ascii_is_one_of('b', "abc"));
	assert_false(ascii_is_one_of('d', "abc"));
	assert_false(ascii_is_one_of('\0', "abc"));
	assert_false(ascii_is_one_of('\0', ""));
}

static void
test_classes_of_a_text(void **state)
{
	static const unsigned char
	    classes[256] = { ['a'] = 1, ['.'] = 2, ['x'] = 4, [0xff] = 8 };
	static const struct {
		const char *in;
		unsigned any, twice;
	} cases[] = {
		{ "", 0, 0 },
		{ "a", 1, 0 },
		{ "a.a.a.a.a", 3, 0 },
		{ "aa", 1, 1 },
		{ "a.x..", 7, 2 },
		{ "a.a..a.a.", 3, 2 },
		{ "zzzxxz", 4, 4 }, /* across fours */
		{ "zzzzzz\xff", 8, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ascii_found found = ascii_classify(cases[i].in,
		    strlen(cases[i].in), classes);

		assert_int_equal(cases[i].any, found.any);
		assert_int_equal(cases[i].twice, found.twice);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes_are_those_of_the_c_locale),
		cmocka_unit_test(test_hex_value),
		cmocka_unit_test(test_nul_is_in_no_set),
		cmocka_unit_test(test_classes_of_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
