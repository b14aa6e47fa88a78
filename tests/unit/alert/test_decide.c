#include "support/test.h"

#include "alert/decide.h"

#define NOW_S 1000000
#define COOL_S 100
#define LONG_AGO (NOW_S - COOL_S) /* just over */
#define LATELY (NOW_S - COOL_S + 1)
#define SOON (NOW_S + 300)  /* by a clock that differs a little */
#define AHEAD (NOW_S + 301) /* by one that is wrong */

/* A finding as it is: state, severity, conclusion, muted until. */
#define OPEN FINDING_OPEN
#define ACK FINDING_ACKNOWLEDGED
#define MUTED FINDING_MUTED
#define GONE FINDING_CLOSED
#define WARN SEVERITY_WARNING
#define CRIT SEVERITY_CRITICAL
#define UNKNOWN CONCLUSION_UNKNOWN
#define PATH CONCLUSION_PATH

static const struct {
	const char *name;
	struct finding now;
	struct alert_said said;
	int event;
	bool is_changed;
	struct alert_said want; /* if it is */
} cases[] = {
	{ "what is new is told", { .state = OPEN, .severity = WARN },
	    { .is_there = false }, ALERT_OPENED, true,
	    { .severity = WARN, .said_s = NOW_S } },
	{ "what was acknowledged before it was told is not",
	    { .state = ACK, .severity = CRIT }, { .is_there = false }, 0, false,
	    { 0 } },
	{ "nor what is muted for good", { .state = MUTED, .severity = CRIT },
	    { .is_there = false }, 0, false, { 0 } },
	{ "nor what is muted for a while",
	    { .state = MUTED, .severity = CRIT, .muted_until_s = NOW_S + 1 },
	    { .is_there = false }, 0, false, { 0 } },
	{ "until then",
	    { .state = MUTED, .severity = WARN, .muted_until_s = NOW_S },
	    { .is_there = false }, ALERT_OPENED, true,
	    { .severity = WARN, .said_s = NOW_S } },
	{ "what is as it was said is not told again",
	    { .state = OPEN, .severity = WARN },
	    { .is_there = true, .severity = WARN }, 0, false, { 0 } },
	{ "what is graver is told, however soon",
	    { .state = OPEN, .severity = CRIT },
	    { .is_there = true, .severity = WARN, .said_s = NOW_S },
	    ALERT_WORSENED, true, { .severity = CRIT, .said_s = NOW_S } },
	{ "so is what is on the path now",
	    { .state = OPEN, .severity = WARN, .conclusion = PATH },
	    { .is_there = true, .severity = WARN, .conclusion = UNKNOWN },
	    ALERT_WORSENED, true,
	    { .severity = WARN, .conclusion = PATH, .said_s = NOW_S } },
	{ "what was muted after it was told is noted",
	    { .state = MUTED, .severity = CRIT },
	    { .is_there = true, .severity = WARN, .said_s = 5 }, 0, true,
	    { .severity = WARN, .is_silent = true, .said_s = 5 } },
	{ "it is noted once", { .state = ACK, .severity = CRIT },
	    { .is_there = true, .severity = WARN, .is_silent = true }, 0, false,
	    { 0 } },
	{ "when that is over it is told that it is still there",
	    { .state = OPEN, .severity = WARN },
	    { .is_there = true,
		.severity = WARN,
		.is_silent = true,
		.said_s = LATELY },
	    ALERT_AGAIN, true, { .severity = WARN, .said_s = NOW_S } },
	{ "or that it is worse", { .state = OPEN, .severity = CRIT },
	    { .is_there = true, .severity = WARN, .is_silent = true },
	    ALERT_WORSENED, true, { .severity = CRIT, .said_s = NOW_S } },
	{ "what is less grave is noted when it has cooled down",
	    { .state = OPEN, .severity = WARN },
	    { .is_there = true, .severity = CRIT, .said_s = LONG_AGO }, 0, true,
	    { .severity = WARN, .said_s = LONG_AGO } },
	{ "not before, or it would be worse again soon",
	    { .state = OPEN, .severity = WARN },
	    { .is_there = true, .severity = CRIT, .said_s = LATELY }, 0, false,
	    { 0 } },
	{ "what is gone is told", { .state = GONE, .severity = WARN },
	    { .is_there = true, .severity = WARN, .said_s = LONG_AGO },
	    ALERT_CLOSED, true,
	    { .severity = WARN, .is_closed = true, .said_s = NOW_S } },
	{ "not soon after something was", { .state = GONE, .severity = WARN },
	    { .is_there = true, .severity = WARN, .said_s = LATELY }, 0, false,
	    { 0 } },
	{ "what was acknowledged goes without a word",
	    { .state = GONE, .severity = WARN },
	    { .is_there = true,
		.severity = WARN,
		.is_silent = true,
		.said_s = LATELY },
	    0, true,
	    { .severity = WARN, .is_closed = true, .said_s = LATELY } },
	{ "what comes again is told", { .state = OPEN, .severity = WARN },
	    { .is_there = true,
		.severity = WARN,
		.is_closed = true,
		.said_s = LONG_AGO },
	    ALERT_OPENED, true, { .severity = WARN, .said_s = NOW_S } },
	{ "not at once", { .state = OPEN, .severity = WARN },
	    { .is_there = true,
		.severity = WARN,
		.is_closed = true,
		.said_s = LATELY },
	    0, false, { 0 } },
	{ "nor by a clock that is a little ahead",
	    { .state = OPEN, .severity = WARN },
	    { .is_there = true,
		.severity = WARN,
		.is_closed = true,
		.said_s = SOON },
	    0, false, { 0 } },
	{ "what comes again is told if a clock was wrong",
	    { .state = OPEN, .severity = WARN },
	    { .is_there = true,
		.severity = WARN,
		.is_closed = true,
		.said_s = AHEAD },
	    ALERT_OPENED, true, { .severity = WARN, .said_s = NOW_S } },
	{ "what is gone is told if a clock was wrong",
	    { .state = GONE, .severity = WARN },
	    { .is_there = true, .severity = WARN, .said_s = AHEAD },
	    ALERT_CLOSED, true,
	    { .severity = WARN, .is_closed = true, .said_s = NOW_S } },
	{ "what is less grave is noted if a clock was wrong",
	    { .state = OPEN, .severity = WARN },
	    { .is_there = true, .severity = CRIT, .said_s = AHEAD }, 0, true,
	    { .severity = WARN } },
	{ "unless it is graver than it was",
	    { .state = OPEN, .severity = CRIT },
	    { .is_there = true,
		.severity = WARN,
		.is_closed = true,
		.said_s = LATELY },
	    ALERT_OPENED, true, { .severity = CRIT, .said_s = NOW_S } },
};

static void
test_decisions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct alert_decision d = alert_decide(&cases[i].now,
		    &cases[i].said, NOW_S, COOL_S);
		const struct alert_said *want = &cases[i].want;

		print_message("%s\n", cases[i].name);
		assert_int_equal(cases[i].event, d.event);
		assert_int_equal(cases[i].is_changed, d.is_changed);
		if (!d.is_changed)
			continue;
		assert_true(d.said.is_there);
		assert_int_equal(want->severity, d.said.severity);
		assert_int_equal(want->conclusion, d.said.conclusion);
		assert_int_equal(want->is_closed, d.said.is_closed);
		assert_int_equal(want->is_silent, d.said.is_silent);
		assert_int_equal(want->said_s, d.said.said_s);
	}
}

/* One that comes again under another id, before anybody was told that it was
 * gone, was never away. */
static void
test_another_finding_of_the_same_is_the_same(void **state)
{
	const struct finding now = { .id = SPAN_LIT("2"),
		.state = OPEN,
		.severity = WARN };
	const struct alert_said said = { .is_there = true,
		.finding_id = SPAN_LIT("1"),
		.severity = WARN,
		.said_s = LATELY };
	const struct alert_decision d = alert_decide(&now, &said, NOW_S,
	    COOL_S);

	(void)state;
	assert_int_equal(0, d.event);
	assert_true(d.is_changed);
	assert_span("2", d.said.finding_id);
	assert_int_equal(LATELY, d.said.said_s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decisions),
		cmocka_unit_test(test_another_finding_of_the_same_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
