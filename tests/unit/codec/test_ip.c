#include "support/test.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "codec/ip.h"

static void
test_addresses(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "IPv4", "192.0.2.1", "192.0.2.1" },
		{ "lowest", "0.0.0.0", "0.0.0.0" },
		{ "highest", "255.255.255.255", "255.255.255.255" },
		{ "literal of RFC 5321", "[192.0.2.1]", "192.0.2.1" },
		{ "IPv4-mapped", "::ffff:198.51.100.9", "198.51.100.9" },
		{ "IPv4-mapped in hex", "::FFFF:cb00:71ff", "203.0.113.255" },
		{ "IPv4-mapped, long", "0:0:0:0:0:ffff:c000:201", "192.0.2.1" },
		/* RFC 5952 s4.1: no leading zeros. */
		{ "leading zeros", "2001:0db8::0001", "2001:db8::1" },
		{ "RFC 8460 appendix B", "2001:db8:abcd:0012::1",
		    "2001:db8:abcd:12::1" },
		/* RFC 5952 s4.2.1: shorten as much as possible. */
		{ "as much as possible", "2001:db8:0:0:0:0:2:1",
		    "2001:db8::2:1" },
		/* RFC 5952 s4.2.2: not one field alone. */
		{ "one field alone", "2001:db8::1:1:1:1:1",
		    "2001:db8:0:1:1:1:1:1" },
		/* RFC 5952 s4.2.3: the longest run, the first on a tie. */
		{ "longest run", "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
		{ "first run", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		/* RFC 5952 s4.3: lower case. */
		{ "lower case", "2001:DB8::ABCD", "2001:db8::abcd" },
		{ "any", "0:0:0:0:0:0:0:0", "::" },
		{ "loopback", "::1", "::1" },
		{ "run at the end", "2001:db8:0:0::", "2001:db8::" },
		{ "longest", "1111:2222:3333:4444:5555:6666:7777:8888",
		    "1111:2222:3333:4444:5555:6666:7777:8888" },
		{ "NAT64", "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
		{ "literal", "[IPv6:2001:DB8::1]", "2001:db8::1" },
		{ "literal without brackets", "IPv6:2001:DB8::1",
		    "2001:db8::1" },
		{ "case of the tag", "[ipv6:2001:db8::1]", "2001:db8::1" },
		{ "brackets of a URL", "[2001:db8::1]", "2001:db8::1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char got[IP_TEXT_SIZE] = "";

		print_message("%s\n", cases[i].name);
		assert_int_equal(strlen(cases[i].want),
		    ip_canonical(span_str(cases[i].in), got));
		assert_string_equal(cases[i].want, got);
		/* It is its own one spelling. */
		assert_int_equal(strlen(cases[i].want),
		    ip_canonical(span_str(cases[i].want), got));
		assert_string_equal(cases[i].want, got);
	}
}

static void
test_what_is_no_address(void **state)
{
	static const struct {
		const char *name;
		struct span in;
	} cases[] = {
		{ "absent", { NULL, 0 } },
		{ "empty", { "", 0 } },
		{ "brackets", { "[]", 2 } },
		{ "one bracket", { "[", 1 } },
		{ "bracket open", { "[192.0.2.1", 10 } },
		{ "tag alone", { "IPv6:", 5 } },
		{ "name", { "mx.example", 10 } },
		{ "three numbers", { "192.0.2", 7 } },
		{ "five numbers", { "192.0.2.1.1", 11 } },
		{ "256", { "192.0.2.256", 11 } },
		{ "leading zero", { "192.0.2.01", 10 } },
		{ "hex", { "0xc0.0.2.1", 10 } },
		{ "one number", { "3221225985", 10 } },
		{ "blank", { " 192.0.2.1", 10 } },
		{ "line", { "192.0.2.1\n", 10 } },
		{ "nul inside", { "192.0.2.1\0", 10 } },
		{ "nul and more", { "::1\0x", 5 } },
		{ "port", { "192.0.2.1:25", 12 } },
		{ "zone", { "fe80::1%eth0", 12 } },
		{ "two runs", { "2001::1::1", 10 } },
		{ "nine fields", { "1:2:3:4:5:6:7:8:9", 17 } },
		{ "five digits", { "2001:db8::12345", 15 } },
		{ "prefix", { "2001:db8::/32", 13 } },
		{ "endless",
		    { "1111:2222:3333:4444:5555:6666:7777:8888:9999:"
		      "0000",
			49 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char got[IP_TEXT_SIZE];

		print_message("%s\n", cases[i].name);
		assert_int_equal(0, ip_canonical(cases[i].in, got));
	}
}

/* By inet_ntop. */
static bool
is_one_spelling(const char *text)
{
	unsigned char address[16];
	char again[IP_TEXT_SIZE];
	int family = strchr(text, ':') == NULL ? AF_INET : AF_INET6;

	return inet_pton(family, text, address) == 1 &&
	    inet_ntop(family, address, again, sizeof(again)) != NULL &&
	    strcmp(text, again) == 0;
}

/* Each number in each place, and addresses with as many zeros as can be. */
static void
test_quick_look_is_right(void **state)
{
	char text[64];

	(void)state;
	for (int i = 0; i < 4 * 1200; i++) {
		int v[4] = { 0, 10, 0, 255 };

		v[i % 4] = i / 4;
		(void)snprintf(text, sizeof(text), "%d.%d.%d.%d", v[0], v[1],
		    v[2], v[3]);
		assert_int_equal(is_one_spelling(text),
		    ip_is_canonical(span_str(text)));
	}
	for (unsigned i = 0; i < 1 << 16; i++) {
		size_t n = 0;

		/* Two bits for each of eight groups: "", "0", "a", "12". */
		for (unsigned k = 0; k < 8; k++)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s%s", k == 0 ? "" : ":",
			    (const char *[]){ "", "0", "a",
				"12" }[i >> 2 * k & 3]);
		if (ip_is_canonical(span_str(text)))
			assert_true(is_one_spelling(text));
	}
	assert_true(ip_is_canonical(SPAN_LIT("2001:db8::1")));
	assert_true(ip_is_canonical(SPAN_LIT("2001:db8::")));
	assert_true(ip_is_canonical(SPAN_LIT("2001:db8:0:1:2:3:0:4")));
	assert_false(ip_is_canonical(SPAN_LIT("2001:db8::1:2:3:4:5")));
	assert_false(ip_is_canonical(SPAN_LIT("2001:db8::0:1")));
	assert_false(ip_is_canonical(SPAN_LIT("2001:db8:0:0:1:2:3:4")));
	assert_false(ip_is_canonical(SPAN_LIT("2001:DB8::1")));
	assert_false(ip_is_canonical(SPAN_LIT("192.0.2.01")));
	assert_false(ip_is_canonical(SPAN_NONE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_what_is_no_address),
		cmocka_unit_test(test_quick_look_is_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
