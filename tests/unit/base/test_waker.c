#include "support/test.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/waker.h"

/* Longer than a test may last: who sleeps it out fails. */
#define FOR_EVER (3600 * NS_PER_S)

static struct waker *
open_waker(void)
{
	static struct waker w;

	assert_ok(waker_open(&w, NULL));
	return &w;
}

static bool
is_ringing(const struct waker *w)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void
test_wake_before_sleep_is_not_lost(void **state)
{
	struct waker *w = open_waker();

	(void)state;
	for (int i = 0; i < 3; i++) {
		waker_prepare(w);
		waker_wake(w);
		waker_sleep(w, FOR_EVER);
		assert_false(is_ringing(w));
	}
	waker_close(w);
}

static void
test_nobody_sleeps_nothing_rings(void **state)
{
	struct waker *w = open_waker();

	(void)state;
	waker_wake(w);
	waker_wake(w);
	assert_false(is_ringing(w));
	waker_prepare(w);
	assert_false(is_ringing(w));
	waker_sleep(w, 1);
	waker_wake(w);
	assert_false(is_ringing(w));
	waker_close(w);
}

static void
test_many_calls_are_one(void **state)
{
	struct waker *w = open_waker();

	(void)state;
	waker_prepare(w);
	waker_wake(w);
	waker_wake(w);
	waker_prepare(w);
	waker_wake(w);
	assert_true(is_ringing(w));
	waker_sleep(w, FOR_EVER);
	assert_false(is_ringing(w));
	waker_close(w);
}

static void
test_no_time_no_sleep(void **state)
{
	struct waker *w = open_waker();

	(void)state;
	waker_prepare(w);
	waker_sleep(w, 0);
	waker_prepare(w);
	waker_sleep(w, -1);
	waker_wake(w);
	assert_false(is_ringing(w));
	waker_close(w);
}

static void
test_close_twice(void **state)
{
	struct waker *w = open_waker();

	(void)state;
	waker_close(w);
	waker_close(w);
	assert_int_equal(-1, w->fd);
}

/* A thousand pieces of work, each waited for by the other side. */
#define WORK 1000

static struct waker there, back;
static atomic_int given, taken;

static void
sleep_until(struct waker *w, atomic_int *number, int wanted)
{
	while (atomic_load(number) < wanted) {
		waker_prepare(w);
		if (atomic_load(number) < wanted)
			waker_sleep(w, FOR_EVER);
	}
}

static void *
worker(void *arg)
{
	for (int i = 1; i <= WORK; i++) {
		sleep_until(&there, &given, i);
		atomic_store(&taken, i);
		waker_wake(&back);
	}
	return arg;
}

static void
test_threads_lose_no_call(void **state)
{
	pthread_t thread;

	(void)state;
	assert_ok(waker_open(&there, NULL));
	assert_ok(waker_open(&back, NULL));
	assert_int_equal(0, pthread_create(&thread, NULL, worker, NULL));
	for (int i = 1; i <= WORK; i++) {
		atomic_store(&given, i);
		waker_wake(&there);
		sleep_until(&back, &taken, i);
	}
	assert_int_equal(0, pthread_join(thread, NULL));
	waker_close(&there);
	waker_close(&back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wake_before_sleep_is_not_lost),
		cmocka_unit_test(test_nobody_sleeps_nothing_rings),
		cmocka_unit_test(test_many_calls_are_one),
		cmocka_unit_test(test_no_time_no_sleep),
		cmocka_unit_test(test_close_twice),
		cmocka_unit_test(test_threads_lose_no_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
