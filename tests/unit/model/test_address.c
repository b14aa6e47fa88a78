#include "support/test.h"

#include "model/address.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
test_addresses(void **state)
{
	static const struct {
		const char *address, *host;
	} cases[] = {
		{ "tls-reports@sender.example", "sender.example" },
		{ "a@b", "b" },
		{ "A.B.C@D.Example", "D.Example" },
		{ "a+b@c.example", "c.example" },
		{ "!#$%&'*+/=?^_`{|}~-@c.example", "c.example" },
		{ "a-@c.example", "c.example" },
		{ "a@_x.c.example", "_x.c.example" },
		{ A64 "@c.example", "c.example" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span address = span_str(cases[i].address);

		print_message("%s\n", cases[i].address);
		assert_true(address_is_valid(address));
		assert_span(cases[i].host, address_host(address));
	}
}

static void
test_others(void **state)
{
	static const char *const others[] = { "", "@", "a", "a@", "@b", "a@b@c",
		"a..b@c", ".a@c", "a.@c", "a@.c", "a@c.", "a@b..c", "-a@c",
		"a@-c", "a b@c", "a@b c", "\"a\"@c", "a(x)@c", "a,b@c", "a;b@c",
		"a:b@c", "<a@c>", "X <a@c>", "a\\b@c", "a@[192.0.2.1]", "a@b/c",
		"a@b%c", "a@b\n", "a\t@b", "\xc3\xa4@c", "a@\xc3\xa4",
		A64 "a@c.example" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		print_message("%s\n", others[i]);
		assert_false(address_is_valid(span_str(others[i])));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
