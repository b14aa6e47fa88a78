/* How long a transaction is, in a real SQLite store, by a clock that goes on
 * each time that it is read. */
#include "support/intake_fixture.h"

#include "intake/taking_batch.h"

#define NREPORTS 8

#define BODY(id)                                                        \
	"{\"organization-name\":\"R\","                                 \
	"\"date-range\":{\"start-datetime\":\"2026-03-01T00:00:00Z\","  \
	"\"end-datetime\":\"2026-03-01T23:59:59Z\"},"                   \
	"\"contact-info\":\"tls@reporter.example\",\"report-id\":\"" id \
	"\",\"policies\":[{\"policy\":{\"policy-type\":"                \
	"\"no-policy-found\",\"policy-domain\":\"owned.example\"}}]}\r\n"

struct fixture {
	struct intake_fixture at;
	struct intake intake;
	struct taking v[NREPORTS];
	/* What was told of transactions. */
	size_t starts[NREPORTS], ntransactions, nstored;
	enum err fails; /* in the first transaction of more than one */
};

static int
start(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;

	*f = (struct fixture){ .fails = E_OK };
	intake_fixture_open(&f->at);
	f->intake = intake_of(f->at.config, &f->at.clock, NULL, NULL);
	*state = f;
	return 0;
}

static int
stop(void **state)
{
	struct fixture *f = *state;

	intake_fixture_close(&f->at);
	return 0;
}

/* -- transactions -- */

static enum err
storing(void *arg, size_t from, size_t to, struct why *why)
{
	struct fixture *f = arg;

	assert_int_equal(f->nstored, from);
	if (to - from > 1 && f->fails != E_OK)
		return why_set(why, f->fails, "it fails");
	return E_OK;
}

static void
stored(void *arg, size_t from, size_t to)
{
	struct fixture *f = arg;

	assert_int_equal(f->nstored, from);
	f->starts[f->ntransactions++] = from;
	f->nstored = to;
}

static enum err
store_all(struct fixture *f, const char *const *bodies, size_t n)
{
	struct why why = { { 0 } };

	for (size_t i = 0; i < n; i++)
		f->v[i] = (struct taking){
			.id = uuid_new((NOW_S + (int64_t)i) * NS_PER_S),
			.facts = { .way = RECEIPT_HTTPS,
			    .received_ns = NOW_S * NS_PER_S },
			.body = span_str(bodies[i]),
		};
	return taking_batch_store(&(const struct taking_batch){ .intake =
								    &f->intake,
				      .store = f->at.store,
				      .v = f->v,
				      .n = n,
				      .storing = storing,
				      .stored = stored,
				      .arg = f },
	    &why);
}

static const char *const bodies[] = { BODY("1"), BODY("2"), BODY("3"),
	BODY("4"), BODY("5") };

#define NBODIES (sizeof(bodies) / sizeof(bodies[0]))

/* -- what is tested -- */

static void
test_those_that_take_no_time_are_in_one(void **state)
{
	struct fixture *f = *state;

	assert_ok(store_all(f, bodies, NBODIES));
	assert_int_equal(1, f->ntransactions);
	assert_inbox(&f->at, INBOX_FOREIGN, NBODIES);
}

/* The clock is read before the first and behind each: the second ends its
 * transaction. */
static void
test_time_ends_a_transaction(void **state)
{
	struct fixture *f = *state;

	f->at.step_ns = TAKING_BATCH_NS / 2;
	assert_ok(store_all(f, bodies, NBODIES));
	assert_int_equal(3, f->ntransactions);
	for (size_t i = 0; i < f->ntransactions; i++)
		assert_int_equal(2 * i, f->starts[i]);
	assert_int_equal(NBODIES, f->nstored);
	assert_inbox(&f->at, INBOX_FOREIGN, NBODIES);
}

static void
test_one_is_stored_whatever_it_takes(void **state)
{
	struct fixture *f = *state;

	f->at.step_ns = 10 * TAKING_BATCH_NS;
	assert_ok(store_all(f, bodies, NBODIES));
	assert_int_equal(NBODIES, f->ntransactions);
	assert_inbox(&f->at, INBOX_FOREIGN, NBODIES);
}

static void
test_one_that_is_not_taken_holds_up_no_other(void **state)
{
	struct fixture *f = *state;

	f->fails = E_CONFLICT;
	assert_ok(store_all(f, bodies, NBODIES));
	assert_int_equal(NBODIES, f->ntransactions);
	assert_inbox(&f->at, INBOX_FOREIGN, NBODIES);
	assert_inbox(&f->at, INBOX_UNREADABLE, 0);
}

static void
test_trouble_of_the_store_ends_it(void **state)
{
	struct fixture *f = *state;

	f->fails = E_BUSY;
	assert_err(E_BUSY, store_all(f, bodies, NBODIES));
	assert_int_equal(0, f->nstored);
	assert_inbox(&f->at, 0, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_those_that_take_no_time_are_in_one, start, stop),
		cmocka_unit_test_setup_teardown(test_time_ends_a_transaction,
		    start, stop),
		cmocka_unit_test_setup_teardown(
		    test_one_is_stored_whatever_it_takes, start, stop),
		cmocka_unit_test_setup_teardown(
		    test_one_that_is_not_taken_holds_up_no_other, start, stop),
		cmocka_unit_test_setup_teardown(
		    test_trouble_of_the_store_ends_it, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
