#include "support/test.h"

#include "model/failure_detail.h"

static const struct failure_detail whole = {
	.type = RESULT_CERTIFICATE_EXPIRED,
	.sending_ip = { "192.0.2.1", 9 },
	.mx_hostname = { "mx1.example", 11 },
	.helo = { "mx1", 3 },
	.receiving_ip = { "192.0.2.2", 9 },
	.info = { "https://example/", 16 },
	.reason = { "X509", 4 },
};

static void
test_fold_leaves_less_at_each_level(void **state)
{
	static const struct {
		const char *name;
		enum detail_level level;
		const char *sending_ip, *mx, *helo, *receiving_ip, *info,
		    *reason;
	} cases[] = {
		{ "whole", DETAIL_WHOLE, "192.0.2.1", "mx1.example", "mx1",
		    "192.0.2.2", "https://example/", "X509" },
		{ "no helo", DETAIL_NO_HELO, "192.0.2.1", "mx1.example", "",
		    "192.0.2.2", "", "X509" },
		{ "no reason", DETAIL_NO_REASON, "192.0.2.1", "mx1.example", "",
		    "192.0.2.2", "", "" },
		{ "type", DETAIL_TYPE, "", "", "", "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct failure_detail d = failure_detail_fold(&whole,
		    cases[i].level);

		print_message("%s\n", cases[i].name);
		assert_int_equal(RESULT_CERTIFICATE_EXPIRED, d.type);
		assert_span(cases[i].sending_ip, d.sending_ip);
		assert_span(cases[i].mx, d.mx_hostname);
		assert_span(cases[i].helo, d.helo);
		assert_span(cases[i].receiving_ip, d.receiving_ip);
		assert_span(cases[i].info, d.info);
		assert_span(cases[i].reason, d.reason);
	}
}

static void
test_cmp_looks_at_each_field(void **state)
{
	const struct span larger = SPAN_LIT("zzz");
	struct failure_detail other[7];

	(void)state;
	for (size_t i = 0; i < 7; i++)
		other[i] = whole;
	other[0].type = RESULT_VALIDATION_FAILURE;
	other[1].sending_ip = larger;
	other[2].mx_hostname = larger;
	other[3].receiving_ip = larger;
	other[4].reason = larger;
	other[5].helo = larger;
	other[6].info = larger;
	assert_int_equal(0, failure_detail_cmp(&whole, &whole));
	for (size_t i = 0; i < 7; i++) {
		assert_true(failure_detail_cmp(&whole, &other[i]) < 0);
		assert_true(failure_detail_cmp(&other[i], &whole) > 0);
		/* The field that is looked at first decides. */
		for (size_t j = i + 1; j < 7; j++)
			assert_true(
			    failure_detail_cmp(&other[i], &other[j]) > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold_leaves_less_at_each_level),
		cmocka_unit_test(test_cmp_looks_at_each_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
