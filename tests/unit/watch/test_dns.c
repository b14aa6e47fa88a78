/* Names out of records' data, RFC 1035 s3.1. */
#include "support/test.h"

#include "watch/dns.h"

static void
test_names(void **state)
{
	static const struct {
		const char *name;
		struct span in;
		const char *want; /* NULL: none */
	} rows[] = {
		{ "the root", SPAN_LIT("\0"), "" },
		{ "one label", SPAN_LIT("\2mx\0"), "mx" },
		{ "several", SPAN_LIT("\2MX\1a\7Example\0"), "mx.a.example" },
		{ "bytes behind it", SPAN_LIT("\2mx\0rest"), "mx" },
		{ "nothing", SPAN_LIT(""), NULL },
		{ "no end", SPAN_LIT("\2mx"), NULL },
		{ "half a label", SPAN_LIT("\3mx"), NULL },
		{ "a pointer", SPAN_LIT("\300\014"), NULL },
		{ "a dot in a label", SPAN_LIT("\3a.b\0"), NULL },
		{ "a line's end in a label", SPAN_LIT("\3a\nb\0"), NULL },
		{ "NUL in a label", SPAN_LIT("\3a\0b\0"), NULL },
	};
	struct arena arena = ARENA_INIT(65536);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span got = dns_name(rows[i].in, &arena);
		bool right = rows[i].want == NULL
		    ? got.p == NULL
		    : got.p != NULL && span_eq(got, span_str(rows[i].want));

		if (!right)
			fail_msg("%s: \"%.*s\"", rows[i].name, SPAN_ARG(got));
	}
	arena_free(&arena);
}

/* RFC 1035 s2.3.4: 255 bytes, of labels of 63. */
static void
test_the_longest_name(void **state)
{
	struct arena arena = ARENA_INIT(65536);
	char in[5 * 64 + 1];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		in[64 * i] = 63;
		memset(in + 64 * i + 1, 'a', 63);
	}
	in[3 * 64] = 0;
	assert_int_equal(3 * 64 - 1,
	    dns_name((struct span){ in, 3 * 64 + 1 }, &arena).len);
	in[3 * 64] = 63;
	in[5 * 64] = 0;
	assert_null(dns_name((struct span){ in, sizeof(in) }, &arena).p);
	in[0] = 64;
	assert_null(dns_name((struct span){ in, sizeof(in) }, &arena).p);
	in[0] = 63;
	/* Three of 64 bytes, one of 62 and the root's: 255; one more is over.
	 */
	in[3 * 64] = 61;
	in[3 * 64 + 62] = 0;
	assert_int_equal(253, dns_name((struct span){ in, 255 }, &arena).len);
	in[3 * 64] = 62;
	in[3 * 64 + 62] = 'a';
	in[3 * 64 + 63] = 0;
	assert_null(dns_name((struct span){ in, 256 }, &arena).p);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_the_longest_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
