/* The flush thread on a real SQLite store. Also run under TSan. */
#include "support/test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate/flusher.h"
#include "base/log.h"

#define DAY 20778
#define PATIENCE_NS (30 * NS_PER_S)

struct fixture {
	char folder[256], url[300];
	struct clock clock;
	struct ceiling *ceiling;
	struct tally_table *table;
	struct store *store;
	struct flusher_options options;
	struct flusher *flusher;
	struct waker waker;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct tally_limits limits = tally_limits_default();
	struct store_schema schema;
	struct position got;
	struct why why = { { 0 } };

	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "test");
	support_mkdtemp(f->folder);
	(void)snprintf(f->url, sizeof(f->url), "sqlite:%s/store.db", f->folder);
	f->clock = clock_machine(0);
	assert_ok(waker_open(&f->waker, &why));
	assert_ok(ceiling_new(1000, &f->ceiling));
	assert_ok(tally_table_new(1 << 20, &limits, f->ceiling, &f->table));
	assert_ok_why(store_make(f->url, &f->store, &why), &why);
	assert_ok_why(store_migrate(f->store, 0, &schema, &why), &why);
	f->options = (struct flusher_options){
		.store = f->store,
		.clock = &f->clock,
		.collector = uuid_new(0),
		.host = "test",
		.start = { uuid_new(0), 1, 256 },
		.waker = &f->waker,
	};
	assert_ok_why(store_collector_register(f->store, &f->options.collector,
			  SPAN_LIT("test"), &f->options.start, 0, &got, &why),
	    &why);
	assert_ok_why(flusher_start(&f->options, &f->flusher, &why), &why);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	struct tally_table *left = flusher_stop(f->flusher);

	if (left != NULL && left != f->table)
		tally_table_free(left);
	tally_table_free(f->table);
	ceiling_free(f->ceiling);
	store_close(f->store);
	waker_close(&f->waker);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

static void
count_one(struct fixture *f)
{
	struct session_policy policy = {
		.policy = { .type = POLICY_NO_POLICY_FOUND },
	};
	struct session session = {
		.domain = SPAN_LIT("a.example"),
		.record = SPAN_LIT("v=TLSRPTv1;rua=mailto:a@b.example"),
		.policies = &policy,
		.npolicies = 1,
	};

	assert_ok(tally_table_add(f->table, DAY, &session, NULL));
}

static struct position
at(struct fixture *f, int64_t offset)
{
	return (struct position){ f->options.start.journal, 1, offset };
}

static void
offer(struct fixture *f, int64_t offset)
{
	struct position to = at(f, offset);

	assert_true(flusher_offer(f->flusher, f->table, &to, NS_PER_S));
}

/* Until the table comes back, or the flusher has failed. */
static struct tally_table *
wait_for_table(struct fixture *f)
{
	int64_t until = clock_mono_ns(&f->clock) + PATIENCE_NS;
	struct tally_table *t;

	for (;;) {
		waker_prepare(&f->waker);
		t = flusher_reclaim(f->flusher);
		if (t != NULL || flusher_failure(f->flusher, NULL) != E_OK)
			return t;
		assert_true(clock_mono_ns(&f->clock) < until);
		waker_sleep(&f->waker, NS_PER_S);
	}
}

static enum err
add_counts(void *arg, const struct day_state *d)
{
	*(uint64_t *)arg += d->succeeded + d->failed;
	return E_OK;
}

static uint64_t
counted(struct fixture *f)
{
	struct why why = { { 0 } };
	struct store *reader;
	uint64_t n = 0;

	assert_ok_why(store_open(f->url, &reader, &why), &why);
	assert_ok_why(store_day_list(reader, 0, add_counts, &n, &why), &why);
	store_close(reader);
	return n;
}

static void
test_a_table_is_committed_and_comes_back(void **state)
{
	struct fixture *f = *state;

	for (int64_t i = 1; i <= 5; i++) {
		count_one(f);
		offer(f, 256 + i);
		assert_ptr_equal(f->table, wait_for_table(f));
		tally_table_clear(f->table);
		assert_int_equal(i, counted(f));
		assert_int_equal(256 + i, flusher_committed(f->flusher).offset);
	}
}

static void
test_only_one_table_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct position to = at(f, 300);

	count_one(f);
	offer(f, 257);
	assert_false(flusher_offer(f->flusher, f->table, &to, 0));
	flusher_wait(f->flusher, PATIENCE_NS);
	/* Committed, but not yet taken back. */
	assert_false(flusher_offer(f->flusher, f->table, &to, 0));
	assert_ptr_equal(f->table, wait_for_table(f));
}

/* Another program holds the database. */
static sqlite3 *
lock_store(struct fixture *f)
{
	sqlite3 *other;

	assert_int_equal(SQLITE_OK,
	    sqlite3_open(f->url + strlen("sqlite:"), &other));
	assert_int_equal(SQLITE_OK,
	    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL));
	return other;
}

static void
test_a_locked_store_is_waited_for(void **state)
{
	struct fixture *f = *state;
	sqlite3 *other = lock_store(f);

	count_one(f);
	offer(f, 257);
	flusher_wait(f->flusher, 100 * NS_PER_MS);
	assert_null(flusher_reclaim(f->flusher));
	assert_ok(flusher_failure(f->flusher, NULL));
	assert_int_equal(0, counted(f));
	assert_int_equal(SQLITE_OK,
	    sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL));
	(void)sqlite3_close(other);
	assert_ptr_equal(f->table, wait_for_table(f));
	assert_int_equal(1, counted(f));
}

static void
test_a_flush_that_waits_is_given_up_at_the_end(void **state)
{
	struct fixture *f = *state;
	sqlite3 *other = lock_store(f);

	count_one(f);
	offer(f, 257);
	assert_ptr_equal(f->table, flusher_stop(f->flusher));
	f->flusher = NULL;
	(void)sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	(void)sqlite3_close(other);
	assert_int_equal(0, counted(f));
}

static void
test_a_store_at_another_place_is_a_failure(void **state)
{
	struct fixture *f = *state;
	struct flush theirs = {
		.collector = f->options.collector,
		.from = f->options.start,
		.to = at(f, 999),
	};
	struct why why = { { 0 } };
	struct store *other;

	/* Somebody else with the same identity. */
	assert_ok_why(store_open(f->url, &other, &why), &why);
	assert_ok_why(store_flush(other, &theirs, &why), &why);
	store_close(other);
	count_one(f);
	offer(f, 257);
	assert_null(wait_for_table(f));
	assert_err(E_CONFLICT, flusher_failure(f->flusher, &why));
	assert_int_equal(0, counted(f));
}

static void
test_a_commit_that_happened_unseen_is_not_repeated(void **state)
{
	struct fixture *f = *state;
	struct flush same = {
		.collector = f->options.collector,
		.from = f->options.start,
		.to = at(f, 257),
	};
	struct why why = { { 0 } };
	struct store *other;

	/* As if the answer to our COMMIT had been lost. */
	assert_ok_why(store_open(f->url, &other, &why), &why);
	assert_ok_why(store_flush(other, &same, &why), &why);
	store_close(other);
	count_one(f);
	offer(f, 257);
	assert_ptr_equal(f->table, wait_for_table(f));
	assert_int_equal(0, counted(f));
	assert_int_equal(257, flusher_committed(f->flusher).offset);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_table_is_committed_and_comes_back),
		TEST(test_only_one_table_at_a_time),
		TEST(test_a_locked_store_is_waited_for),
		TEST(test_a_flush_that_waits_is_given_up_at_the_end),
		TEST(test_a_store_at_another_place_is_a_failure),
		TEST(test_a_commit_that_happened_unseen_is_not_repeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
