#include "support/test.h"

#include "model/result_advice.h"

/* Each type of s4.3 is explained, and none for another. */
static void
test_each_type_has_advice(void **state)
{
	enum result_type type;
	size_t n = 0;

	(void)state;
	for (; result_type_at(n, &type); n++) {
		const struct result_advice *a = result_advice(type);

		assert_true(strlen(a->meaning) > 20);
		assert_true(strlen(a->causes) > 20);
		assert_true(strlen(a->next) > 20);
		assert_int_equal(0, strncmp("4.3.", a->section, 4));
	}
	assert_int_equal(11, n); /* registry of s6.6 */
	assert_string_equal("4.3.2.1",
	    result_advice(RESULT_DANE_REQUIRED)->section);
	assert_string_equal("4.3.2.2",
	    result_advice(RESULT_STS_POLICY_INVALID)->section);
	assert_non_null(
	    strstr(result_advice(RESULT_STARTTLS_NOT_SUPPORTED)->next,
		"STARTTLS"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_type_has_advice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
