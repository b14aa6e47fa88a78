#include "support/test.h"

#include "model/org_domain.h"

/* By the list's rules: https://publicsuffix.org/list/. */
static void
test_organisations(void **state)
{
	static const char *const cases[][2] = {
		{ "example.com", "example.com" },
		{ "a.b.example.com", "example.com" },
		{ "corp.mail.ru", "mail.ru" },
		{ "example.co.uk", "example.co.uk" },
		{ "a.example.co.uk", "example.co.uk" },
		/* A wildcard, and an exception from one. */
		{ "a.b.c.ck", "b.c.ck" },
		{ "a.www.ck", "www.ck" },
		/* Of different owners below one name. */
		{ "a.b.github.io", "b.github.io" },
		/* A domain that is not on the list is one label. */
		{ "a.b.example", "b.example" },
		{ "a.xn--p1ai", "a.xn--p1ai" },
		/* Public suffixes, and no names. */
		{ "com", "" },
		{ "co.uk", "" },
		{ "github.io", "" },
		{ "example", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_span(cases[i][1], org_domain(span_str(cases[i][0])));
	assert_span("", org_domain(SPAN_LIT("a\0.example.com")));
}

static void
test_too_long(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'a', sizeof(name));
	memcpy(name + sizeof(name) - 4, ".com", 4);
	assert_span("", org_domain((struct span){ name, sizeof(name) }));
}

static void
test_same(void **state)
{
	static const struct {
		const char *a, *b;
		bool want;
	} cases[] = {
		{ "example.com", "example.com", true },
		{ "a.example.com", "example.com", true },
		{ "a.example.com", "b.c.example.com", true },
		{ "a.example.com", "a.example.org", false },
		{ "a.co.uk", "b.co.uk", false },
		{ "a.github.io", "b.github.io", false },
		/* A public suffix is nobody's but its own. */
		{ "co.uk", "co.uk", true },
		{ "co.uk", "a.co.uk", false },
		{ "github.io", "a.github.io", false },
		{ "", "", false },
		{ "", "example.com", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span a = span_str(cases[i].a), b = span_str(cases[i].b);

		print_message("%s %s\n", cases[i].a, cases[i].b);
		assert_int_equal(cases[i].want, org_domain_is_same(a, b));
		assert_int_equal(cases[i].want, org_domain_is_same(b, a));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_organisations),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
