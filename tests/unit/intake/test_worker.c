/* A run over a real spool and a real SQLite store ends, by a clock that goes on
 * each time that it is read. */
#include "support/spool_fixture.h"

#include "intake/taking_batch.h"
#include "intake/worker.h"
#include "store/store_inbox.h"

#define NOW_S 1795300000
/* More than two batches. */
#define NREPORTS (2 * TAKING_BATCH_MAX + 3)

struct working {
	struct fixture *spool;
	struct clock clock;
	int64_t now_ns, step_ns; /* what the clock says next; and goes on by */
	struct config *config;
	struct store *store;
	struct intake_worker worker;
};

static int64_t
going_ns(const struct clock *c)
{
	struct working *w = c->arg;

	return w->now_ns += w->step_ns;
}

static void
open_store(struct working *w)
{
	struct buf errors = BUF_INIT(4096), url = BUF_INIT(4096);
	const char *folder = w->spool->folder;
	struct store_schema schema;
	struct why why = { { 0 } };

	buf_addf(&url, "sqlite:%s/db", folder);
	assert_ok(config_parse(SPAN_LIT("[daemon]\nroles = collect\n"), "test",
	    folder, &w->config, &errors));
	buf_free(&errors);
	assert_ok_why(store_make(buf_str(&url), &w->store, &why), &why);
	buf_free(&url);
	assert_ok_why(store_migrate(w->store, NOW_S, &schema, &why), &why);
}

static int
start(void **state)
{
	static struct working working;
	struct working *w = &working;
	void *spool;

	assert_int_equal(0, start_spool(&spool));
	*w = (struct working){ .spool = spool, .now_ns = NOW_S * NS_PER_S };
	w->clock = (struct clock){ .wall_ns = going_ns,
		.mono_ns = going_ns,
		.arg = w };
	open_store(w);
	w->worker = (struct intake_worker){ .spool = w->spool->spool,
		.intake = intake_of(w->config, &w->clock, NULL, NULL) };
	*state = w;
	return 0;
}

static int
stop(void **state)
{
	struct working *w = *state;
	void *spool = w->spool;

	store_close(w->store);
	config_free(w->config);
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

	assert_ok_why(intake_worker_run(&w->worker, w->store, &why), &why);
}

static enum err
count(void *arg, const struct inbox_row *r)
{
	size_t *n = arg;

	(void)r;
	++*n;
	return E_OK;
}

static void
assert_inbox(struct working *w, size_t want)
{
	struct inbox_filter filter = INBOX_ALL;
	size_t n = 0;

	filter.state = INBOX_UNREADABLE;
	assert_ok(store_inbox_list(w->store, &filter, count, &n, NULL));
	assert_int_equal(want, n);
}

/* -- what is tested -- */

static void
test_all_in_one_run_where_it_takes_no_time(void **state)
{
	struct working *w = *state;

	receive(w, NREPORTS);
	run(w);
	assert_inbox(w, NREPORTS);
	assert_int_equal(0, spool_counts(w->worker.spool).waiting);
}

/* Else a role whose senders are faster than its store would not hear that it is
 * to end. */
static void
test_a_run_ends_while_more_waits(void **state)
{
	struct working *w = *state;

	receive(w, NREPORTS);
	w->step_ns = 10 * NS_PER_S;
	run(w);
	assert_inbox(w, TAKING_BATCH_MAX);
	assert_true(intake_worker_has_work(&w->worker));
	run(w);
	assert_inbox(w, 2 * TAKING_BATCH_MAX);
	run(w);
	assert_inbox(w, NREPORTS);
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
