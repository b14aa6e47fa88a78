/* The tables that must say the same: tlsrpt.h and the .def files, and the
 * exported table of escapes against a JSON parser. */
#include "support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "tlsrpt.h"

/* Exported by libtlsrpt 0.5, declared in no header of it. */
extern const char *tlsrpt_json_escape_values[256];

struct row {
	int table, header;
};

static void
check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(rows[i].table, rows[i].header);
}

/* A name that is not in the header does not compile. */
static void
test_result_types_are_those_of_the_header(void **state)
{
	static const struct row rows[] = {
#define RESULT_TYPE(code, name, text, section, meaning) { code, TLSRPT_##name },
#include "tlsrpt_result_types.def"
#undef RESULT_TYPE
	};

	(void)state;
	/* RFC 8460 s4.3 has 11. */
	assert_int_equal(11, sizeof(rows) / sizeof(rows[0]));
	check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

#define TLSRPT_POLICY_NO_POLICY_FOUND TLSRPT_NO_POLICY_FOUND

static void
test_policy_types_are_those_of_the_header(void **state)
{
	static const struct row rows[] = {
#define POLICY_TYPE(code, name, text) { code, TLSRPT_POLICY_##name },
#include "tlsrpt_policy_types.def"
#undef POLICY_TYPE
	};

	(void)state;
	/* RFC 8460 s4.4 has 3. */
	assert_int_equal(3, sizeof(rows) / sizeof(rows[0]));
	check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* The numbers of libtlsrpt 0.5's tlsrpt.h, which compiled MTAs have inside. */
static void
test_numbers_are_those_of_libtlsrpt(void **state)
{
	static const struct row rows[] = {
		{ 1, TLSRPT_POLICY_TLSA },
		{ 2, TLSRPT_POLICY_STS },
		{ 9, TLSRPT_NO_POLICY_FOUND },
		{ 0, TLSRPT_FINAL_SUCCESS },
		{ 1, TLSRPT_FINAL_FAILURE },
		{ 201, TLSRPT_STARTTLS_NOT_SUPPORTED },
		{ 202, TLSRPT_CERTIFICATE_HOST_MISMATCH },
		{ 203, TLSRPT_CERTIFICATE_NOT_TRUSTED },
		{ 204, TLSRPT_CERTIFICATE_EXPIRED },
		{ 205, TLSRPT_VALIDATION_FAILURE },
		{ 301, TLSRPT_STS_POLICY_FETCH_ERROR },
		{ 302, TLSRPT_STS_POLICY_INVALID },
		{ 303, TLSRPT_STS_WEBPKI_INVALID },
		{ 304, TLSRPT_TLSA_INVALID },
		{ 305, TLSRPT_DNSSEC_INVALID },
		{ 306, TLSRPT_DANE_REQUIRED },
		{ 901, TLSRPT_UNFINISHED_POLICY },
		{ 256, TLSRPT_MAXDOMAINNAMELEN },
	};

	(void)state;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* RFC 8259 s7 by way of jansson: each value reads as the byte it stands for. */
static void
test_escapes_read_back_as_their_byte(void **state)
{
	(void)state;
	for (int i = 1; i < 0x80; i++) {
		char quoted[16];
		json_error_t error;
		json_t *value;

		(void)snprintf(quoted, sizeof(quoted), "\"%s\"",
		    tlsrpt_json_escape_values[i]);
		value = json_loads(quoted,
		    JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
		if (value == NULL)
			fail_msg("byte %d: %s: %s", i, quoted, error.text);
		assert_int_equal(1, json_string_length(value));
		assert_int_equal(i, json_string_value(value)[0]);
		json_decref(value);
	}
	/* jansson wants to be asked for NUL. */
	assert_string_equal("\\u0000", tlsrpt_json_escape_values[0]);
}

/* Whatever need not be escaped is not: the bytes of datagrams stay the same.
 * What must be is RFC 8259 s7's list; libtlsrpt escapes DEL too. */
static void
test_only_what_must_be_is_escaped(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		bool must = i < 0x20 || i == '"' || i == '\\' || i == 0x7f;
		const char *value = tlsrpt_json_escape_values[i];

		assert_int_equal(must, value[0] == '\\');
		if (must)
			continue;
		assert_int_equal(1, strlen(value));
		assert_int_equal(i, (unsigned char)value[0]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_result_types_are_those_of_the_header),
		cmocka_unit_test(test_policy_types_are_those_of_the_header),
		cmocka_unit_test(test_numbers_are_those_of_libtlsrpt),
		cmocka_unit_test(test_escapes_read_back_as_their_byte),
		cmocka_unit_test(test_only_what_must_be_is_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
