#include "support/test.h"

#include <iconv.h>
#include <stdlib.h>

#include "base/utf8.h"

#define CODE_POINTS 0x110000

static bool
is_scalar(uint32_t c)
{
	return c < 0xd800 || c > 0xdfff;
}

/* One character by the C library. */
static size_t
iconv_encode(iconv_t cd, uint32_t c, char ret[8])
{
	char *in = (char *)&c, *out = ret;
	size_t in_left = sizeof(c), out_left = 8;

	assert_int_equal(0, iconv(cd, &in, &in_left, &out, &out_left));
	return 8 - out_left;
}

static void
test_every_character_as_iconv_has_it(void **state)
{
	iconv_t cd = iconv_open("UTF-8", "UTF-32LE");

	(void)state;
	assert_true(cd != (iconv_t)-1);
	for (uint32_t c = 0; c < CODE_POINTS; c++) {
		char want[8], got[UTF8_MAX];
		size_t n;

		if (!is_scalar(c))
			continue;
		n = iconv_encode(cd, c, want);
		if (utf8_encode(c, got) != n || memcmp(got, want, n) != 0 ||
		    utf8_char((struct span){ want, n }) != n)
			fail_msg("U+%04X", c);
		/* What follows does not matter; what is missing does. */
		want[n] = 'x';
		if (utf8_char((struct span){ want, n + 1 }) != n)
			fail_msg("U+%04X before x", c);
		if (utf8_char((struct span){ want, n - 1 }) != 0)
			fail_msg("U+%04X cut", c);
	}
	(void)iconv_close(cd);
}

/* The first two bytes decide, and only those of some character will do. */
static void
test_every_pair_of_bytes(void **state)
{
	static bool begins[256][256];
	iconv_t cd = iconv_open("UTF-8", "UTF-32LE");

	(void)state;
	assert_true(cd != (iconv_t)-1);
	for (uint32_t c = 0x80; c < CODE_POINTS; c++) {
		char p[8];

		if (!is_scalar(c))
			continue;
		(void)iconv_encode(cd, c, p);
		begins[(unsigned char)p[0]][(unsigned char)p[1]] = true;
	}
	(void)iconv_close(cd);
	for (int a = 0x80; a < 256; a++) {
		for (int b = 0; b < 256; b++) {
			char p[4] = { (char)a, (char)b, '\x80', '\xbf' };
			size_t n = utf8_char((struct span){ p, 4 });

			if (begins[a][b] != (n > 0))
				fail_msg("%02x %02x", a, b);
		}
	}
}

static void
test_tails_are_looked_at(void **state)
{
	static const struct {
		const char *name, *in;
	} cases[] = {
		{ "third of three", "\xe2\x82x" },
		{ "third of four", "\xf0\x9f x" },
		{ "fourth of four", "\xf0\x9f\x98\xc0" },
		{ "fifth byte lead", "\xf8\x88\x80\x80\x80" },
	};

	(void)state;
	assert_int_equal(0, utf8_char(SPAN_NONE));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].name);
		assert_int_equal(0, utf8_char(span_str(cases[i].in)));
	}
}

static void
test_cut_splits_no_character(void **state)
{
	/* a, U+00E4, U+20AC, U+1F600, b: 11 bytes. */
	static const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"
				   "b";
	static const size_t want[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11,
		11 };

	(void)state;
	for (size_t max = 0; max < sizeof(want) / sizeof(want[0]); max++) {
		struct span cut = utf8_cut(span_str(text), max);

		assert_ptr_equal(text, cut.p);
		assert_int_equal(want[max], cut.len);
	}
	assert_int_equal(0, utf8_cut(SPAN_NONE, 0).len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_character_as_iconv_has_it),
		cmocka_unit_test(test_every_pair_of_bytes),
		cmocka_unit_test(test_tails_are_looked_at),
		cmocka_unit_test(test_cut_splits_no_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
