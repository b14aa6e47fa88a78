#include "support/test.h"

#include "codec/uri.h"

static void
test_examples_of_the_rfc(void **state)
{
	/* RFC 3986 s1.1.2 */
	static const char *const uris[] = {
		"ftp://ftp.is.co.za/rfc/rfc1808.txt",
		"http://www.ietf.org/rfc/rfc2396.txt",
		"ldap://[2001:db8::7]/c=GB?objectClass?one",
		"mailto:John.Doe@example.com",
		"news:comp.infosystems.www.servers.unix",
		"tel:+1-816-555-1212",
		"telnet://192.0.2.16:80/",
		"urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		print_message("%s\n", uris[i]);
		assert_true(uri_is_text(span_str(uris[i])));
		assert_true(uri_is_valid(span_str(uris[i])));
	}
}

static void
test_what_is_no_uri(void **state)
{
	static const struct {
		const char *text;
		bool is_text;
	} cases[] = {
		{ "", false },
		{ "example", true },
		{ "//a.example/", true },
		{ ":", true },
		{ ":x", true },
		{ "1a:x", true },
		{ "-a:x", true },
		{ "a_b:x", true },
		{ "a b:x", false },
		{ "http://a.example/a b", false },
		{ "http://a.example/\t", false },
		{ "http://a.example/\x7f", false },
		{ "http://a.example/\xc3\xa4", false },
		{ "http://a.example/<a>", false },
		{ "http://a.example/\"", false },
		{ "http://a.example/{a}", false },
		{ "http://a.example/a|b", false },
		{ "http://a.example/a^b", false },
		{ "http://a.example/a`b", false },
		{ "http://a.example/a\\b", false },
		{ "http://a.example/%", true },
		{ "http://a.example/%4", true },
		{ "http://a.example/%4g", true },
		{ "http://a.example/%g4", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("\"%s\"\n", cases[i].text);
		assert_int_equal(cases[i].is_text,
		    uri_is_text(span_str(cases[i].text)));
		assert_false(uri_is_valid(span_str(cases[i].text)));
	}
}

static void
test_what_is_just_one(void **state)
{
	static const char *const uris[] = { "a:", "a+b-c.1:", "A:x",
		"http://a.example/%4a%FF" };

	(void)state;
	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++)
		assert_true(uri_is_valid(span_str(uris[i])));
}

static void
test_encoded_byte(void **state)
{
	static const struct {
		const char *in;
		int want;
	} cases[] = { { "%00", 0 }, { "%0aX", 10 }, { "%fF", 255 },
		{ "%7E%41", 126 }, { "", -1 }, { "%", -1 }, { "%4", -1 },
		{ "%4g", -1 }, { "%g4", -1 }, { "41%", -1 }, { "%%4", -1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("\"%s\"\n", cases[i].in);
		assert_int_equal(cases[i].want,
		    uri_encoded_byte(span_str(cases[i].in)));
	}
}

static void
test_authority(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = { { "//a.example/b", "a.example" }, { "//a?b", "a" },
		{ "//a#b", "a" }, { "//u:p@[::1]:8/b", "u:p@[::1]:8" },
		{ "//a", "a" }, { "//", "" }, { "///a", "" }, { "/a", "" },
		{ "a", "" }, { "", "" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_span(cases[i].want,
		    uri_authority(span_str(cases[i].in)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples_of_the_rfc),
		cmocka_unit_test(test_what_is_no_uri),
		cmocka_unit_test(test_what_is_just_one),
		cmocka_unit_test(test_encoded_byte),
		cmocka_unit_test(test_authority),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
