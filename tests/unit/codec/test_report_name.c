#include "support/test.h"

#include "codec/report_name.h"

/* s5.1: sender "!" policy-domain "!" begin "!" end "!" unique-id ".json.gz".
 * The range is that of RFC 8460 appendix B: date -u -d 2016-04-01 +%s. */
static void
test_report_name(void **state)
{
	struct buf out = BUF_INIT(1000);

	(void)state;
	buf_adds(&out, "/spool/");
	report_name(&out, SPAN_LIT("company-x.example"),
	    SPAN_LIT("xn--bcher-kva.example"), 16892, SPAN_LIT("abc234"));
	assert_string_equal("/spool/company-x.example!xn--bcher-kva.example!"
			    "1459468800!1459555199!abc234.json.gz",
	    buf_str(&out));
	buf_free(&out);
}

static void
test_spans_need_no_nul(void **state)
{
	struct buf out = BUF_INIT(1000);

	(void)state;
	report_name(&out, (struct span){ "axx", 1 }, (struct span){ "bxx", 1 },
	    0, (struct span){ "cxx", 1 });
	assert_string_equal("a!b!0!86399!c.json.gz", buf_str(&out));
	buf_free(&out);
}

static void
test_longest_names(void **state)
{
	struct buf out = BUF_INIT(1000), little = BUF_INIT(100);
	char domain[255];
	struct span name = { domain, sizeof(domain) };

	(void)state;
	memset(domain, 'a', sizeof(domain));
	report_name(&out, name, name, 0, SPAN_LIT("i"));
	assert_ok(out.err);
	assert_int_equal(255 + 1 + 255 + strlen("!0!86399!i.json.gz"), out.len);
	report_name(&little, name, name, 0, SPAN_LIT("i"));
	assert_err(E_RANGE, little.err);
	buf_free(&out);
	buf_free(&little);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_report_name),
		cmocka_unit_test(test_spans_need_no_nul),
		cmocka_unit_test(test_longest_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
