#include "support/test.h"

#include "base/base64.h"

/* RFC 4648 s10. */
static void
test_vectors_of_the_rfc(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT(100);

		base64_encode(span_str(cases[i].in), &out);
		assert_string_equal(cases[i].want, buf_str(&out));
		buf_free(&out);
	}
}

/* The alphabet's 64 letters, 6 bits each, counted up from 0. */
static void
test_whole_alphabet(void **state)
{
	static const char bytes[] =
	    "\x00\x10\x83\x10\x51\x87\x20\x92\x8b\x30\xd3\x8f\x41\x14\x93\x51"
	    "\x55\x97\x61\x96\x9b\x71\xd7\x9f\x82\x18\xa3\x92\x59\xa7\xa2\x9a"
	    "\xab\xb2\xdb\xaf\xc3\x1c\xb3\xd3\x5d\xb7\xe3\x9e\xbb\xf3\xdf\xbf";
	struct buf out = BUF_INIT(100);

	(void)state;
	base64_encode((struct span){ bytes, 48 }, &out);
	assert_string_equal("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
			    "qrstuvwxyz0123456789+/",
	    buf_str(&out));
	buf_free(&out);
}

static void
assert_lines(size_t n, const char *want)
{
	char zeros[200] = { 0 };
	struct buf out = BUF_INIT(1000);

	base64_encode_lines((struct span){ zeros, n }, &out);
	assert_string_equal(want, buf_str(&out));
	buf_free(&out);
}

#define A19 "AAAAAAAAAAAAAAAAAAA"
#define A76 A19 A19 A19 A19

/* RFC 2045 s6.8: a line has 76 letters at most; 57 bytes fill one. */
static void
test_lines(void **state)
{
	(void)state;
	assert_lines(0, "");
	assert_lines(1, "AA==\r\n");
	assert_lines(57, A76 "\r\n");
	assert_lines(58, A76 "\r\nAA==\r\n");
	assert_lines(114, A76 "\r\n" A76 "\r\n");
}

static void
test_ceiling(void **state)
{
	struct buf out = BUF_INIT(7);

	(void)state;
	base64_encode(SPAN_LIT("foob"), &out);
	assert_err(E_RANGE, out.err);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_of_the_rfc),
		cmocka_unit_test(test_whole_alphabet),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
