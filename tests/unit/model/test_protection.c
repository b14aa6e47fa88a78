#include "support/test.h"

#include "model/protection.h"

#define HASH "0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F"

/* RFC 7435 s3, RFC 7672 s2.2, RFC 8461 s5: what each policy is worth. */
static void
test_each_policy(void **state)
{
	static const struct {
		enum policy_type type;
		struct span line;
		bool is_known, tlsa_invalid;
		enum protection protection;
		enum failure_effect effect;
	} cases[] = {
		{ POLICY_STS, SPAN_LIT("mode: enforce"), true, false,
		    PROTECTION_AUTHENTICATED, FAILURE_EFFECT_NOT_DELIVERED },
		{ POLICY_STS, SPAN_LIT("mode: testing"), true, false,
		    PROTECTION_TESTING, FAILURE_EFFECT_WEAKER },
		{ POLICY_STS, SPAN_LIT("mode: none"), true, false,
		    PROTECTION_ENCRYPTED, FAILURE_EFFECT_NOT_TOLD },
		{ POLICY_STS, SPAN_LIT(""), true, false, PROTECTION_NOT_TOLD,
		    FAILURE_EFFECT_NOT_TOLD },
		{ POLICY_TLSA, SPAN_LIT("3 1 1 " HASH), true, false,
		    PROTECTION_AUTHENTICATED, FAILURE_EFFECT_NOT_DELIVERED },
		{ POLICY_TLSA, SPAN_LIT("3 1 1 " HASH), true, true,
		    PROTECTION_ENCRYPTED, FAILURE_EFFECT_NOT_TOLD },
		/* PKIX-EE: not for SMTP. */
		{ POLICY_TLSA, SPAN_LIT("1 1 1 " HASH), true, false,
		    PROTECTION_ENCRYPTED, FAILURE_EFFECT_NOT_DELIVERED },
		{ POLICY_TLSA, SPAN_LIT(""), true, false, PROTECTION_ENCRYPTED,
		    FAILURE_EFFECT_NOT_DELIVERED },
		{ POLICY_NO_POLICY_FOUND, SPAN_LIT(""), true, false,
		    PROTECTION_ENCRYPTED, FAILURE_EFFECT_NOT_TOLD },
		{ POLICY_NO_POLICY_FOUND, SPAN_LIT("mode: enforce"), false,
		    false, PROTECTION_NOT_TOLD, FAILURE_EFFECT_NOT_TOLD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span line = cases[i].line;
		struct policy p = { .type = cases[i].type,
			.strings = { &line, line.len > 0 } };

		assert_int_equal(cases[i].protection,
		    protection_of(&p, cases[i].is_known,
			cases[i].tlsa_invalid));
		assert_int_equal(cases[i].effect,
		    failure_effect_of(&p, cases[i].is_known,
			cases[i].tlsa_invalid));
	}
}

static void
test_words(void **state)
{
	(void)state;
	for (int i = 0; i < NPROTECTIONS; i++)
		assert_true(
		    strlen(protection_sentence((enum protection)i)) > 0);
	assert_string_equal("testing", protection_text(PROTECTION_TESTING));
	assert_string_equal("not-delivered",
	    failure_effect_text(FAILURE_EFFECT_NOT_DELIVERED));
	for (int i = 0; i < NFAILURE_EFFECTS; i++)
		assert_true(strlen(failure_effect_sentence(
				(enum failure_effect)i)) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_policy),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
