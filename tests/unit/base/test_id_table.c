#include "support/test.h"

#include "base/id_table.h"

#define MANY 20000

static int things[MANY];

/* Many of them meet in the low bits, where the table looks first. */
static struct id
id_of(unsigned n)
{
	return (struct id){ { n % 7, n } };
}

static void
test_what_was_added_is_found(void **state)
{
	struct id_table t = { .slots = NULL };
	struct id id = id_of(MANY);

	(void)state;
	assert_null(id_table_find(&t, &id));
	for (unsigned n = 0; n < 500; n++) {
		id = id_of(n);
		assert_null(id_table_find(&t, &id));
		assert_true(id_table_add(&t, &id, &things[n]));
	}
	for (unsigned n = 0; n < 500; n++) {
		id = id_of(n);
		assert_ptr_equal(&things[n], id_table_find(&t, &id));
	}
	id_table_free(&t);
}

static void
test_it_grows_and_is_cleared(void **state)
{
	struct id_table t = { .slots = NULL };
	size_t before;
	struct id id;

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (unsigned n = 0; n < MANY; n++) {
			id = (struct id){ { n * UINT64_C(0x9e3779b97f4a7c15),
			    n } };
			assert_true(id_table_add(&t, &id, &things[n]));
		}
		for (unsigned n = 0; n < MANY; n++) {
			id = (struct id){ { n * UINT64_C(0x9e3779b97f4a7c15),
			    n } };
			assert_ptr_equal(&things[n], id_table_find(&t, &id));
		}
		before = id_table_bytes(&t);
		assert_in_range(before, MANY * sizeof(struct id_slot),
		    4 * MANY * sizeof(struct id_slot));
		id_table_clear(&t);
		id = (struct id){ { 0, 0 } };
		assert_null(id_table_find(&t, &id));
		assert_int_equal(before, id_table_bytes(&t));
	}
	/* Hardly used it gives the memory back. */
	assert_true(id_table_add(&t, &id, &things[0]));
	id_table_clear(&t);
	assert_int_equal(0, id_table_bytes(&t));
	id_table_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_added_is_found),
		cmocka_unit_test(test_it_grows_and_is_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
