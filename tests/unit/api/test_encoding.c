#include "support/test.h"

#include "api/encoding.h"
#include "api/send.h"

static void
test_gzip_is_sent_to_whom_it_is_welcome(void **state)
{
	/* RFC 9110 s12.5.3 and its examples */
	static const struct {
		const char *field;
		bool want;
	} cases[] = {
		{ "", false },
		{ "gzip", true },
		{ "GZIP", true },
		{ "compress, gzip", true },
		{ "gzip, deflate, br, zstd", true },
		{ "*", true },
		{ "compress;q=0.5, gzip;q=1.0", true },
		{ "gzip;q=1.0, identity; q=0.5, *;q=0", true },
		{ "gzip; q=0.001", true },
		{ "gzip;q=0", false },
		{ "gzip;q=0.0", false },
		{ "gzip; Q=0.000", false },
		{ "gzip;q=0, *", false },
		{ "*, gzip;q=0", false },
		{ "*;q=0", false },
		{ "deflate, br", false },
		{ "identity", false },
		{ "notgzip", false },
		{ ",,;,", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (api_takes_gzip(span_str(cases[i].field)) != cases[i].want)
			fail_msg("%s", cases[i].field);
	assert_false(api_takes_gzip(SPAN_NONE));
}

static void
test_each_encoding_has_its_tag(void **state)
{
	char tag[API_TAG_SIZE];

	(void)state;
	api_tag("\"abc\"", false, tag);
	assert_string_equal("\"abc\"", tag);
	assert_true(api_has_tag(SPAN_LIT("\"x\", W/\"abc\""), tag));
	assert_true(api_has_tag(SPAN_LIT("*"), tag));
	assert_false(api_has_tag(SPAN_LIT("\"abc-gzip\""), tag));
	api_tag("\"abc\"", true, tag);
	assert_string_equal("\"abc-gzip\"", tag);
	assert_false(api_has_tag(SPAN_LIT("\"abc\", abc-gzip"), tag));
	assert_false(api_has_tag(SPAN_NONE, tag));
	api_tag("", true, tag);
	assert_string_equal("", tag);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gzip_is_sent_to_whom_it_is_welcome),
		cmocka_unit_test(test_each_encoding_has_its_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
