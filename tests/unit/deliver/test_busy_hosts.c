/* How many attempts may be claimed, of which host. */
#include "support/test.h"

#include <stdio.h>

#include "base/clock.h"
#include "deliver/busy_hosts.h"

#define A SPAN_LIT("a.example")
#define B SPAN_LIT("b.example")
#define C SPAN_LIT("c.example")
#define NOW (100 * NS_PER_S)

/* Begins as many as may go on, and then as may wait. */
static size_t
begin_all(struct busy_hosts *all, struct span host, int64_t now_ns,
    struct busy_host **ret)
{
	size_t n = 0;

	for (; n < 1000 && busy_hosts_may_go(all, host); n++)
		assert_ok(busy_hosts_begin(all, host, ret));
	for (; n < 1000 && busy_hosts_may_wait(all, host, now_ns); n++)
		assert_ok(busy_hosts_begin(all, host, ret));
	return n;
}

static void
test_each_host_and_all_have_their_limit(void **state)
{
	struct busy_host *a = NULL, *b = NULL, *c = NULL;
	struct busy_hosts all;

	(void)state;
	busy_hosts_init(&all, 4, 6);
	assert_int_equal(6, busy_hosts_room(&all));
	assert_int_equal(4, begin_all(&all, A, NOW, &a));
	assert_int_equal(2, busy_hosts_room(&all));
	assert_int_equal(2, begin_all(&all, B, NOW, &b));
	assert_int_equal(0, begin_all(&all, C, NOW, &c));
	assert_int_equal(0, busy_hosts_room(&all));
	assert_int_equal(0, busy_hosts_room_ahead(&all, NOW));
	busy_hosts_end(&all, a);
	assert_int_equal(1, busy_hosts_room(&all));
	assert_int_equal(1, begin_all(&all, C, NOW, &c));
	busy_hosts_end(&all, NULL);
	busy_hosts_free(&all);
}

/* 100 ms an answer: 10 on each of 4 connections end within a second. */
static void
test_a_quick_host_has_a_second_of_work(void **state)
{
	static const struct {
		int64_t took_ns;
		size_t attempts;
	} rows[] = {
		{ 0, 4 * 32 },
		{ NS_PER_MS, 4 * 32 },
		{ 100 * NS_PER_MS, 4 * 10 },
		{ 400 * NS_PER_MS, 4 * 2 },
		{ 501 * NS_PER_MS, 4 },
		{ NS_PER_S, 4 },
		{ 60 * NS_PER_S, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct busy_host *a = NULL;
		struct busy_hosts all;

		busy_hosts_init(&all, 4, 6);
		assert_ok(busy_hosts_begin(&all, A, &a));
		busy_host_took(a, rows[i].took_ns, NOW);
		assert_int_equal(rows[i].attempts - 1,
		    begin_all(&all, A, NOW, &a));
		/* They leave the other places to others. */
		assert_int_equal(2, busy_hosts_room(&all));
		assert_int_equal(2, begin_all(&all, B, NOW, &a));
		busy_hosts_free(&all);
	}
}

static void
test_what_was_quick_is_not_for_ever(void **state)
{
	struct busy_host *a = NULL;
	struct busy_hosts all;

	(void)state;
	busy_hosts_init(&all, 2, 2);
	assert_int_equal(2, begin_all(&all, A, NOW, &a));
	busy_host_took(a, 100 * NS_PER_MS, NOW);
	/* 20 less 2 */
	assert_int_equal(18, busy_hosts_room_ahead(&all, NOW));
	assert_int_equal(0, busy_hosts_room_ahead(&all, NOW + NS_PER_S));
	assert_true(busy_hosts_may_wait(&all, A, NOW + NS_PER_S - 1));
	assert_false(busy_hosts_may_wait(&all, A, NOW + NS_PER_S));
	assert_false(busy_hosts_may_wait(&all, B, NOW));
	busy_host_took(a, 100 * NS_PER_MS, NOW);
	busy_host_failed(a);
	assert_false(busy_hosts_may_wait(&all, A, NOW));
	busy_hosts_free(&all);
}

/* What is claimed ahead takes no place until it may go on. */
static void
test_what_is_ahead_moves_up(void **state)
{
	struct busy_host *a = NULL, *b = NULL;
	struct busy_hosts all;

	(void)state;
	busy_hosts_init(&all, 1, 2);
	assert_ok(busy_hosts_begin(&all, A, &a));
	busy_host_took(a, 100 * NS_PER_MS, NOW);
	assert_int_equal(9, begin_all(&all, A, NOW, &a));
	for (int left = 10; left > 1; left--) {
		busy_hosts_end(&all, a);
		assert_int_equal(1, busy_hosts_room(&all));
	}
	busy_hosts_end(&all, a);
	assert_int_equal(2, busy_hosts_room(&all));
	assert_int_equal(1, begin_all(&all, B, NOW, &b));
	busy_hosts_free(&all);
}

/* Whoever has nothing under way is forgotten in the end: names come from
 * strangers. */
static void
test_idle_hosts_are_bounded(void **state)
{
	struct busy_host *a = NULL, *other = NULL;
	struct busy_hosts all;
	char name[32];

	(void)state;
	busy_hosts_init(&all, 1, 2);
	assert_ok(busy_hosts_begin(&all, A, &a));
	for (int i = 0; i < 10000; i++) {
		(void)snprintf(name, sizeof(name), "h%d.example", i);
		assert_ok(busy_hosts_begin(&all, span_str(name), &other));
		busy_hosts_end(&all, other);
		assert_in_range(all.n, 1, 2 + 256);
	}
	assert_false(busy_hosts_may_go(&all, A));
	busy_hosts_end(&all, a);
	busy_hosts_free(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_host_and_all_have_their_limit),
		cmocka_unit_test(test_a_quick_host_has_a_second_of_work),
		cmocka_unit_test(test_what_was_quick_is_not_for_ever),
		cmocka_unit_test(test_what_is_ahead_moves_up),
		cmocka_unit_test(test_idle_hosts_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
