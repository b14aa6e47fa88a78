/* How long a transaction is, in a real SQLite store, by a clock that goes on
 * each time that it is read. */
#include "support/test.h"

#include "intake/taking_batch.h"
#include "store/store_inbox.h"

#define NOW_S 1795300000
#define NREPORTS 8

#define BODY(id)                                                        \
	"{\"organization-name\":\"R\","                                 \
	"\"date-range\":{\"start-datetime\":\"2026-03-01T00:00:00Z\","  \
	"\"end-datetime\":\"2026-03-01T23:59:59Z\"},"                   \
	"\"contact-info\":\"tls@reporter.example\",\"report-id\":\"" id \
	"\",\"policies\":[{\"policy\":{\"policy-type\":"                \
	"\"no-policy-found\",\"policy-domain\":\"owned.example\"}}]}\r\n"

struct fixture {
	char folder[256];
	struct clock clock;
	int64_t now_ns, step_ns; /* what the clock says next; and goes on by */
	struct config *config;
	struct store *store;
	struct intake intake;
	struct taking v[NREPORTS];
	/* What was told of transactions. */
	size_t starts[NREPORTS], ntransactions, nstored;
	enum err fails; /* in the first transaction of more than one */
};

static int64_t
going_ns(const struct clock *c)
{
	struct fixture *f = c->arg;

	return f->now_ns += f->step_ns;
}

static int
start(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;
	struct buf errors = BUF_INIT(4096), url = BUF_INIT(4096);
	struct store_schema schema;
	struct why why = { { 0 } };

	*f = (struct fixture){ .now_ns = NOW_S * NS_PER_S };
	f->clock = (struct clock){ .wall_ns = going_ns,
		.mono_ns = going_ns,
		.arg = f };
	support_mkdtemp(f->folder);
	buf_addf(&url, "sqlite:%s/db", f->folder);
	assert_ok(config_parse(SPAN_LIT("[daemon]\nroles = collect\n"), "test",
	    f->folder, &f->config, &errors));
	buf_free(&errors);
	assert_ok_why(store_make(buf_str(&url), &f->store, &why), &why);
	buf_free(&url);
	assert_ok_why(store_migrate(f->store, NOW_S, &schema, &why), &why);
	f->intake = intake_of(f->config, &f->clock, NULL, NULL);
	*state = f;
	return 0;
}

static int
stop(void **state)
{
	struct fixture *f = *state;

	store_close(f->store);
	config_free(f->config);
	support_rmdir(f->folder);
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
				      .store = f->store,
				      .v = f->v,
				      .n = n,
				      .storing = storing,
				      .stored = stored,
				      .arg = f },
	    &why);
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
assert_inbox(struct fixture *f, enum inbox_state state, size_t want)
{
	struct inbox_filter filter = INBOX_ALL;
	size_t n = 0;

	filter.state = (int)state;
	assert_ok(store_inbox_list(f->store, &filter, count, &n, NULL));
	assert_int_equal(want, n);
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
	assert_inbox(f, INBOX_FOREIGN, NBODIES);
}

/* The clock is read before the first and behind each: the second ends its
 * transaction. */
static void
test_time_ends_a_transaction(void **state)
{
	struct fixture *f = *state;

	f->step_ns = TAKING_BATCH_NS / 2;
	assert_ok(store_all(f, bodies, NBODIES));
	assert_int_equal(3, f->ntransactions);
	for (size_t i = 0; i < f->ntransactions; i++)
		assert_int_equal(2 * i, f->starts[i]);
	assert_int_equal(NBODIES, f->nstored);
	assert_inbox(f, INBOX_FOREIGN, NBODIES);
}

static void
test_one_is_stored_whatever_it_takes(void **state)
{
	struct fixture *f = *state;

	f->step_ns = 10 * TAKING_BATCH_NS;
	assert_ok(store_all(f, bodies, NBODIES));
	assert_int_equal(NBODIES, f->ntransactions);
	assert_inbox(f, INBOX_FOREIGN, NBODIES);
}

static void
test_one_that_is_not_taken_holds_up_no_other(void **state)
{
	struct fixture *f = *state;

	f->fails = E_CONFLICT;
	assert_ok(store_all(f, bodies, NBODIES));
	assert_int_equal(NBODIES, f->ntransactions);
	assert_inbox(f, INBOX_FOREIGN, NBODIES);
	assert_inbox(f, INBOX_UNREADABLE, 0);
}

static void
test_trouble_of_the_store_ends_it(void **state)
{
	struct fixture *f = *state;

	f->fails = E_BUSY;
	assert_err(E_BUSY, store_all(f, bodies, NBODIES));
	assert_int_equal(0, f->nstored);
	assert_inbox(f, 0, 0);
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
