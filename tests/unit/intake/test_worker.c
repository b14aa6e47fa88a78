/* A run over a real spool and a real SQLite store ends, by a clock that goes on
 * each time that it is read. */
#include "support/intake_fixture.h"
#include "support/spool_fixture.h"

#include "intake/taking_batch.h"
#include "intake/worker.h"

/* More than two batches. */
#define NREPORTS (2 * TAKING_BATCH_MAX + 3)

struct working {
	struct fixture *spool;
	struct intake_fixture intake;
	struct intake_worker worker;
};

static int
start(void **state)
{
	static struct working working;
	struct working *w = &working;
	void *spool;

	assert_int_equal(0, start_spool(&spool));
	w->spool = spool;
	intake_fixture_open(&w->intake);
	w->worker = (struct intake_worker){ .spool = w->spool->spool,
		.intake = intake_of(w->intake.config, &w->intake.clock, NULL,
		    NULL) };
	*state = w;
	return 0;
}

static int
stop(void **state)
{
	struct working *w = *state;
	void *spool = w->spool;

	intake_fixture_close(&w->intake);
	return stop_spool(&spool);
}

static void
receive(struct working *w, size_t n)
{
	while (n-- > 0)
		(void)store(w->spool, "neither a report nor a mail");
}

static void
run(struct working *w)
{
	struct why why = { { 0 } };

	assert_ok_why(intake_worker_run(&w->worker, w->intake.store, &why),
	    &why);
}

static void
assert_taken(struct working *w, size_t want)
{
	assert_inbox(&w->intake, INBOX_UNREADABLE, want);
}

/* -- what is tested -- */

static void
test_all_in_one_run_where_it_takes_no_time(void **state)
{
	struct working *w = *state;

	receive(w, NREPORTS);
	run(w);
	assert_taken(w, NREPORTS);
	assert_int_equal(0, spool_counts(w->worker.spool).waiting);
}

/* Else a role whose senders are faster than its store would not hear that it is
 * to end. */
static void
test_a_run_ends_while_more_waits(void **state)
{
	struct working *w = *state;

	receive(w, NREPORTS);
	w->intake.step_ns = 10 * NS_PER_S;
	run(w);
	assert_taken(w, TAKING_BATCH_MAX);
	assert_true(intake_worker_has_work(&w->worker));
	run(w);
	assert_taken(w, 2 * TAKING_BATCH_MAX);
	run(w);
	assert_taken(w, NREPORTS);
	assert_int_equal(0, spool_counts(w->worker.spool).waiting);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_all_in_one_run_where_it_takes_no_time, start, stop),
		cmocka_unit_test_setup_teardown(
		    test_a_run_ends_while_more_waits, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
