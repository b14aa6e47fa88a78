#include "support/test.h"

#include "model/counters.h"

static void
test_each_counter_has_words_of_its_own(void **state)
{
	(void)state;
	for (enum counter a = 0; a < NCOUNTERS; a++) {
		const char *text = counter_text(a);

		print_message("%s\n", text);
		assert_true(strlen(text) > 0);
		for (size_t i = 0; text[i] != '\0'; i++)
			assert_non_null(
			    strchr("abcdefghijklmnopqrstuvwxyz-8", text[i]));
		assert_true(strlen(counter_sentence(a)) > 10);
		for (enum counter b = 0; b < a; b++)
			assert_string_not_equal(text, counter_text(b));
	}
	assert_string_equal("received", counter_text(COUNTER_RECEIVED));
	assert_string_equal("refused-policy-type",
	    counter_text(COUNTER_REFUSED_POLICY));
	assert_string_equal("discarded", counter_text(COUNTER_DISCARDED));
}

static void
test_add_counts_one_and_saturates(void **state)
{
	struct counters c = { { 0 } };

	(void)state;
	counters_add(&c, COUNTER_SESSIONS, 2);
	counters_add(&c, COUNTER_SESSIONS, 3);
	assert_int_equal(5, c.n[COUNTER_SESSIONS]);
	assert_int_equal(0, c.n[COUNTER_RECEIVED]);
	counters_add(&c, COUNTER_SESSIONS, UINT64_MAX);
	/* RFC 7493 s2.2: 2^53 - 1. */
	assert_int_equal(9007199254740991, c.n[COUNTER_SESSIONS]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_counter_has_words_of_its_own),
		cmocka_unit_test(test_add_counts_one_and_saturates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
