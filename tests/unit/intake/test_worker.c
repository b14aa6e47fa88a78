/* A run over a real spool and a real SQLite store ends, by a clock that goes on
 * each time that it is read. */
#include "support/intake_fixture.h"
#include "support/spool_fixture.h"

#include "intake/taking_batch.h"
#include "intake/worker.h"
#include "store/store_inbox_account.h"

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

static enum err
keep(void *arg, const struct receipt_facts *facts, struct span body,
    void (*done)(void *, enum err, const struct uuid *), void *done_arg,
    struct why *why)
{
	const struct uuid intake = { { 1 } };

	(void)arg;
	(void)facts;
	(void)body;
	(void)why;
	done(done_arg, E_OK, &intake);
	return E_OK;
}

static void
note_again(void *again, enum err e, const struct uuid *intake, bool is_again)
{
	(void)intake;
	assert_ok(e);
	*(bool *)again = is_again;
}

/* Whether it is answered as one that is kept already. */
static bool
is_posted_again(struct working *w)
{
	const struct receipt_sink sink = { keep, NULL };
	bool is_again = false;

	assert_ok(posted_put(w->worker.posted, &sink,
	    &(const struct receipt_facts){ .way = RECEIPT_HTTPS },
	    span_str("a report"), note_again, &is_again, NULL));
	return is_again;
}

static void
evict(struct working *w, const char *account, int64_t day)
{
	struct why why = { { 0 } };

	assert_ok_why(store_inbox_count(w->intake.store, span_str(account), day,
			  INBOX_EVENT_EVICTED, 1, 1, 100, &why),
	    &why);
}

static void
run_later(struct working *w, int64_t s)
{
	w->intake.now_ns += s * NS_PER_S;
	run(w);
}

/* On a store of several machines: it would be lost with a good answer. */
static void
test_what_another_evicted_is_new(void **state)
{
	struct working *w = *state;
	const int64_t day = day_of_s(NOW_S);

	w->worker.intake.account = span_str("mine");
	assert_ok(posted_open(1024, &w->worker.posted));
	evict(w, "another", day);
	run(w);
	assert_false(is_posted_again(w));
	assert_true(is_posted_again(w));
	evict(w, "mine", day); /* that is told by itself */
	run_later(w, 61);
	assert_true(is_posted_again(w));
	evict(w, "another", day);
	run_later(w, 61);
	assert_false(is_posted_again(w));
	run_later(w, 61);
	assert_true(is_posted_again(w));
	run_later(w, 2 * S_PER_DAY);
	assert_true(is_posted_again(w));
	evict(w, "another", day + 2);
	run_later(w, 61);
	assert_false(is_posted_again(w));
	posted_close(w->worker.posted);
	w->worker.posted = NULL;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_all_in_one_run_where_it_takes_no_time, start, stop),
		cmocka_unit_test_setup_teardown(
		    test_a_run_ends_while_more_waits, start, stop),
		cmocka_unit_test_setup_teardown(
		    test_what_another_evicted_is_new, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
