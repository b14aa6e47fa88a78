#include "support/test.h"

#include "intake/upkeep.h"

#define MAX 1600

/* Others have 1200 and leave 75 of it free; past that they are brought down to
 * 1050. */
static void
test_surplus(void **state)
{
	static const struct {
		uint64_t bytes[INBOX_CLASSES + 1];
		uint64_t want;
	} rows[] = {
		{ { 0, 0, 0, 0, 0 }, 0 },
		{ { 0, 9999, 0, 0, 0 }, 0 },
		{ { 0, 0, 1125, 0, 0 }, 0 },
		{ { 0, 0, 500, 500, 126 }, 76 },
		{ { 0, 0, 0, 0, 2000 }, 950 },
		/* What is authenticated leaves them 800, 750 and 700. */
		{ { 0, 800, 0, 0, 750 }, 0 },
		{ { 0, 800, 0, 0, 751 }, 51 },
		{ { 0, 1600, 0, 0, 5 }, 5 },
		{ { 0, 5000, 3, 1, 5 }, 9 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(rows[i].want,
		    upkeep_surplus(rows[i].bytes, MAX, 25));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_surplus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
