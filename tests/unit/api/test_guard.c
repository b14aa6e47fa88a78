#include "support/test.h"

#include "api/guard.h"
#include "api/job.h"

#define URL "https://tls.example.com:8443"

static void
test_hosts(void **state)
{
	static const struct {
		const char *host;
		bool ours;
	} rows[] = {
		{ "tls.example.com", true },
		{ "TLS.example.com:8443", true },
		{ "127.0.0.1:8461", true },
		{ "[::1]:8461", true },
		{ "localhost:1", true },
		{ "evil.example", false },
		{ "tls.example.com.evil.example", false },
		{ "x.tls.example.com", false },
		{ "localhost.evil.example", false },
		{ "", false },
		{ "[", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (api_host_is_ours(span_str(rows[i].host), URL) !=
		    rows[i].ours)
			fail_msg("%s", rows[i].host);
	assert_false(api_host_is_ours(SPAN_NONE, URL));
	assert_false(api_host_is_ours(SPAN_LIT("x"), ""));
}

static void
test_origins(void **state)
{
	static const struct {
		const char *origin, *site;
		bool ours;
	} rows[] = {
		{ NULL, NULL, true },
		{ "http://here:1", NULL, true },
		{ "http://here:1", "same-origin", true },
		{ URL, NULL, true },
		{ "http://here:2", NULL, false },
		{ "http://evil.example", NULL, false },
		{ "null", NULL, false },
		{ "here:1", NULL, false },
		{ "", NULL, false },
		{ NULL, "cross-site", false },
		{ "http://here:1", "same-site", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (api_origin_is_ours(span_str(rows[i].origin),
			span_str(rows[i].site), SPAN_LIT("here:1"),
			URL) != rows[i].ours)
			fail_msg("%zu", i);
}

static void
test_cookies(void **state)
{
	static const struct {
		const char *field, *want;
	} rows[] = {
		{ "a=1", "1" },
		{ "b=2; a=1", "1" },
		{ "b=2;a=1;c=3", "1" },
		{ "a=x=y", "x=y" },
		{ "aa=1", NULL },
		{ "a=1; a=2", NULL },
		{ "", NULL },
		{ ";;a", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span got = api_cookie_value(span_str(rows[i].field),
		    SPAN_LIT("a"));

		if (!span_eq(got, span_str(rows[i].want)) ||
		    (got.p == NULL) != (rows[i].want == NULL))
			fail_msg("%s", rows[i].field);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_cookies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
