#include "support/test.h"

#include <limits.h>

#include "deliver/http_answer.h"

static bool
is_one_of(long status, const long *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == status)
			return true;
	return false;
}

/* The statuses of RFC 9110 s15 that say that the same request would get the
 * same answer. */
static void
test_every_status(void **state)
{
	static const long refused[] = { 400, 401, 403, 404, 405, 410, 411, 413,
		415, 422 };

	(void)state;
	for (long status = -1; status < 1100; status++) {
		enum delivery_verdict want = VERDICT_RETRY;

		if (status / 100 == 2)
			want = VERDICT_ACCEPTED;
		else if (status / 100 == 3 ||
		    is_one_of(status, refused,
			sizeof(refused) / sizeof(refused[0])))
			want = VERDICT_GIVE_UP;
		print_message("%ld\n", status);
		assert_int_equal(want, http_answer_verdict(status));
	}
}

static void
test_named_ones(void **state)
{
	static const struct {
		long status;
		enum delivery_verdict want;
	} cases[] = {
		/* s5.4: typically */
		{ 200, VERDICT_ACCEPTED },
		{ 201, VERDICT_ACCEPTED },
		{ 202, VERDICT_ACCEPTED },
		{ 204, VERDICT_ACCEPTED },
		{ 301, VERDICT_GIVE_UP },
		{ 307, VERDICT_GIVE_UP },
		{ 308, VERDICT_GIVE_UP },
		{ 404, VERDICT_GIVE_UP },
		{ 410, VERDICT_GIVE_UP },
		{ 413, VERDICT_GIVE_UP },
		{ 408, VERDICT_RETRY },
		{ 425, VERDICT_RETRY },
		{ 429, VERDICT_RETRY },
		{ 500, VERDICT_RETRY },
		{ 501, VERDICT_RETRY },
		{ 503, VERDICT_RETRY },
		{ 599, VERDICT_RETRY },
		{ 100, VERDICT_RETRY },
		{ 418, VERDICT_RETRY },
		{ 0, VERDICT_RETRY },
		{ 600, VERDICT_RETRY },
		{ LONG_MAX, VERDICT_RETRY },
		{ LONG_MIN, VERDICT_RETRY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%ld\n", cases[i].status);
		assert_int_equal(cases[i].want,
		    http_answer_verdict(cases[i].status));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_status),
		cmocka_unit_test(test_named_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
