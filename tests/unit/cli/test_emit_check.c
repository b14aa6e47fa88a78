#include "support/test.h"

#include "cli/emit_check.h"
#include "model/limits.h"

struct one_case {
	const char *in, *want; /* what is wrong; NULL: nothing */
};

static void
check(emit_check_fn *fn, const struct one_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct why why = { { 0 } };
		enum err e = fn(span_str(cases[i].in), &why);

		print_message("%s\n", cases[i].in);
		assert_string_equal(cases[i].want == NULL ? "" : cases[i].want,
		    why.text);
		assert_err(cases[i].want == NULL ? E_OK : E_SYNTAX, e);
	}
}

#define CHECK(fn, cases) \
	check((fn), (cases), sizeof(cases) / sizeof((cases)[0]))

static void
test_domains(void **state)
{
	static const struct one_case cases[] = {
		{ "Example.com.", NULL },
		{ "b\xc3\xbc"
		  "cher.example",
		    NULL },
		{ "", "\"\" is no domain name" },
		{ ".", "\".\" is no domain name" },
		{ "a b", "\"a b\" is no domain name" },
		{ "*.example.com", "\"*.example.com\" is no domain name" },
		{ "[192.0.2.1]", "\"[192.0.2.1]\" is no domain name" },
	};

	(void)state;
	CHECK(emit_check_domain, cases);
}

static void
test_hosts(void **state)
{
	static const struct one_case cases[] = {
		{ "mx.example.com", NULL },
		{ "*.example.com", NULL },
		{ "[IPv6:2001:db8::1]", NULL },
		{ "", "\"\" is no host name" },
		{ "mx/1", "\"mx/1\" is no host name" },
	};

	(void)state;
	CHECK(emit_check_host, cases);
}

static void
test_addresses(void **state)
{
	static const struct one_case cases[] = {
		{ "192.0.2.1", NULL },
		{ "2001:DB8::1", NULL },
		{ "", "\"\" is no IP address" },
		{ "999.1.1.1", "\"999.1.1.1\" is no IP address" },
		{ "mx.example.com", "\"mx.example.com\" is no IP address" },
	};

	(void)state;
	CHECK(emit_check_ip, cases);
}

static void
test_additional_information(void **state)
{
	static const struct one_case cases[] = {
		{ "https://example.com/why?a=b", NULL },
		{ "", "\"\" is no URI" },
		{ "example.com", "\"example.com\" is no URI" },
	};

	(void)state;
	CHECK(emit_check_info, cases);
}

static void
test_records(void **state)
{
	static const struct one_case cases[] = {
		{ "v=TLSRPTv1; rua=mailto:a@b.example", NULL },
		{ "v=TLSRPTv1;x=y;rua=ftp://x,https://b.example/", NULL },
		{ "", "does not begin with \"v=TLSRPTv1;\"" },
		{ "v=TLSRPTv1;", "no rua field" },
		{ "v=TLSRPTv1; rua=http://x", "no usable URI in rua" },
	};

	(void)state;
	CHECK(emit_check_record, cases);
}

/* s3 */
static void
test_destinations(void **state)
{
	static const struct one_case cases[] = {
		{ "mailto:a@b.example", NULL },
		{ "MAILTO:a@b.example?subject=x", NULL },
		{ "mailto:a%2Cb@c.example",
		    "\"mailto:a%2Cb@c.example\" is no "
		    "valid address or URL" },
		{ "mailto:a@b.example%2Cc@d.example", NULL },
		{ "https://b.example/a%2Cb%3B%21", NULL },
		{ "", "\"\" is no URI" },
		{ "not a uri", "\"not a uri\" is no URI" },
		{ "a@b.example", "\"a@b.example\" is no URI" },
		{ "https://b.example/%zz",
		    "\"https://b.example/%zz\" is no URI" },
		{ "http://x", "\"http://x\" is no mailto: or https: URI" },
		{ "ftp://x", "\"ftp://x\" is no mailto: or https: URI" },
		{ "https:", "\"https:\" is no valid address or URL" },
		{ "mailto:a", "\"mailto:a\" is no valid address or URL" },
		{ "mailto:a@b; rua=mailto:evil@x",
		    "\"mailto:a@b; rua=mailto:evil@x\" is no URI" },
		{ "mailto:a@b;rua=mailto:evil@x",
		    "\"mailto:a@b;rua=mailto:evil@x\" needs \",\", \";\" and "
		    "\"!\" as %2C, %3B and %21" },
		{ "mailto:a@b,mailto:c@d",
		    "\"mailto:a@b,mailto:c@d\" needs \",\", \";\" and \"!\" as "
		    "%2C, %3B and %21" },
		{ "mailto:a@b!10m",
		    "\"mailto:a@b!10m\" needs \",\", \";\" and \"!\" as %2C, "
		    "%3B and %21" },
	};

	(void)state;
	CHECK(emit_check_rua, cases);
}

static void
test_what_the_collector_would_cut(void **state)
{
	static char text[RECORD_TEXT_MAX + 2];
	struct why why = { { 0 } };
	struct span whole = { text, sizeof(text) - 1 };

	(void)state;
	memset(text, 'x', whole.len);
	memcpy(text, "mailto:", 7);
	assert_err(E_RANGE,
	    emit_check_info(span_head(whole, INFO_TEXT_MAX + 1), &why));
	assert_string_equal("is longer than 1024 bytes", why.text);
	assert_ok(emit_check_info(span_head(whole, INFO_TEXT_MAX), &why));
	assert_err(E_RANGE, emit_check_rua(whole, NULL));
	assert_err(E_SYNTAX,
	    emit_check_rua(span_head(whole, URI_TEXT_MAX + 1), NULL));
	memcpy(text, "v=TLSRPTv1;rua=mailto:a@b;", 26);
	assert_err(E_RANGE, emit_check_record(whole, NULL));
	assert_ok(emit_check_record(span_head(whole, RECORD_TEXT_MAX), NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_additional_information),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_destinations),
		cmocka_unit_test(test_what_the_collector_would_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
