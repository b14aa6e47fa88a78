#include "support/test.h"

#include "codec/typed.h"
#include "model/limits.h"

typedef enum err typed_fn(struct span, struct arena *, struct span *ret,
    struct why *why);

struct spelling {
	const char *name, *in, *want; /* want NULL: refused */
};

static void
check(typed_fn *fn, const struct spelling *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct arena arena = ARENA_INIT((size_t)64 * 1024);
		struct span got = SPAN_LIT("left alone");
		struct why why = { { 0 } };
		enum err e = fn(span_str(cases[i].in), &arena, &got, &why);

		print_message("%s\n", cases[i].name);
		if (cases[i].want == NULL) {
			assert_err(E_SYNTAX, e);
			assert_span("left alone", got);
			assert_true(why.text[0] != '\0');
		} else {
			assert_ok_why(e, &why);
			assert_span(cases[i].want, got);
		}
		arena_free(&arena);
	}
}

#define CHECK(fn, cases) \
	check((fn), (cases), sizeof(cases) / sizeof((cases)[0]))

static void
test_uris(void **state)
{
	static const struct spelling cases[] = {
		{ "as queued", "mailto:Tls@a.example", "mailto:Tls@a.example" },
		{ "case", "MailTo:Tls@A.Example", "mailto:Tls@a.example" },
		{ "as in a record", "mailto:tls%2Brpt@a.example?subject=x",
		    "mailto:tls+rpt@a.example" },
		/* 50% is a local part; decoded again it would be none. */
		{ "decoded already", "mailto:50%@a.example",
		    "mailto:50%@a.example" },
		{ "https", "HTTPS://A.Example:8443/Up?x=Y",
		    "https://a.example:8443/Up?x=Y" },
		{ "a comma in a path", "https://a.example/x,y",
		    "https://a.example/x,y" },
		{ "two", "mailto:a@A.example,mailto:b@a.example", NULL },
		{ "two in one", "mailto:a@a.example%2Cb@a.example", NULL },
		{ "another scheme", "http://a.example/", NULL },
		{ "no scheme", "tls@a.example", NULL },
		{ "never delivered to", "https://localhost/", NULL },
		{ "empty", "", NULL },
	};

	(void)state;
	CHECK(typed_uri, cases);
}

static void
test_hosts(void **state)
{
	static const struct spelling cases[] = {
		{ "name", "a.example", "a.example" },
		{ "case and final dot", "A.Example.", "a.example" },
		{ "U-label",
		    "b\xc3\xbc"
		    "cher.example",
		    "xn--bcher-kva.example" },
		{ "IPv4", "192.0.2.1", "192.0.2.1" },
		{ "IPv6", "2001:db8::1", "2001:db8::1" },
		{ "another spelling", "2001:DB8:0::1", "2001:db8::1" },
		{ "a port", "a.example:443", NULL },
		{ "a path", "a.example/x", NULL },
		{ "behind a bracket", "::1]/x", NULL },
		{ "one label", "localhost", NULL },
		{ "a user", "u@a.example", NULL },
		{ "empty", "", NULL },
	};

	(void)state;
	CHECK(typed_host, cases);
}

static void
test_domains(void **state)
{
	static const struct spelling cases[] = {
		{ "name", "a.example", "a.example" },
		{ "case and final dot", "A.Example.", "a.example" },
		{ "U-label",
		    "b\xc3\xbc"
		    "cher.example",
		    "xn--bcher-kva.example" },
		{ "literal", "[192.0.2.1]", "[192.0.2.1]" },
		{ "a blank", "a example", NULL },
		{ "empty label", "a..example", NULL },
		{ "root", ".", NULL },
		{ "empty", "", NULL },
	};

	(void)state;
	CHECK(typed_domain, cases);
}

static void
test_out_of_memory(void **state)
{
	struct arena arena = ARENA_INIT(1);
	struct span got;

	(void)state;
	assert_err(E_NOMEM,
	    typed_uri(SPAN_LIT("mailto:a@a.example"), &arena, &got, NULL));
	assert_err(E_NOMEM,
	    typed_uri(SPAN_LIT("mailto:a@A.example"), &arena, &got, NULL));
	assert_err(E_NOMEM,
	    typed_host(SPAN_LIT("a.example"), &arena, &got, NULL));
	assert_err(E_NOMEM,
	    typed_domain(SPAN_LIT("a.example"), &arena, &got, NULL));
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uris),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
