#include "support/test.h"

#include <limits.h>

#include "model/policy.h"

/* The numbers are libtlsrpt's, the texts RFC 8460 s4.4's. */
static const struct {
	long long code;
	const char *text;
} types[] = {
	{ 1, "tlsa" },
	{ 2, "sts" },
	{ 9, "no-policy-found" },
};

#define NTYPES (sizeof(types) / sizeof(types[0]))

static void
test_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < NTYPES; i++) {
		enum policy_type by_code = 0, by_text = 0;

		print_message("%s\n", types[i].text);
		assert_ok(policy_type_from_code(types[i].code, &by_code));
		assert_ok(
		    policy_type_from_text(span_str(types[i].text), &by_text));
		assert_int_equal(types[i].code, by_code);
		assert_int_equal(types[i].code, by_text);
		assert_string_equal(types[i].text, policy_type_text(by_code));
	}
}

static void
test_there_are_no_others(void **state)
{
	static const char *const texts[] = { "", "TLSA", "tlsa ", "dane", "ts",
		"no-policy-foun", "no-policy-found2" };
	static const long long codes[] = { LLONG_MIN, -1, 0, 3, 8, 10, 257,
		4294967297, LLONG_MAX };
	enum policy_type type = POLICY_STS;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_err(E_ABSENT,
		    policy_type_from_text(span_str(texts[i]), &type));
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		assert_err(E_ABSENT, policy_type_from_code(codes[i], &type));
	assert_int_equal(POLICY_STS, type);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_there_are_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
