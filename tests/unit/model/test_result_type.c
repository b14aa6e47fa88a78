#include "support/test.h"

#include <limits.h>

#include "model/result_type.h"

/* The texts are those of RFC 8460 s6.6, the numbers libtlsrpt's. */
static const struct {
	long long code;
	const char *text;
} types[] = {
	{ 201, "starttls-not-supported" },
	{ 202, "certificate-host-mismatch" },
	{ 203, "certificate-not-trusted" },
	{ 204, "certificate-expired" },
	{ 205, "validation-failure" },
	{ 301, "sts-policy-fetch-error" },
	{ 302, "sts-policy-invalid" },
	{ 303, "sts-webpki-invalid" },
	{ 304, "tlsa-invalid" },
	{ 305, "dnssec-invalid" },
	{ 306, "dane-required" },
};

#define NTYPES (sizeof(types) / sizeof(types[0]))

static void
test_types(void **state)
{
	enum result_type type;

	(void)state;
	for (size_t i = 0; i < NTYPES; i++) {
		print_message("%s\n", types[i].text);
		assert_ok(result_type_from_code(types[i].code, &type));
		assert_int_equal(types[i].code, type);
		assert_string_equal(types[i].text, result_type_text(type));
		assert_true(strlen(result_type_sentence(type)) > 10);
		assert_ok(
		    result_type_from_text(span_str(types[i].text), &type));
		assert_int_equal(types[i].code, type);
		assert_true(result_type_at(i, &type));
		assert_int_equal(types[i].code, type);
	}
	assert_false(result_type_at(NTYPES, &type));
	assert_false(result_type_at(SIZE_MAX, &type));
}

static void
test_there_are_no_others(void **state)
{
	static const char *const texts[] = { "", "Other", "tlsa_invalid",
		"TLSA-INVALID", "tlsa-invali", "tlsa-invalid " };
	static const long long codes[] = { LLONG_MIN, -1, 0, 200, 206, 300, 307,
		901, 4294967497, LLONG_MAX };
	enum result_type type = RESULT_DANE_REQUIRED;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_err(E_ABSENT,
		    result_type_from_text(span_str(texts[i]), &type));
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		assert_err(E_ABSENT, result_type_from_code(codes[i], &type));
	assert_int_equal(RESULT_DANE_REQUIRED, type);
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
