#include "support/test.h"

#include "codec/ehlo.h"

static void
test_ehlo_name(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "Postfix", "250-mx1.example.com\r\n250-SIZE 1\r\n250 HELP",
		    "mx1.example.com" },
		{ "greeting behind",
		    "250-mx1.example.com Hello [192.0.2.1]\r\n250 STARTTLS",
		    "mx1.example.com" },
		{ "one line", "250 mx1.example.com", "mx1.example.com" },
		{ "only the name", "mx1.example.com", "mx1.example.com" },
		{ "another code", "502-no such command", "no" },
		{ "tab behind", "250-mx1\thello", "mx1" },
		{ "line feed alone", "250-mx1\n250 x", "mx1" },
		{ "blanks before", "250-  mx1 x", "mx1" },
		{ "address literal", "250-[192.0.2.1] hi", "[192.0.2.1]" },
		{ "a name of digits", "2501", "2501" },
		{ "a code alone", "250", "250" },
		{ "a code and a dash", "250-", "" },
		{ "no name", "250-\r\n250 SIZE", "" },
		{ "two digits", "25-x y", "25-x" },
		{ "empty", "", "" },
		{ "absent", NULL, "" },
		{ "blanks", " \t ", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].name);
		assert_span(cases[i].want, ehlo_name(span_str(cases[i].in)));
	}
}

static void
test_nul_is_a_byte_like_others(void **state)
{
	struct span name = ehlo_name((struct span){ "250-a\0b c", 9 });

	(void)state;
	assert_int_equal(3, name.len);
	assert_memory_equal("a\0b", name.p, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ehlo_name),
		cmocka_unit_test(test_nul_is_a_byte_like_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
