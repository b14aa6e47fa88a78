#include "support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/shared_counts.h"

/* Or who has the memory could end all others, whatever user they run as. */
static void
test_nobody_makes_it_another_size(void **state)
{
	int fd = -1;

	(void)state;
	assert_ok(shared_counts_make(&fd, NULL));
	shared_counts_set(SHARED_COUNTS - 1, 7);
	assert_int_equal(-1, ftruncate(fd, 0));
	assert_int_equal(EPERM, errno);
	assert_int_equal(-1, ftruncate(fd, 1 << 20));
	assert_int_equal(EPERM, errno);
	/* Nor read-only: then it would not be counted any more. */
	assert_int_equal(-1, fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
	assert_int_equal(EPERM, errno);
	assert_int_equal(7, shared_counts_get(SHARED_COUNTS - 1));
	assert_int_equal(0, close(fd));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody_makes_it_another_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
