#include "support/test.h"

#include <stdalign.h>

#include "base/arena.h"

static void
test_memory_is_aligned_and_apart(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	unsigned char *p[500];

	(void)state;
	for (size_t i = 0; i < 500; i++) {
		p[i] = arena_alloc(&a, i);
		assert_non_null(p[i]);
		assert_int_equal(0, (uintptr_t)p[i] % alignof(max_align_t));
		memset(p[i], (int)(i & 0xff), i);
	}
	for (size_t i = 0; i < 500; i++)
		for (size_t at = 0; at < i; at++)
			assert_int_equal(i & 0xff, p[i][at]);
	arena_free(&a);
}

static void
test_nothing_past_the_ceiling(void **state)
{
	struct arena a = ARENA_INIT(1024);

	(void)state;
	assert_null(arena_alloc(&a, 1025));
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_non_null(arena_alloc(&a, 1000));
	assert_null(arena_alloc(&a, 100));
	assert_non_null(arena_alloc(&a, 16));
	assert_null(arena_alloc(&a, 1));
	assert_int_equal(1024, a.used);
	arena_free(&a);
}

static void
test_larger_than_any_block(void **state)
{
	const size_t large = 9 << 20;
	struct arena a = ARENA_INIT((size_t)32 << 20);
	char *p;

	(void)state;
	assert_non_null(arena_alloc(&a, 1));
	assert_non_null(p = arena_alloc(&a, large));
	memset(p, 'x', large);
	assert_non_null(arena_alloc(&a, 1));
	arena_free(&a);
}

static void
test_reset_and_free_give_everything_back(void **state)
{
	struct arena a = ARENA_INIT(200000);

	(void)state;
	for (int round = 0; round < 5; round++) {
		while (arena_alloc(&a, 1000) != NULL)
			continue;
		assert_true(a.used > 190000);
		if (round % 2 == 0)
			arena_reset(&a);
		else
			arena_free(&a);
		assert_int_equal(0, a.used);
	}
	arena_free(&a);
	arena_free(&a);
	arena_reset(&a);
	assert_non_null(arena_alloc(&a, 1));
	arena_free(&a);
}

static void
test_zalloc_is_zero_even_where_memory_was_used(void **state)
{
	struct arena a = ARENA_INIT(4096);
	char *p;

	(void)state;
	memset(arena_alloc(&a, 4000), 'x', 4000);
	arena_reset(&a);
	assert_non_null(p = arena_zalloc(&a, 4000));
	for (size_t i = 0; i < 4000; i++)
		assert_int_equal(0, p[i]);
	assert_null(arena_zalloc(&a, 4000));
	arena_free(&a);
}

static void
test_copy_ends_with_nul(void **state)
{
	struct arena a = ARENA_INIT(64);
	char text[] = "a\0b";
	struct span copy = arena_copy(&a, (struct span){ text, 3 });

	(void)state;
	text[0] = 'x';
	assert_int_equal(3, copy.len);
	assert_memory_equal("a\0b\0", copy.p, 4);
	copy = arena_copy(&a, SPAN_LIT(""));
	assert_int_equal(0, copy.len);
	assert_non_null(copy.p);
	assert_int_equal('\0', copy.p[0]);
	assert_null(arena_copy(&a, SPAN_NONE).p);
	copy = arena_copy(&a,
	    (struct span){ "0123456789abcdefghijklmnopqrst"
			   "0123456789abcdefghijklmnopqrst",
		60 });
	assert_null(copy.p);
	assert_int_equal(0, copy.len);
	arena_free(&a);
}

static void
test_grow_copies_the_elements(void **state)
{
	struct arena a = ARENA_INIT(1024);
	const int three[] = { 1, 2, 3 };
	int *v = arena_grow(&a, three, 3, 8, sizeof(*v));

	(void)state;
	assert_non_null(v);
	assert_memory_equal(three, v, sizeof(three));
	v[7] = 8;
	assert_non_null(arena_grow(&a, NULL, 0, 1, sizeof(*v)));
	assert_null(arena_grow(&a, three, 3, 1024, sizeof(*v)));
	/* cap * size would wrap around to a few bytes. */
	assert_null(arena_grow(&a, three, 3, SIZE_MAX / 2 + 2, 2));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_is_aligned_and_apart),
		cmocka_unit_test(test_nothing_past_the_ceiling),
		cmocka_unit_test(test_larger_than_any_block),
		cmocka_unit_test(test_reset_and_free_give_everything_back),
		cmocka_unit_test(
		    test_zalloc_is_zero_even_where_memory_was_used),
		cmocka_unit_test(test_copy_ends_with_nul),
		cmocka_unit_test(test_grow_copies_the_elements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
