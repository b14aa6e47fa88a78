#include "support/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "model/address_filter.h"

/* NULL: allowed, else why not. */
static const char *
judge(const struct address_filter *f, const char *text)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	const char *why = "untouched";
	bool allowed;

	if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
		allowed = address_filter_allows(f, (struct sockaddr *)&four,
		    sizeof(four), &why);
	} else {
		assert_int_equal(1, inet_pton(AF_INET6, text, &six.sin6_addr));
		allowed = address_filter_allows(f, (struct sockaddr *)&six,
		    sizeof(six), &why);
	}
	if (!allowed)
		return why;
	assert_string_equal("untouched", why);
	return NULL;
}

static void
check(const struct address_filter *f, const char *address, const char *want)
{
	const char *got = judge(f, address);

	if (want == NULL ? got != NULL : got == NULL || strcmp(got, want) != 0)
		fail_msg("%s: got %s, want %s", address,
		    got == NULL ? "allowed" : got,
		    want == NULL ? "allowed" : want);
}

/* A network, by hand: its first and last address and what lies beside it. NULL
 * addresses: there is none; NULL reasons: allowed. */
struct network {
	const char *why, *first, *last;
	const char *before, *why_before, *after, *why_after;
};

static const struct network networks[] = {
	{ "this network", "0.0.0.1", "0.255.255.255", "0.0.0.0", "unspecified",
	    "1.0.0.0", NULL },
	{ "private", "10.0.0.0", "10.255.255.255", "9.255.255.255", NULL,
	    "11.0.0.0", NULL },
	{ "shared by a provider's customers", "100.64.0.0", "100.127.255.255",
	    "100.63.255.255", NULL, "100.128.0.0", NULL },
	{ "loopback", "127.0.0.0", "127.255.255.255", "126.255.255.255", NULL,
	    "128.0.0.0", NULL },
	{ "link-local", "169.254.0.0", "169.254.255.255", "169.253.255.255",
	    NULL, "169.255.0.0", NULL },
	{ "private", "172.16.0.0", "172.31.255.255", "172.15.255.255", NULL,
	    "172.32.0.0", NULL },
	{ "protocol assignments", "192.0.0.0", "192.0.0.255", "191.255.255.255",
	    NULL, "192.0.1.0", NULL },
	{ "documentation", "192.0.2.0", "192.0.2.255", "192.0.1.255", NULL,
	    "192.0.3.0", NULL },
	{ "6to4 relay", "192.88.99.0", "192.88.99.255", "192.88.98.255", NULL,
	    "192.88.100.0", NULL },
	{ "private", "192.168.0.0", "192.168.255.255", "192.167.255.255", NULL,
	    "192.169.0.0", NULL },
	{ "benchmarking", "198.18.0.0", "198.19.255.255", "198.17.255.255",
	    NULL, "198.20.0.0", NULL },
	{ "documentation", "198.51.100.0", "198.51.100.255", "198.51.99.255",
	    NULL, "198.51.101.0", NULL },
	{ "documentation", "203.0.113.0", "203.0.113.255", "203.0.112.255",
	    NULL, "203.0.114.0", NULL },
	{ "multicast", "224.0.0.0", "239.255.255.255", "223.255.255.255", NULL,
	    "240.0.0.0", "reserved" },
	{ "reserved", "240.0.0.0", "255.255.255.254", "239.255.255.255",
	    "multicast", "255.255.255.255", "broadcast" },

	/* IPv6 */
	{ "unspecified", "::", "::", NULL, NULL, "::1", "loopback" },
	{ "loopback", "::1", "::1", "::", "unspecified", "::2",
	    "this network" },
	{ "local NAT64", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
	    "64:ff9b:0:ffff:ffff:ffff:ffff:ffff", "reserved",
	    "64:ff9b:2::", "reserved" },
	{ "discard-only", "100::", "100::ffff:ffff:ffff:ffff",
	    "ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved",
	    "100:0:0:1::", "reserved" },
	{ "Teredo", "2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff",
	    "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL,
	    "2001:1::", "protocol assignments" },
	{ "protocol assignments",
	    "2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "Teredo",
	    "2001:200::", NULL },
	{ "documentation",
	    "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
	    "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", NULL,
	    "2001:db9::", NULL },
	{ "6to4", "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "2003::", NULL },
	{ "documentation", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL,
	    "3fff:1000::", NULL },
	{ "reserved", "4000::", "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL,
	    "fc00::", "unique local" },
	{ "unique local", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved",
	    "fe00::", "reserved" },
	{ "link-local", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved",
	    "fec0::", "site-local" },
	{ "site-local", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "link-local",
	    "ff00::", "multicast" },
	{ "multicast", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "site-local", NULL,
	    NULL },
};

static void
test_networks_that_are_not_public(void **state)
{
	const struct address_filter none = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++) {
		const struct network *n = &networks[i];

		check(&none, n->first, n->why);
		check(&none, n->last, n->why);
		if (n->before != NULL)
			check(&none, n->before, n->why_before);
		if (n->after != NULL)
			check(&none, n->after, n->why_after);
	}
}

static void
test_public_addresses(void **state)
{
	static const char *const addresses[] = { "8.8.8.8", "192.0.1.1",
		"100.0.0.1", "2000::", "2001:4860:4860::8888", "2606:4700::1",
		"2a00:1450::1" };
	const struct address_filter none = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		check(&none, addresses[i], NULL);
}

/* Where clouds keep credentials for who asks from inside. */
static void
test_metadata(void **state)
{
	const struct address_filter none = { .n = 0 };

	(void)state;
	check(&none, "169.254.169.254", "link-local");
	check(&none, "169.254.170.2", "link-local");
	check(&none, "100.100.100.200", "shared by a provider's customers");
	check(&none, "192.0.0.192", "protocol assignments");
	check(&none, "fd00:ec2::254", "unique local");
}

static void
test_ipv4_inside_of_ipv6_decides(void **state)
{
	static const char *const wraps[] = { "::ffff:", "64:ff9b::", "::" };
	static const struct {
		const char *four, *why;
	} cases[] = {
		{ "8.8.8.8", NULL },
		{ "127.0.0.1", "loopback" },
		{ "10.1.2.3", "private" },
		{ "169.254.169.254", "link-local" },
		{ "255.255.255.255", "broadcast" },
		{ "223.255.255.255", NULL },
	};
	const struct address_filter none = { .n = 0 };

	(void)state;
	for (size_t w = 0; w < 3; w++)
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			char address[64];

			(void)snprintf(address, sizeof(address), "%s%s",
			    wraps[w], cases[i].four);
			check(&none, address, cases[i].why);
		}
	check(&none, "::ffff:0.0.0.0", "unspecified");
	check(&none, "64:ff9b::", "unspecified");
	/* Beside the three networks of 96 bits. */
	check(&none, "::fffe:ffff:ffff", "reserved");
	check(&none, "::1:0:808:808", "reserved");
	check(&none, "64:ff9b::1:808:808", "reserved");
	check(&none, "64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", "reserved");
	/* IPv4-translated, of RFC 2765. */
	check(&none, "::ffff:0:127.0.0.1", "reserved");
}

/* -- what is no IP address -- */

static void
test_other_families_and_short_ones(void **state)
{
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	const struct address_filter none = { .n = 0 };
	const char *why = NULL;

	(void)state;
	assert_int_equal(1, inet_pton(AF_INET, "8.8.8.8", &four.sin_addr));
	assert_int_equal(1, inet_pton(AF_INET6, "2606::1", &six.sin6_addr));
	assert_false(address_filter_allows(&none, (struct sockaddr *)&local,
	    sizeof(local), &why));
	assert_string_equal("not an IP address", why);
	assert_true(address_filter_allows(&none, (struct sockaddr *)&four,
	    sizeof(four), &why));
	assert_false(address_filter_allows(&none, (struct sockaddr *)&four,
	    sizeof(four) - 1, &why));
	assert_true(address_filter_allows(&none, (struct sockaddr *)&six,
	    sizeof(six), &why));
	assert_false(address_filter_allows(&none, (struct sockaddr *)&six,
	    sizeof(six) - 1, &why));
	assert_false(
	    address_filter_allows(&none, (struct sockaddr *)&six, 0, &why));
}

/* -- the configuration -- */

static void
test_allowed_networks(void **state)
{
	struct span list[] = { SPAN_LIT("10.0.0.0/8"), SPAN_LIT("127.0.0.1"),
		SPAN_LIT("172.16.4.0/22"), SPAN_LIT("::1/128"),
		SPAN_LIT("fd12:3456::/33"), SPAN_LIT("64:ff9b:1::/48") };
	struct address_filter f = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < 6; i++)
		assert_ok(address_filter_add(&f, list[i], NULL));
	check(&f, "10.0.0.0", NULL);
	check(&f, "10.255.255.255", NULL);
	check(&f, "127.0.0.1", NULL);
	check(&f, "127.0.0.0", "loopback");
	check(&f, "127.0.0.2", "loopback");
	check(&f, "172.16.3.255", "private");
	check(&f, "172.16.4.0", NULL);
	check(&f, "172.16.7.255", NULL);
	check(&f, "172.16.8.0", "private");
	check(&f, "::1", NULL);
	check(&f, "::", "unspecified");
	check(&f, "fd12:3455:ffff:ffff:ffff:ffff:ffff:ffff", "unique local");
	check(&f, "fd12:3456::", NULL);
	check(&f, "fd12:3456:7fff:ffff:ffff:ffff:ffff:ffff", NULL);
	check(&f, "fd12:3456:8000::", "unique local");
	check(&f, "64:ff9b:1::10.0.0.1", NULL);
	check(&f, "192.168.0.1", "private");
	check(&f, "8.8.8.8", NULL);
	check(&f, "2606:4700::1", NULL);
}

/* An IPv4 network holds for IPv6 addresses that carry such; an IPv6 network of
 * those bytes holds for no IPv4 address. */
static void
test_allowed_inside_of_ipv6(void **state)
{
	struct address_filter f = { .n = 0 };

	(void)state;
	assert_ok(address_filter_add(&f, SPAN_LIT("10.0.0.0/8"), NULL));
	check(&f, "::ffff:10.1.2.3", NULL);
	check(&f, "64:ff9b::10.1.2.3", NULL);
	check(&f, "::ffff:127.0.0.1", "loopback");
	assert_ok(address_filter_add(&f, SPAN_LIT("7f00::/8"), NULL));
	check(&f, "127.0.0.1", "loopback");
	assert_ok(address_filter_add(&f, SPAN_LIT("::ffff:0:0/96"), NULL));
	check(&f, "::ffff:127.0.0.1", NULL);
	check(&f, "127.0.0.1", "loopback");
}

static void
test_everything_may_be_allowed(void **state)
{
	struct address_filter f = { .n = 0 };

	(void)state;
	assert_ok(address_filter_add(&f, SPAN_LIT("0.0.0.0/0"), NULL));
	check(&f, "127.0.0.1", NULL);
	check(&f, "255.255.255.255", NULL);
	check(&f, "fe80::1", "link-local");
	assert_ok(address_filter_add(&f, SPAN_LIT("::/0"), NULL));
	check(&f, "fe80::1", NULL);
	check(&f, "::", NULL);
}

static void
test_what_is_no_network(void **state)
{
	static const char *const cases[] = { "", "/", "/8", "10.0.0.0/",
		"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/ 8",
		"10.0.0.0/8/8", "10.0.0.0/8 ", " 10.0.0.0/8", "10/8",
		"10.0.0/8", "010.0.0.0/8", "10.0.0.256", "::1/129", "[::1]",
		"[::1]/128", "fe80::1%eth0", "localhost",
		"10.0.0.0-10.255.255.255", "10.0.0.0/255.0.0.0",
		"::ffff:1.2.3.4/32/", "::g/8",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000" };
	/* Bits behind the prefix: was one address meant, or the network? */
	static const char *const unclear[] = { "10.0.0.1/8", "10.0.0.1/31",
		"128.0.0.0/0", "::1/127", "fd00::1/8", "1::/0" };
	struct address_filter f = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct why why = { { 0 } };

		print_message("%s\n", cases[i]);
		assert_err(E_SYNTAX,
		    address_filter_add(&f, span_str(cases[i]), &why));
		assert_non_null(strstr(why.text, cases[i]));
	}
	for (size_t i = 0; i < sizeof(unclear) / sizeof(unclear[0]); i++) {
		struct why why = { { 0 } };

		assert_err(E_SYNTAX,
		    address_filter_add(&f, span_str(unclear[i]), &why));
		assert_non_null(strstr(why.text, "behind its prefix"));
	}
	assert_err(E_SYNTAX, address_filter_add(&f, SPAN_NONE, NULL));
	assert_err(E_SYNTAX,
	    address_filter_add(&f, SPAN_LIT("10.0.0.1\0.2"), NULL));
	assert_int_equal(0, f.n);
}

static void
test_as_many_as_there_may_be(void **state)
{
	struct address_filter f = { .n = 0 };
	char network[32];

	(void)state;
	for (int i = 0; i < 64; i++) {
		(void)snprintf(network, sizeof(network), "10.%d.0.0/16", i);
		assert_ok(address_filter_add(&f, span_str(network), NULL));
	}
	check(&f, "10.63.0.1", NULL);
	assert_err(E_RANGE,
	    address_filter_add(&f, SPAN_LIT("10.64.0.0/16"), NULL));
	check(&f, "10.64.0.1", "private");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_networks_that_are_not_public),
		cmocka_unit_test(test_public_addresses),
		cmocka_unit_test(test_metadata),
		cmocka_unit_test(test_ipv4_inside_of_ipv6_decides),
		cmocka_unit_test(test_other_families_and_short_ones),
		cmocka_unit_test(test_allowed_networks),
		cmocka_unit_test(test_allowed_inside_of_ipv6),
		cmocka_unit_test(test_everything_may_be_allowed),
		cmocka_unit_test(test_what_is_no_network),
		cmocka_unit_test(test_as_many_as_there_may_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
