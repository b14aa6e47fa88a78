#include "support/test.h"

#include "deliver/send_job.h"

#define NOW_S 1795300000

/* Tried for the second time, an hour after the first. */
static struct send_job *
make(void)
{
	const struct uuid claim = { { 0 } };
	const struct delivery d = {
		.id = SPAN_LIT("d-1"),
		.report = SPAN_LIT("r-1"),
		.domain = SPAN_LIT("a.example"),
		.uri = SPAN_LIT("https://a.example/"),
		.target = SPAN_LIT(""),
		.host = SPAN_LIT("a.example"),
		.attempts = 2,
		.tries = 2,
		.first_s = NOW_S - 3600,
	};
	struct send_job *j = send_job_new(&claim, &d);

	assert_non_null(j);
	return j;
}

static void
test_any_bytes_of_an_answer_can_be_stored(void **state)
{
	static const struct {
		struct span answer, want;
	} cases[] = {
		{ SPAN_LIT("gr\xc3\xbc\xc3\x9f"
			   "e\r\n"),
		    SPAN_LIT("gr\xc3\xbc\xc3\x9f"
			     "e\r\n") },
		{ SPAN_LIT("gr\xfc\xdf"
			   "e"),
		    SPAN_LIT("gr\xef\xbf\xbd\xef\xbf\xbd"
			     "e") },
		{ SPAN_LIT("a\0b"),
		    SPAN_LIT("a\xef\xbf\xbd"
			     "b") },
		/* Cut off in the middle of a character. */
		{ SPAN_LIT("gr\xc3"), SPAN_LIT("gr\xef\xbf\xbd") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct send_job *j = make();

		assert_true(
		    span_eq(cases[i].want, send_job_keep(j, cases[i].answer)));
		send_job_free(j);
	}
}

static void
test_verdicts_decide(void **state)
{
	struct send_job *j = make();

	(void)state;
	send_job_judge(j, VERDICT_ACCEPTED, DELIVERY_HANDED_OVER, NOW_S, -1);
	assert_int_equal(SEND_DONE, j->phase);
	assert_int_equal(DELIVERY_HANDED_OVER, j->outcome.state);
	assert_int_equal(NOW_S, j->outcome.done_s);
	assert_int_equal(2, j->outcome.attempt.number);
	send_job_free(j);

	j = make();
	send_job_judge(j, VERDICT_GIVE_UP, DELIVERY_ACCEPTED, NOW_S, -1);
	assert_int_equal(DELIVERY_GIVEN_UP, j->outcome.state);
	assert_int_equal(NOW_S, j->outcome.done_s);
	send_job_free(j);

	/* s5.5: again, for 24 hours from the first. */
	j = make();
	send_job_judge(j, VERDICT_RETRY, DELIVERY_ACCEPTED, NOW_S, 7200);
	assert_int_equal(DELIVERY_RETRYING, j->outcome.state);
	assert_int_equal(0, j->outcome.done_s);
	assert_true(j->outcome.due_s >= NOW_S + 7200);
	send_job_free(j);

	j = make();
	j->first_s = NOW_S - 86400;
	send_job_retry(j, NOW_S);
	assert_int_equal(DELIVERY_GIVEN_UP, j->outcome.state);
	send_job_free(j);
}

static void
test_what_is_no_try_is_forgiven(void **state)
{
	struct send_job *j = make();

	(void)state;
	send_job_let_go(j, NOW_S);
	assert_true(j->outcome.is_forgiven);
	assert_int_equal(DELIVERY_RETRYING, j->outcome.state);
	assert_int_equal(NOW_S, j->outcome.due_s);
	send_job_free(j);

	j = make();
	send_job_suppress(j, SPAN_LIT("no"), NOW_S);
	assert_true(j->outcome.is_forgiven);
	assert_int_equal(DELIVERY_SUPPRESSED, j->outcome.state);
	assert_true(span_eq(SPAN_LIT("no"), j->outcome.reason));
	send_job_free(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_bytes_of_an_answer_can_be_stored),
		cmocka_unit_test(test_verdicts_decide),
		cmocka_unit_test(test_what_is_no_try_is_forgiven),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
