/* Summaries of a real SQLite store, with times of our own. */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "deliver/summary.h"

/* date -ud 2026-03-03 +%s */
#define MIDNIGHT_S 1772496000

struct fixture {
	char folder[256], url[300];
	struct store *store;
	struct summary summary;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct store_schema schema;
	struct why why = { { 0 } };

	log_setup(LOG_TO_STDERR, LOG_LEVEL_INFO, "deliver");
	support_mkdtemp(f->folder);
	(void)snprintf(f->url, sizeof(f->url), "sqlite:%s/store.db", f->folder);
	assert_ok_why(store_make(f->url, &f->store, &why), &why);
	assert_ok_why(store_migrate(f->store, 0, &schema, &why), &why);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->store);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

static void
add(struct fixture *f, const char *uri, enum delivery_state delivery_state,
    int64_t queued_s, int64_t done_s)
{
	const struct delivery d = {
		.id = span_str(uri),
		.report = SPAN_LIT("r-1"),
		.uri = span_str(uri),
		.state = delivery_state,
		.queued_s = queued_s,
		.done_s = done_s,
	};
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_add(f->store, &d, &why), &why);
}

/* What the step logs. */
static void
assert_said(struct fixture *f, int64_t now_s, const char *want)
{
	char got[4096] = "";
	struct why why = { { 0 } };
	int ends[2], saved = dup(2);
	enum err e;

	assert_true(saved >= 0);
	assert_int_equal(0, pipe2(ends, O_CLOEXEC | O_NONBLOCK));
	assert_int_equal(2, dup2(ends[1], 2));
	e = summary_step(&f->summary, f->store, now_s, &why);
	assert_int_equal(2, dup2(saved, 2));
	(void)!read(ends[0], got, sizeof(got) - 1);
	(void)close(ends[0]);
	(void)close(ends[1]);
	(void)close(saved);
	assert_ok_why(e, &why);
	assert_string_equal(want, got);
}

static void
test_a_line_behind_each_midnight(void **state)
{
	struct fixture *f = *state;

	add(f, "https://a.example", DELIVERY_ACCEPTED, 1, MIDNIGHT_S - 1);
	add(f, "https://b.example", DELIVERY_ACCEPTED, 1,
	    MIDNIGHT_S - S_PER_DAY);
	add(f, "mailto:c@c.example", DELIVERY_GIVEN_UP, 1, MIDNIGHT_S - 9);
	add(f, "https://d.example", DELIVERY_ACCEPTED, 1, MIDNIGHT_S);
	add(f, "https://e.example", DELIVERY_QUEUED, MIDNIGHT_S - 7200, 0);
	assert_said(f, MIDNIGHT_S - 60, "");
	assert_said(f, MIDNIGHT_S - 1, "");
	assert_said(f, MIDNIGHT_S,
	    "level=info role=deliver what=\"daily summary of deliveries\" "
	    "day=\"2026-03-02\" done=\"2 accepted by https, 1 given-up by "
	    "mail\" attempts=0 waiting=1 "
	    "oldest_queued_at=\"2026-03-02T22:00:00Z\"\n");
	assert_said(f, MIDNIGHT_S + 1, "");
}

static void
test_a_day_without_any(void **state)
{
	struct fixture *f = *state;

	assert_said(f, MIDNIGHT_S - 1, "");
	assert_said(f, MIDNIGHT_S + 5,
	    "level=info role=deliver what=\"daily summary of deliveries\" "
	    "day=\"2026-03-02\" done=\"\" attempts=0 waiting=0 "
	    "oldest_queued_at=\"\"\n");
}

static void
test_a_clock_that_goes_back_says_nothing(void **state)
{
	struct fixture *f = *state;

	assert_said(f, MIDNIGHT_S + 1, "");
	assert_said(f, MIDNIGHT_S - 1, "");
}

static void
test_a_failure_leaves_it_to_the_next_call(void **state)
{
	struct fixture *f = *state;
	struct store_schema schema;
	struct store *empty;
	char url[400];

	assert_said(f, MIDNIGHT_S - 1, "");
	(void)snprintf(url, sizeof(url), "sqlite:%s/empty.db", f->folder);
	assert_ok(store_make(url, &empty, NULL));
	assert_err(E_VERSION,
	    summary_step(&f->summary, empty, MIDNIGHT_S, NULL));
	assert_ok(store_migrate(empty, 0, &schema, NULL));
	store_close(f->store);
	f->store = empty;
	assert_said(f, MIDNIGHT_S + 1,
	    "level=info role=deliver what=\"daily summary of deliveries\" "
	    "day=\"2026-03-02\" done=\"\" attempts=0 waiting=0 "
	    "oldest_queued_at=\"\"\n");
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_line_behind_each_midnight),
		TEST(test_a_day_without_any),
		TEST(test_a_clock_that_goes_back_says_nothing),
		TEST(test_a_failure_leaves_it_to_the_next_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
