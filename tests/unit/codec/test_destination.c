#include "support/test.h"

#include "base/buf.h"
#include "codec/destination.h"
#include "model/limits.h"

#define A61 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A63 A61 "aa"
#define A64 A61 "aaa"

struct refusal {
	const char *name, *in, *why;
};

static void
check_refusal(const char *name, struct span in, const char *want)
{
	struct destination to = { .port = 4711 };
	struct why why = { { 0 } };

	print_message("%s\n", name);
	assert_err(E_SYNTAX, destination_parse(in, &to, &why));
	assert_string_equal(want, why.text);
	assert_int_equal(4711, to.port); /* left alone */
	assert_err(E_SYNTAX, destination_parse(in, &to, NULL));
}

static void
check_refusals(const struct refusal *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_refusal(cases[i].name, span_str(cases[i].in),
		    cases[i].why);
}

#define CHECK(cases) check_refusals((cases), sizeof(cases) / sizeof((cases)[0]))

/* -- mailto -- */

static void
test_mail(void **state)
{
	static const struct {
		const char *name, *in, *address, *host;
	} cases[] = {
		{ "s3.1.1", "mailto:reports@example.com", "reports@example.com",
		    "example.com" },
		{ "local part as it is", "mailto:TLS.Reports@a.example",
		    "TLS.Reports@a.example", "a.example" },
		{ "all of atext", "mailto:!#$%&'*+-/=?^_`{|}~@a.example",
		    "!#$%&'*+-/=?^_`{|}~@a.example", "a.example" },
		{ "A-labels", "mailto:r@xn--bcher-kva.example",
		    "r@xn--bcher-kva.example", "xn--bcher-kva.example" },
		{ "digits in front", "mailto:r@4.3com.example",
		    "r@4.3com.example", "4.3com.example" },
		{ "a percent sign", "mailto:a%z@a.example", "a%z@a.example",
		    "a.example" },
		{ "local part of 64, label of 63", "mailto:" A64 "@" A63 ".b",
		    A64 "@" A63 ".b", A63 ".b" },
		{ "address of 254", "mailto:" A64 "@" A63 "." A63 "." A61,
		    A64 "@" A63 "." A63 "." A61, A63 "." A63 "." A61 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct destination to = { .port = 4711 };
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].name);
		assert_ok_why(destination_parse(span_str(cases[i].in), &to,
				  &why),
		    &why);
		assert_int_equal(DESTINATION_MAIL, to.kind);
		assert_span(cases[i].address, to.address);
		assert_span(cases[i].host, to.host);
		assert_int_equal(0, to.port);
		assert_int_equal(0, to.url.len);
		assert_false(to.is_literal);
	}
}

static void
test_mail_that_is_refused(void **state)
{
	static const char local[] = "mailto: a local part that is no dot-atom "
				    "of at most 64 bytes";
	static const char host[] = "mailto: a host that is no domain name";
	static const struct refusal cases[] = {
		{ "nothing", "mailto:", "mailto: no \"@\"" },
		{ "no at sign", "mailto:r", "mailto: no \"@\"" },
		{ "no local part", "mailto:@a.example", local },
		{ "no domain", "mailto:r@", "mailto: no host" },
		{ "two at signs", "mailto:r@a.example@b.example", host },
		/* RFC 6068 s5: what comes of %0D%0A. */
		{ "line", "mailto:r\r\nRCPT TO:<x@b.example>@a.example",
		    "mailto: a control character" },
		{ "line behind", "mailto:r@a.example\r\n",
		    "mailto: a control character" },
		{ "tab", "mailto:r\t@a.example",
		    "mailto: a control character" },
		{ "delete", "mailto:r\x7f@a.example",
		    "mailto: a control character" },
		{ "blank", "mailto:r @a.example", "mailto: a blank" },
		{ "UTF-8", "mailto:r\xc3\xa4@a.example",
		    "mailto: a byte that is not ASCII" },
		{ "domain of UTF-8", "mailto:r@\xc3\xa4.example",
		    "mailto: a byte that is not ASCII" },
		{ "line, encoded", "mailto:r%0d%0aDATA@a.example",
		    "mailto: an encoded control character" },
		{ "NUL, encoded", "mailto:r%00@a.example",
		    "mailto: an encoded control character" },
		{ "delete, encoded", "mailto:r%7F@a.example",
		    "mailto: an encoded control character" },
		{ "UTF-8, encoded", "mailto:r%C3%A4@a.example",
		    "mailto: an encoded byte that is not ASCII" },
		{ "UTF-8 in the host, encoded", "mailto:r@%C3%A4.example",
		    "mailto: an encoded byte that is not ASCII" },
		{ "blank, encoded", "mailto:r%20s@a.example",
		    "mailto: an encoded blank" },
		{ "comma, encoded twice", "mailto:r%2Cs@a.example",
		    "mailto: percent-encoded twice" },
		{ "comma", "mailto:r@a.example,s@b.example", host },
		{ "comma in the local part", "mailto:r,s@a.example", local },
		{ "header fields", "mailto:r@a.example?subject=x", host },
		{ "header fields with an address",
		    "mailto:r@a.example?cc=s@b.example", host },
		{ "quoted", "mailto:\"r\"@a.example",
		    "mailto: a quoted local part" },
		{ "quoted at sign", "mailto:\"r@s\"@a.example",
		    "mailto: a quoted local part" },
		{ "quotes inside", "mailto:r\"s\"@a.example", local },
		{ "option", "mailto:-oQ/tmp@a.example",
		    "mailto: \"-\" in front" },
		{ "angles", "mailto:<r@a.example>", host },
		{ "angle", "mailto:<r@a.example", local },
		{ "comment", "mailto:r(x)@a.example", local },
		{ "route", "mailto:@b.example:r@a.example", host },
		{ "dot in front", "mailto:.r@a.example", local },
		{ "dot behind", "mailto:r.@a.example", local },
		{ "two dots", "mailto:r..s@a.example", local },
		{ "local part of 65", "mailto:" A64 "a@a.example", local },
		{ "address of 255", "mailto:" A64 "@" A63 "." A63 "." A61 "a",
		    "mailto: an address of more than 254 bytes" },
		{ "IPv4 literal", "mailto:r@[192.0.2.1]",
		    "mailto: an address literal" },
		{ "IPv6 literal", "mailto:r@[IPv6:2001:db8::1]",
		    "mailto: an address literal" },
		{ "IPv4", "mailto:r@192.0.2.1",
		    "mailto: a host that ends in a number" },
		{ "one label", "mailto:r@localhost",
		    "mailto: a host of one label" },
		{ "dot behind the domain", "mailto:r@a.example.",
		    "mailto: a dot behind the host" },
		{ "dot alone", "mailto:r@.", "mailto: a dot behind the host" },
		{ "empty label", "mailto:r@a..example", host },
		{ "empty label in front", "mailto:r@.example", host },
		{ "label of 64", "mailto:r@" A64 ".example", host },
		{ "hyphen in front", "mailto:r@-a.example", host },
		{ "hyphen behind", "mailto:r@a-.example", host },
		{ "underscore", "mailto:r@_a.example", host },
		{ "wildcard", "mailto:r@*.example", host },
		{ "port", "mailto:r@a.example:25", host },
		{ "path", "mailto:r@a.example/x", host },
		{ "size as in DMARC", "mailto:r@a.example!10m", host },
		{ "capitals", "mailto:r@A.example",
		    "mailto: a host that is not in lower case" },
	};

	(void)state;
	CHECK(cases);
}

/* -- https -- */

static void
test_https(void **state)
{
	static const struct {
		const char *name, *in, *host;
		uint16_t port;
		bool is_literal;
	} cases[] = {
		{ "s3.1.2", "https://reporting.example.com/v1/tlsrpt",
		    "reporting.example.com", 443, false },
		{ "no path", "https://a.example", "a.example", 443, false },
		{ "query at once", "https://a.example?q", "a.example", 443,
		    false },
		{ "port", "https://a.example:8443/x", "a.example", 8443,
		    false },
		{ "port 1", "https://a.example:1", "a.example", 1, false },
		{ "port 443", "https://a.example:443/", "a.example", 443,
		    false },
		{ "port 65535", "https://a.example:65535?q", "a.example", 65535,
		    false },
		{ "path as it is", "https://a.example/A%2cb%2F../%0d%0a//?B=;",
		    "a.example", 443, false },
		{ "user name behind the host", "https://a.example/u@b.example",
		    "a.example", 443, false },
		{ "IPv4", "https://192.0.2.1/", "192.0.2.1", 443, true },
		{ "IPv4 and port", "https://192.0.2.1:8443/", "192.0.2.1", 8443,
		    true },
		{ "IPv6", "https://[2001:db8::1]/", "2001:db8::1", 443, true },
		{ "IPv6 and port", "https://[2001:db8::1]:8443", "2001:db8::1",
		    8443, true },
		{ "any IPv6", "https://[::]/", "::", 443, true },
		{ "host of 253", "https://" A63 "." A63 "." A63 "." A61 "/",
		    A63 "." A63 "." A63 "." A61, 443, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct destination to = { .port = 4711 };
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].name);
		assert_ok_why(destination_parse(span_str(cases[i].in), &to,
				  &why),
		    &why);
		assert_int_equal(DESTINATION_HTTPS, to.kind);
		assert_span(cases[i].in, to.url);
		assert_span(cases[i].host, to.host);
		assert_int_equal(cases[i].port, to.port);
		assert_int_equal(cases[i].is_literal, to.is_literal);
		assert_int_equal(0, to.address.len);
	}
}

static void
test_fragment_is_cut(void **state)
{
	static const struct {
		const char *in, *url;
	} cases[] = {
		{ "https://a.example/x#y", "https://a.example/x" },
		{ "https://a.example#y", "https://a.example" },
		{ "https://a.example:8443/#a#b?c", "https://a.example:8443/" },
		{ "https://a.example#@b.example/", "https://a.example" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct destination to = { .port = 0 };

		print_message("%s\n", cases[i].in);
		assert_ok(destination_parse(span_str(cases[i].in), &to, NULL));
		assert_span(cases[i].url, to.url);
		assert_span("a.example", to.host);
	}
}

static void
test_https_that_is_refused(void **state)
{
	static const char port[] = "https: a port that is not from 1 to 65535";
	static const char brackets[] = "https: brackets around what is no IPv6 "
				       "address as in RFC 5952";
	static const char host[] = "https: a host that is no domain name";
	static const char number[] = "https: a host that ends in a number";
	static const struct refusal cases[] = {
		{ "nothing", "https:", "https: no host" },
		{ "no slashes", "https:a.example", "https: no host" },
		{ "one slash", "https:/a.example", "https: no host" },
		{ "empty host", "https://", "https: no host" },
		{ "empty host, path", "https:///x", "https: no host" },
		{ "empty host, port", "https://:443/", "https: no host" },
		{ "user name", "https://user@a.example/",
		    "https: a user name" },
		{ "password", "https://user:secret@a.example/",
		    "https: a user name" },
		{ "another host in front", "https://a.example:443@b.example/",
		    "https: a user name" },
		{ "empty user name", "https://@a.example/",
		    "https: a user name" },
		{ "port 0", "https://a.example:0/", port },
		{ "port 65536", "https://a.example:65536/", port },
		{ "port of six digits", "https://a.example:100000/", port },
		{ "leading zero", "https://a.example:0443/", port },
		{ "no port", "https://a.example:/", port },
		{ "port with a sign", "https://a.example:-1/", port },
		{ "port with a plus", "https://a.example:+80/", port },
		{ "port of letters", "https://a.example:https/", port },
		{ "two ports", "https://a.example:1:2/", port },
		{ "IPv6 without brackets", "https://2001:db8::1/",
		    "https: a host of one label" },
		{ "IPv6 in capitals", "https://[2001:DB8::1]/", brackets },
		{ "IPv6 in another spelling", "https://[2001:db8:0::1]/",
		    brackets },
		{ "IPv4-mapped", "https://[::ffff:127.0.0.1]/", brackets },
		{ "IPv6 with a zone", "https://[fe80::1%25eth0]/", brackets },
		{ "IPv4 in brackets", "https://[192.0.2.1]/", brackets },
		{ "name in brackets", "https://[a.example]/", brackets },
		{ "nothing in brackets", "https://[]/", brackets },
		{ "literal of mail", "https://[IPv6:2001:db8::1]/", brackets },
		{ "bracket not closed", "https://[2001:db8::1/", brackets },
		{ "behind the bracket", "https://[2001:db8::1]x/", port },
		{ "a number", "https://2130706433/",
		    "https: a host of one label" },
		{ "short IPv4", "https://127.1/", number },
		{ "hexadecimal IPv4", "https://0x7f.0x1/", number },
		{ "octal IPv4", "https://0177.0.0.1/", number },
		{ "long IPv4", "https://192.0.2.1.5/", number },
		{ "one label", "https://localhost/",
		    "https: a host of one label" },
		{ "dot behind", "https://a.example./",
		    "https: a dot behind the host" },
		{ "dot behind IPv4", "https://192.0.2.1./",
		    "https: a dot behind the host" },
		{ "empty label", "https://a..example/", host },
		{ "underscore", "https://a_b.example/", host },
		{ "encoded host", "https://a%2eb.example/", host },
		{ "backslash", "https://a.example\\b.example/", host },
		{ "label of 64", "https://" A64 ".example/", host },
		{ "host of 254", "https://" A63 "." A63 "." A63 "." A61 "a/",
		    "https: a host of more than 253 bytes" },
		{ "capitals", "https://A.example/",
		    "https: a host that is not in lower case" },
		{ "line", "https://a.example/\r\nHost: b.example",
		    "https: a control character" },
		{ "delete", "https://a.example/\x7f",
		    "https: a control character" },
		{ "UTF-8", "https://a.example/\xc3\xa4",
		    "https: a byte that is not ASCII" },
		{ "host of UTF-8", "https://\xc3\xa4.example/",
		    "https: a byte that is not ASCII" },
		{ "blank", "https://a.example/ HTTP/1.1", "https: a blank" },
		{ "quote", "https://a.example/\"", "https: not a URI" },
		{ "backslash in the path", "https://a.example/\\x",
		    "https: not a URI" },
		{ "braces", "https://a.example/{a,b}", "https: not a URI" },
		{ "encoding cut off", "https://a.example/%4",
		    "https: not a URI" },
	};

	(void)state;
	CHECK(cases);
}

static void
test_other_schemes(void **state)
{
	static const char scheme[] = "neither mailto: nor https:";
	static const struct refusal cases[] = {
		{ "empty", "", scheme },
		{ "http", "http://a.example/", scheme },
		{ "capitals", "HTTPS://a.example/", scheme },
		{ "file", "file:///etc/passwd", scheme },
		{ "bare address", "r@a.example", scheme },
		{ "relative", "//a.example/", scheme },
		{ "blank in front", " https://a.example/", scheme },
		{ "hostile", "\r\n\xff:x", scheme },
	};

	(void)state;
	CHECK(cases);
}

static void
test_nul(void **state)
{
	(void)state;
	check_refusal("in the local part", SPAN_LIT("mailto:r\0@a.example"),
	    "mailto: a control character");
	check_refusal("behind the domain", SPAN_LIT("mailto:r@a.example\0"),
	    "mailto: a control character");
	check_refusal("in the host", SPAN_LIT("https://a.example\0.b.example/"),
	    "https: a control character");
	check_refusal("behind the path", SPAN_LIT("https://a.example/\0"),
	    "https: a control character");
	check_refusal("absent", SPAN_NONE, "neither mailto: nor https:");
}

static void
test_uri_of_2000_bytes(void **state)
{
	struct buf uri = BUF_INIT(URI_TEXT_MAX + 1);
	struct destination to = { .port = 0 };

	(void)state;
	buf_addf(&uri, "https://a.example/%01982d", 0);
	assert_int_equal(2000, uri.len);
	assert_ok(destination_parse(buf_span(&uri), &to, NULL));
	assert_int_equal(2000, to.url.len);
	buf_addc(&uri, '0');
	check_refusal("2001", buf_span(&uri), "a URI of more than 2000 bytes");
	buf_free(&uri);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_mail_that_is_refused),
		cmocka_unit_test(test_https),
		cmocka_unit_test(test_fragment_is_cut),
		cmocka_unit_test(test_https_that_is_refused),
		cmocka_unit_test(test_other_schemes),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_uri_of_2000_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
