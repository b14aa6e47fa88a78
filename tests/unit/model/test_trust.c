#include "support/test.h"

#include "model/trust.h"

/* The store has the numbers: they stay. */
static void
test_codes(void **state)
{
	static const char *const texts[] = { "authenticated", "unaligned",
		"unauthenticated", "unverifiable", "unsigned", "failed" };
	enum trust_verdict verdict, same;

	(void)state;
	for (int i = 0; i < 6; i++) {
		assert_ok(trust_verdict_from_code(i + 1, &verdict));
		assert_string_equal(texts[i], trust_verdict_text(verdict));
		assert_ok(trust_verdict_from_text(span_str(texts[i]), &same));
		assert_int_equal(verdict, same);
		assert_non_null(trust_verdict_sentence(verdict));
	}
	assert_err(E_ABSENT, trust_verdict_from_code(0, &verdict));
	assert_err(E_ABSENT, trust_verdict_from_code(7, &verdict));
	assert_err(E_ABSENT,
	    trust_verdict_from_text(SPAN_LIT("fail"), &verdict));
}

static void
test_reasons(void **state)
{
	(void)state;
	assert_true(TRUST_REASONS <= 32);
	for (int i = 0; i < TRUST_REASONS; i++) {
		assert_non_null(trust_reason_text((enum trust_reason)i));
		assert_non_null(trust_reason_sentence((enum trust_reason)i));
	}
	assert_string_equal("https", trust_reason_text(TRUST_REASON_HTTPS));
	assert_string_equal("mail-server", trust_reason_text(14));
	assert_true(trust_has(1 << 14 | 1, TRUST_REASON_MAIL_SERVER));
	assert_true(trust_has(1 << 14 | 1, TRUST_REASON_HTTPS));
	assert_false(trust_has(1 << 14 | 1, TRUST_REASON_NO_CONTACT));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
