#include "support/test.h"

#include "codec/tlsa.h"

#define ZEROS16 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define ZEROS32 ZEROS16 ZEROS16

static void
test_usable(void **state)
{
	static const struct {
		struct span rdata;
		bool want;
	} cases[] = {
		/* RFC 7672 s3.1: "3 1 1" and "2 0 1" are what is advised. */
		{ SPAN_LIT("\3\1\1" ZEROS32), true },
		{ SPAN_LIT("\2\0\1" ZEROS32), true },
		{ SPAN_LIT("\3\1\2" ZEROS32 ZEROS32), true },
		{ SPAN_LIT("\3\0\0\x30\x82"), true },
		/* RFC 7672 s3.1.3 */
		{ SPAN_LIT("\0\0\1" ZEROS32), false },
		{ SPAN_LIT("\1\1\1" ZEROS32), false },
		{ SPAN_LIT("\xff\1\1" ZEROS32), false },
		{ SPAN_LIT("\3\2\1" ZEROS32), false },
		{ SPAN_LIT("\3\1\3" ZEROS32), false },
		{ SPAN_LIT("\3\1\1" ZEROS16), false },
		{ SPAN_LIT("\3\1\2" ZEROS32), false },
		{ SPAN_LIT("\3\1\0" ZEROS32), false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tlsa t;

		print_message("%zu\n", i);
		assert_ok(tlsa_read(cases[i].rdata, &t, NULL));
		assert_int_equal(cases[i].want, tlsa_unusable(&t) == NULL);
		assert_int_equal(cases[i].rdata.len - 3, t.data.len);
	}
}

static void
test_too_short(void **state)
{
	struct tlsa t;

	(void)state;
	assert_int_equal(E_SYNTAX, tlsa_read(SPAN_NONE, &t, NULL));
	assert_int_equal(E_SYNTAX, tlsa_read(SPAN_LIT("\3\1\1"), &t, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usable),
		cmocka_unit_test(test_too_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
