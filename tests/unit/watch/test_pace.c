#include "support/test.h"

#include "watch/pace.h"

#define S INT64_C(1000000000)

static int64_t
wait_at(struct pace *p, const char *host, int64_t now_ns)
{
	return pace_wait_ns(p, span_str(host), now_ns);
}

/* A second from one to the next of a provider; others do not wait for it. */
static void
test_one_provider_has_one_pace(void **state)
{
	static struct pace p;

	(void)state;
	assert_int_equal(0, wait_at(&p, "mx1.example.com", 10 * S));
	assert_int_equal(S, wait_at(&p, "mx2.example.com", 10 * S));
	assert_int_equal(0, wait_at(&p, "mx1.example.net", 10 * S));
	assert_int_equal(2 * S, wait_at(&p, "mx1.example.com", 10 * S));
	assert_int_equal(S / 2, wait_at(&p, "example.com", 12 * S + S / 2));
	assert_int_equal(0, wait_at(&p, "mx1.example.com", 20 * S));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_provider_has_one_pace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
