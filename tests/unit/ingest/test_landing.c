#include "support/test.h"

#include <stdlib.h>
#include <unistd.h>

#include "ingest/landing.h"

static void
test_two_never_receive_into_one(void **state)
{
	char path[] = "/tmp/landing-XXXXXX";
	struct landing a, b;

	(void)state;
	(void)close(mkstemp(path));
	assert_ok(landing_open(path, &a, NULL));
	assert_err(E_CONFLICT, landing_open(path, &b, NULL));
	assert_int_equal(0, access(path, F_OK));
	landing_close(&a);
	assert_ok(landing_open(path, &b, NULL));
	landing_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_never_receive_into_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
