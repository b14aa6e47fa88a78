#include "support/test.h"

#include <ctype.h>

#include "base/uuid.h"

/* RFC 9562 appendix A.6: February 22, 2022 2:22:22.00 PM GMT-05:00. */
static const char example[] = "017F22E2-79B0-7CC3-98C4-DC0C0C07398F";
static const struct uuid example_bytes = { { 0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0,
    0x7c, 0xc3, 0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f } };
#define EXAMPLE_MS INT64_C(1645557742000)

static void
test_text_of_the_rfc_example(void **state)
{
	char got[UUID_TEXT_SIZE];
	struct uuid u;

	(void)state;
	assert_true(uuid_parse(span_str(example), &u));
	assert_memory_equal(&example_bytes, &u, UUID_BYTES);
	uuid_text(&u, got);
	assert_string_equal("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", got);
	assert_true(uuid_parse(span_str(got), &u));
	assert_true(uuid_eq(&example_bytes, &u));
}

/* The time, the version and the variant; the rest is none. */
static void
test_first_of_a_time(void **state)
{
	static const char *const text = "017f22e2-79b0-7000-8000-000000000000";
	struct uuid want, got = uuid_first(EXAMPLE_MS * 1000000 + 999999);

	(void)state;
	assert_true(uuid_parse(span_str(text), &want));
	assert_true(uuid_eq(&want, &got));
}

static void
test_parse_refuses(void **state)
{
	static const char *const cases[] = {
		"",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
		"017f22e279b0-7cc3-98c4--dc0c0c07398f",
		"017f22e2079b0-7cc3-98c4-dc0c0c07398f",
		"017f22e2 79b0 7cc3 98c4 dc0c0c07398f",
		"{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
		"------------------------------------",
	};
	struct uuid u = example_bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i]);
		assert_false(uuid_parse(span_str(cases[i]), &u));
		assert_true(uuid_eq(&example_bytes, &u));
	}
	assert_false(uuid_parse(SPAN_NONE, &u));
}

static void
test_new_has_time_version_and_variant(void **state)
{
	char got[UUID_TEXT_SIZE];
	struct uuid u;

	(void)state;
	for (int i = 0; i < 100; i++) {
		u = uuid_new(EXAMPLE_MS * 1000000 + 999999);
		uuid_text(&u, got);
		assert_memory_equal("017f22e2-79b0-7", got, 15);
		assert_non_null(strchr("89ab", got[19]));
		for (int c = 0; got[c] != '\0'; c++)
			assert_false(isupper((unsigned char)got[c]));
	}
}

static void
test_new_is_unique_and_sorted_by_time(void **state)
{
	struct uuid before = uuid_new(EXAMPLE_MS * 1000000);

	(void)state;
	for (int i = 1; i < 1000; i++) {
		struct uuid u = uuid_new((EXAMPLE_MS + i) * 1000000);
		struct uuid twin = uuid_new((EXAMPLE_MS + i) * 1000000);

		assert_true(memcmp(before.b, u.b, UUID_BYTES) < 0);
		assert_false(uuid_eq(&u, &twin));
		before = u;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_of_the_rfc_example),
		cmocka_unit_test(test_first_of_a_time),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_new_has_time_version_and_variant),
		cmocka_unit_test(test_new_is_unique_and_sorted_by_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
