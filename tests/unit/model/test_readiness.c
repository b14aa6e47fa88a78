#include "support/test.h"

#include "model/readiness.h"
#include "model/reporter_rhythm.h"

#define R(name) (1U << READINESS_REASON_##name)

static void
test_ready_only_on_ground(void **state)
{
	static const struct {
		const char *name;
		struct readiness_basis in;
		enum readiness want;
		unsigned reasons;
	} cases[] = {
		{ "silence is no success", { 0 }, READINESS_UNKNOWN,
		    R(NO_TESTING) },
		{ "all well", { .days = 14, .reporters = 2, .sessions = 100 },
		    READINESS_YES, R(ALL_WELL) },
		{ "one failure of many",
		    { .days = 90,
			.reporters = 9,
			.sessions = 1000000,
			.failures = 1 },
		    READINESS_NO, R(FAILURES) },
		{ "a day less", { .days = 13, .reporters = 2, .sessions = 100 },
		    READINESS_UNKNOWN, R(FEW_DAYS) },
		{ "a reporter less",
		    { .days = 14, .reporters = 1, .sessions = 100 },
		    READINESS_UNKNOWN, R(FEW_REPORTERS) },
		{ "a session less",
		    { .days = 14, .reporters = 2, .sessions = 99 },
		    READINESS_UNKNOWN, R(FEW_SESSIONS) },
		{ "what nobody could read",
		    { .days = 14,
			.reporters = 2,
			.sessions = 100,
			.uncounted = 1 },
		    READINESS_UNKNOWN, R(UNCOUNTED) },
		{ "who says nothing any more",
		    { .days = 14,
			.reporters = 2,
			.sessions = 100,
			.silent = 1 },
		    READINESS_UNKNOWN, R(SILENT) },
		{ "enforced by now",
		    { .days = 14,
			.reporters = 2,
			.sessions = 100,
			.enforced = 5 },
		    READINESS_YES, R(ENFORCED) | R(ALL_WELL) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned reasons = 0;
		enum readiness got = readiness_of(&cases[i].in, &reasons);

		if (got != cases[i].want || reasons != cases[i].reasons)
			fail_msg("%s: %s, %x", cases[i].name,
			    readiness_text(got), reasons);
	}
}

static void
test_every_reason_has_a_sentence(void **state)
{
	(void)state;
	for (int i = 0; i < NREADINESS_REASONS; i++)
		assert_true(
		    strlen(readiness_sentence((enum readiness_reason)i)) > 10);
}

static void
test_silent_is_who_breaks_the_own_rhythm(void **state)
{
	(void)state;
	/* Daily: the report about yesterday comes today. */
	assert_int_equal(1, rhythm_gap(100, 130, 31));
	assert_false(rhythm_is_silent(100, 130, 31, 131));
	assert_false(rhythm_is_silent(100, 130, 31, 135));
	assert_true(rhythm_is_silent(100, 130, 31, 136));
	/* Weekly. */
	assert_int_equal(7, rhythm_gap(100, 128, 5));
	assert_false(rhythm_is_silent(100, 128, 5, 145));
	assert_true(rhythm_is_silent(100, 128, 5, 146));
	/* No rhythm yet. */
	assert_int_equal(0, rhythm_gap(100, 101, 2));
	assert_false(rhythm_is_silent(100, 101, 2, 500));
	assert_false(rhythm_is_silent(100, 100, 1, 500));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ready_only_on_ground),
		cmocka_unit_test(test_every_reason_has_a_sentence),
		cmocka_unit_test(test_silent_is_who_breaks_the_own_rhythm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
