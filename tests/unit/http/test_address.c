#include "support/test.h"

#include "http/address.h"

static void
test_texts(void **state)
{
	static const struct {
		const char *in, *want, *with_port; /* NULL: no address */
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", "192.0.2.1:443" },
		{ "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1:443" },
		{ "2001:DB8:0::1", "2001:db8::1", "[2001:db8::1]:443" },
		{ "[2001:db8::1]", "2001:db8::1", "[2001:db8::1]:443" },
		{ "::", "::", "[::]:443" },
		{ "192.0.2.256", NULL, NULL },
		{ "192.0.2.1:80", NULL, NULL },
		{ "unknown", NULL, NULL },
		{ "fe80::1%eth0", NULL, NULL },
		{ "", NULL, NULL },
	};
	char text[HTTP_ADDRESS_TEXT_SIZE];
	struct http_address a;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool ok = http_address_parse(span_str(rows[i].in), &a);

		assert_int_equal(rows[i].want != NULL, ok);
		if (!ok)
			continue;
		http_address_text(&a, 0, text);
		assert_string_equal(rows[i].want, text);
		http_address_text(&a, 443, text);
		assert_string_equal(rows[i].with_port, text);
	}
	a = (struct http_address){ 0 };
	http_address_text(&a, 443, text);
	assert_string_equal("unix", text);
}

static struct http_address
address(const char *text)
{
	struct http_address a;

	assert_true(http_address_parse(span_str(text), &a));
	return a;
}

static void
test_blocks(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "2001:db8:0:1::1", "2001:db8:0:1:ffff::", true },
		{ "2001:db8:0:1::1", "2001:db8:0:2::1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_address a = address(rows[i].a);
		struct http_address b = address(rows[i].b);

		a = http_address_block(&a);
		b = http_address_block(&b);
		assert_int_equal(rows[i].same, http_address_eq(&a, &b));
	}
}

static void
test_networks(void **state)
{
	static const struct {
		const char *network, *address;
		bool want;
	} rows[] = {
		{ "10.0.0.0/8", "10.255.0.1", true },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "10.0.0.0/8", "::a00:1", false },
		{ "192.0.2.128/25", "192.0.2.200", true },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "0.0.0.0/0", "203.0.113.5", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "fd00::/8", "fdff::1", true },
		{ "fd00::/8", "fe00::1", false },
		{ "::/0", "2001:db8::1", true },
		{ "unix", "192.0.2.1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_networks nets = { .n = 0 };
		struct http_address a = address(rows[i].address);

		assert_ok(
		    http_networks_add(&nets, span_str(rows[i].network), NULL));
		assert_int_equal(rows[i].want, http_networks_have(&nets, &a));
	}
}

static void
test_unix_sockets_are_named(void **state)
{
	struct http_networks nets = { .n = 0 };
	struct http_address none = { .is_known = false };

	(void)state;
	assert_ok(http_networks_add(&nets, SPAN_LIT("::/0"), NULL));
	assert_ok(http_networks_add(&nets, SPAN_LIT("0.0.0.0/0"), NULL));
	assert_false(http_networks_have(&nets, &none));
	assert_ok(http_networks_add(&nets, SPAN_LIT("unix"), NULL));
	assert_true(http_networks_have(&nets, &none));
}

static void
test_what_is_no_network(void **state)
{
	static const char *const rows[] = { "", "x", "10.0.0.0/33",
		"10.0.0.1/8", "fd00::/129", "fd00::1/8", "10.0.0.0/", "/8",
		"10.0.0.0/-1", "10.0.0.0/8/8" };
	struct http_networks nets = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct why why = { { 0 } };

		assert_err(E_SYNTAX,
		    http_networks_add(&nets, span_str(rows[i]), &why));
		assert_string_not_equal("", why.text);
	}
	assert_int_equal(0, nets.n);
	for (size_t i = 0; i < HTTP_NETWORKS_MAX; i++)
		assert_ok(http_networks_add(&nets, SPAN_LIT("::1"), NULL));
	assert_err(E_RANGE, http_networks_add(&nets, SPAN_LIT("::1"), NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_unix_sockets_are_named),
		cmocka_unit_test(test_what_is_no_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
