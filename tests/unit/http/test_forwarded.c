#include "support/test.h"

#include "http/forwarded.h"

#define PEER "10.0.0.1"

static const struct {
	enum http_forwarded kind;
	const char *list, *want;
} rows[] = {
	/* The last that is not trusted; 10.0.0.0/8 is. */
	{ HTTP_X_FORWARDED_FOR, "203.0.113.7", "203.0.113.7" },
	{ HTTP_X_FORWARDED_FOR, "203.0.113.7, 10.0.0.2", "203.0.113.7" },
	{ HTTP_X_FORWARDED_FOR, "192.0.2.1, 203.0.113.7,10.0.0.2,10.0.0.3",
	    "203.0.113.7" },
	{ HTTP_X_FORWARDED_FOR, "10.0.0.9, 203.0.113.7", "203.0.113.7" },
	/* All are: the first. */
	{ HTTP_X_FORWARDED_FOR, "10.0.0.9, 10.0.0.2", "10.0.0.9" },
	/* What cannot be read, and all before it, counts for nothing. */
	{ HTTP_X_FORWARDED_FOR, "203.0.113.7, unknown", PEER },
	{ HTTP_X_FORWARDED_FOR, "203.0.113.7, unknown, 10.0.0.2", "10.0.0.2" },
	{ HTTP_X_FORWARDED_FOR, "unknown, 203.0.113.7", "203.0.113.7" },
	{ HTTP_X_FORWARDED_FOR, "", PEER },
	{ HTTP_X_FORWARDED_FOR, " , ,", PEER },
	{ HTTP_X_FORWARDED_FOR, "203.0.113.7,,", "203.0.113.7" },
	/* Ports, as some proxies write them. */
	{ HTTP_X_FORWARDED_FOR, "203.0.113.7:4711", "203.0.113.7" },
	{ HTTP_X_FORWARDED_FOR, "2001:db8::7", "2001:db8::7" },
	{ HTTP_X_FORWARDED_FOR, "[2001:db8::7]:4711", "2001:db8::7" },
	{ HTTP_X_FORWARDED_FOR, "[2001:db8::7", PEER },
	{ HTTP_X_FORWARDED_FOR, "[2001:db8::7]x", PEER },
	{ HTTP_X_FORWARDED_FOR, "for=203.0.113.7", PEER },
	/* The examples of RFC 7239 s4. */
	{ HTTP_FORWARDED, "for=\"_gazonk\"", PEER },
	{ HTTP_FORWARDED, "For=\"[2001:db8:cafe::17]:4711\"",
	    "2001:db8:cafe::17" },
	{ HTTP_FORWARDED, "for=192.0.2.60;proto=http;by=203.0.113.43",
	    "192.0.2.60" },
	{ HTTP_FORWARDED, "for=192.0.2.43, for=198.51.100.17",
	    "198.51.100.17" },
	{ HTTP_FORWARDED, "by=10.0.0.5 ; FOR = 192.0.2.43", "192.0.2.43" },
	{ HTTP_FORWARDED, "by=\"a,b;for=192.0.2.9\";for=192.0.2.43",
	    "192.0.2.43" },
	{ HTTP_FORWARDED, "by=\"\\\",for=192.0.2.9\";for=192.0.2.43",
	    "192.0.2.43" },
	{ HTTP_FORWARDED, "for=192.0.2.43, proto=https", PEER },
	{ HTTP_FORWARDED, "for=192.0.2.43, for=10.0.0.2", "192.0.2.43" },
	{ HTTP_FORWARDED, "192.0.2.43", PEER },
	{ HTTP_FORWARDED, "for=\"192.0.2.43", PEER },
};

static void
test_whom_a_proxy_speaks_for(void **state)
{
	struct http_networks trusted = { .n = 0 };
	struct http_address peer, got;
	char text[HTTP_ADDRESS_TEXT_SIZE];

	(void)state;
	assert_ok(http_networks_add(&trusted, SPAN_LIT("10.0.0.0/8"), NULL));
	assert_true(http_address_parse(SPAN_LIT(PEER), &peer));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		got = http_forwarded_client(rows[i].kind,
		    span_str(rows[i].list), &trusted, &peer);
		http_address_text(&got, 0, text);
		if (strcmp(rows[i].want, text) != 0)
			print_error("%s: %s\n", rows[i].list, text);
		assert_string_equal(rows[i].want, text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whom_a_proxy_speaks_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
