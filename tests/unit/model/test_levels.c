#include "support/test.h"

#include "model/levels.h"

#define STS POLICY_STS
#define TLSA POLICY_TLSA
#define FREE POLICY_NO_POLICY_FOUND
#define NONE UINT64_MAX /* not told */
#define ELEMENTS_MAX 3

struct element {
	enum policy_type type;
	enum level succeeded_level, failed_level;
	uint64_t succeeded, failed;
};

static struct told_count
told(uint64_t n)
{
	return n == NONE ? (struct told_count){ 0, false }
			 : (struct told_count){ n, true };
}

static void
levels_from(const struct element *elements, struct levels *ret)
{
	struct policy policies[ELEMENTS_MAX];
	struct level_policy v[ELEMENTS_MAX];
	size_t n = 0;

	for (; n < ELEMENTS_MAX && elements[n].type != 0; n++) {
		const struct element *e = &elements[n];

		policies[n] = (struct policy){ .type = e->type,
			.domain = SPAN_LIT("a.example") };
		v[n] = (struct level_policy){
			{ &policies[n], true, told(e->succeeded),
			    told(e->failed), SPAN_LIT("") },
			e->succeeded_level,
			e->failed_level,
		};
	}
	levels_of(v, n, ret);
}

#define ENFORCE LEVEL_AUTHENTICATED, LEVEL_NOT_SENT
#define TESTING LEVEL_TESTING, LEVEL_CLEARTEXT
#define OPEN LEVEL_ENCRYPTED, LEVEL_CLEARTEXT

/* By hand, by requirements of RFC 7435 s3 and RFC 8461 s2. */
static void
test_each_session_has_one_level(void **state)
{
	static const struct {
		const char *name;
		struct element in[ELEMENTS_MAX];
		uint64_t want[NLEVELS];
	} cases[] = {
		{ "enforce", { { STS, ENFORCE, 90, 10 } },
		    { 90, 0, 0, 0, 10 } },
		{ "testing", { { STS, TESTING, 90, 10 } },
		    { 0, 90, 0, 10, 0 } },
		{ "none", { { FREE, OPEN, 90, 10 } }, { 0, 0, 90, 10, 0 } },
		{ "sessions of each are others",
		    { { STS, ENFORCE, 5, 1 }, { FREE, OPEN, 7, 2 } },
		    { 5, 0, 7, 2, 1 } },
		{ "the same sessions under both: DANE verified them",
		    { { STS, TESTING, 100, 0 }, { TLSA, ENFORCE, 100, 0 } },
		    { 100, 0, 0, 0, 0 } },
		{ "DANE failed where MTA-STS passed",
		    { { STS, ENFORCE, 100, 0 }, { TLSA, ENFORCE, 90, 10 } },
		    { 90, 0, 0, 0, 10 } },
		{ "more under MTA-STS than under DANE",
		    { { STS, TESTING, 100, 0 }, { TLSA, ENFORCE, 60, 0 } },
		    { 60, 40, 0, 0, 0 } },
		{ "what both refuse",
		    { { STS, TESTING, 90, 10 }, { TLSA, ENFORCE, 94, 6 } },
		    { 90, 0, 0, 4, 6 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct levels got;

		levels_from(cases[i].in, &got);
		assert_true(got.is_told);
		for (int l = 0; l < NLEVELS; l++)
			if (got.n[l] != cases[i].want[l])
				fail_msg("%s: %s is %d", cases[i].name,
				    level_text((enum level)(l + 1)),
				    (int)got.n[l]);
	}
}

static void
test_what_is_not_told_is_not_zero(void **state)
{
	struct levels got;

	(void)state;
	levels_from((struct element[ELEMENTS_MAX]){ { STS, ENFORCE, NONE,
			NONE } },
	    &got);
	assert_false(got.is_told);
	levels_from((struct element[ELEMENTS_MAX]){ { STS, ENFORCE, 0, NONE } },
	    &got);
	assert_true(got.is_told);
	assert_int_equal(0, levels_sessions(&got));
}

static void
test_a_count_past_all_reason_is_cut(void **state)
{
	struct levels got;

	(void)state;
	levels_from((struct element[ELEMENTS_MAX]){ { STS, ENFORCE,
			LEVEL_COUNT_MAX + 1, 3 } },
	    &got);
	assert_int_equal(LEVEL_COUNT_MAX, got.n[LEVEL_AUTHENTICATED - 1]);
	assert_int_equal(3, levels_failed(&got));
}

static void
test_levels_of_effects(void **state)
{
	(void)state;
	assert_int_equal(LEVEL_AUTHENTICATED,
	    level_of_success(PROTECTION_AUTHENTICATED));
	assert_int_equal(LEVEL_TESTING, level_of_success(PROTECTION_TESTING));
	assert_int_equal(LEVEL_ENCRYPTED,
	    level_of_success(PROTECTION_ENCRYPTED));
	assert_int_equal(LEVEL_ENCRYPTED,
	    level_of_success(PROTECTION_NOT_TOLD));
	assert_int_equal(LEVEL_NOT_SENT,
	    level_of_failure(FAILURE_EFFECT_NOT_DELIVERED));
	assert_int_equal(LEVEL_CLEARTEXT,
	    level_of_failure(FAILURE_EFFECT_WEAKER));
	assert_int_equal(LEVEL_CLEARTEXT,
	    level_of_failure(FAILURE_EFFECT_NOT_TOLD));
	assert_string_equal("not-sent", level_text(LEVEL_NOT_SENT));
	assert_true(strlen(level_sentence(LEVEL_CLEARTEXT)) > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_session_has_one_level),
		cmocka_unit_test(test_what_is_not_told_is_not_zero),
		cmocka_unit_test(test_a_count_past_all_reason_is_cut),
		cmocka_unit_test(test_levels_of_effects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
