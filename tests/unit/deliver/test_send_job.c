#include "support/test.h"

#include "deliver/send_job.h"

static const struct config config;

static struct send_job *
answered(struct span answer)
{
	const struct uuid claim = { { 0 } };
	const struct delivery d = {
		.id = SPAN_LIT("d-1"),
		.report = SPAN_LIT("r-1"),
		.uri = SPAN_LIT("https://a.example/"),
		.host = SPAN_LIT("a.example"),
		.attempts = 1,
		.first_s = 1000,
	};
	const struct http_result result = {
		.outcome = HTTP_ANSWERED,
		.status = 200,
		.answer = answer,
		.peer = SPAN_LIT("192.0.2.1:443"),
		.retry_after_s = -1,
	};
	struct send_job *j = send_job_new(&claim, &d);

	assert_non_null(j);
	send_job_answered(j, &config, 1000, &result);
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
		struct send_job *j = answered(cases[i].answer);

		assert_true(span_eq(cases[i].want, j->outcome.attempt.answer));
		send_job_free(j);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_bytes_of_an_answer_can_be_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
