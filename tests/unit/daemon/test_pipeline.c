/* The whole of role collect in one process: socket, drain, journal, keeper,
 * pipeline, flusher, SQLite. Also run under TSan. */
#include "support/test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/keeper.h"
#include "daemon/pipeline.h"
#include "ingest/drain.h"

#define PATIENCE_NS (60 * NS_PER_S)
#define DOMAINS 50

struct fixture {
	char folder[256], url[300];
	struct clock clock;
	struct config *config;
	struct identity *identity;
	struct claim *claim;
	int fds[2]; /* the sender's, the drain's */
	struct waker waker;
	struct journal *journal;
	struct keeper *keeper;
	struct drain *drain;
	struct store *store;
	struct pipeline *pipeline;
};

static void
make_config(struct fixture *f)
{
	struct buf errors = BUF_INIT(4096);
	char text[1024];

	(void)snprintf(text, sizeof(text),
	    "[daemon]\nroles = collect\ndata_dir = %s\n"
	    "[collect]\nflush_interval = 20ms\nflush_rows = 100\n",
	    f->folder);
	if (config_parse(span_str(text), "test", NULL, &f->config, &errors) !=
	    E_OK)
		fail_msg("%s", buf_str(&errors));
	buf_free(&errors);
}

static void
start(struct fixture *f)
{
	struct journal_options journal = {
		.folder = f->folder,
		.collector = *identity_id(f->identity),
		.segment_bytes = SEGMENT_BYTES_MIN,
		.max_bytes = (uint64_t)512 * SEGMENT_BYTES_MIN,
		.keep_ns = PATIENCE_NS,
		.clock = &f->clock,
		.waker = &f->waker,
	};
	struct drain_options drain = { .fd = f->fds[1], .clock = &f->clock };
	struct pipeline_options pipeline = { .config = f->config,
		.clock = &f->clock,
		.claim = f->claim,
		.waker = &f->waker };
	struct journal_recovery recovery;
	struct why why = { { 0 } };

	assert_ok_why(journal_open(&journal, &f->journal, &recovery, &why),
	    &why);
	assert_ok_why(keeper_start(f->journal, &f->clock, 5 * NS_PER_MS,
			  &f->keeper, &why),
	    &why);
	drain.journal = pipeline.journal = f->journal;
	assert_ok_why(drain_start(&drain, &f->drain, &why), &why);
	assert_ok_why(store_make(f->url, &f->store, &why), &why);
	pipeline.store = f->store;
	assert_ok_why(pipeline_new(&pipeline, &f->pipeline, &why), &why);
}

static void
stop(struct fixture *f)
{
	drain_stop(f->drain);
	keeper_stop(f->keeper);
	pipeline_free(f->pipeline);
	store_close(f->store);
	journal_close(f->journal);
	f->drain = NULL;
	f->keeper = NULL;
	f->pipeline = NULL;
	f->store = NULL;
	f->journal = NULL;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct store_schema schema;
	struct why why = { { 0 } };
	struct store *store;

	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "test");
	support_mkdtemp(f->folder);
	(void)snprintf(f->url, sizeof(f->url), "sqlite:%s/store.db", f->folder);
	f->clock = clock_machine(0);
	assert_ok_why(identity_open(f->folder, &f->clock, &f->identity, &why),
	    &why);
	assert_ok_why(claim_new(f->identity, &f->clock, &f->claim, &why), &why);
	make_config(f);
	assert_ok(waker_open(&f->waker, &why));
	assert_int_equal(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, f->fds));
	assert_ok_why(store_make(f->url, &store, &why), &why);
	assert_ok_why(store_migrate(store, 0, &schema, &why), &why);
	store_close(store);
	start(f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	stop(f);
	(void)close(f->fds[0]);
	(void)close(f->fds[1]);
	waker_close(&f->waker);
	config_free(f->config);
	claim_free(f->claim);
	identity_free(f->identity);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

static void
send_session(struct fixture *f, unsigned n)
{
	char text[512];
	int len = snprintf(text, sizeof(text),
	    "{\"dpv\":\"1\",\"d\":\"d%u.example\",\"pr\":\"v=TLSRPTv1;rua="
	    "mailto:a@b.example\",\"policies\":[{\"policy-type\":9,\"f\":%u,"
	    "\"t\":0}]}",
	    n % DOMAINS, n % 10 == 0);

	assert_int_equal(len, send(f->fds[0], text, (size_t)len, 0));
}

struct sums {
	uint64_t succeeded, failed;
};

static enum err
add_day(void *arg, const struct day_state *d)
{
	struct sums *s = arg;

	s->succeeded += d->succeeded;
	s->failed += d->failed;
	return E_OK;
}

static struct sums
sums(struct fixture *f)
{
	struct sums s = { 0, 0 };
	struct why why = { { 0 } };
	struct store *reader;

	assert_ok_why(store_open(f->url, &reader, &why), &why);
	assert_ok_why(store_day_list(reader, 0, add_day, &s, &why), &why);
	store_close(reader);
	return s;
}

static void
run_until_counted(struct fixture *f, uint64_t n)
{
	int64_t until = clock_mono_ns(&f->clock) + PATIENCE_NS;
	struct why why = { { 0 } };
	struct sums s;

	do {
		assert_true(clock_mono_ns(&f->clock) < until);
		assert_ok_why(pipeline_run(f->pipeline, &why), &why);
		s = sums(f);
	} while (s.succeeded + s.failed < n);
	assert_int_equal(n, s.succeeded + s.failed);
	assert_int_equal(n / 10, s.failed);
}

static void
test_sessions_reach_the_store(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };

	for (unsigned i = 0; i < 20000; i++) {
		send_session(f, i);
		if (i % 500 == 0)
			assert_ok_why(pipeline_run(f->pipeline, &why), &why);
	}
	run_until_counted(f, 20000);
}

static void
test_what_was_read_but_not_committed_is_read_again(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };

	for (unsigned round = 0; round < 5; round++) {
		for (unsigned i = 0; i < 1000; i++)
			send_session(f, i);
		for (unsigned i = 0; i < round; i++)
			assert_ok_why(pipeline_run(f->pipeline, &why), &why);
		stop(f);
		start(f);
	}
	run_until_counted(f, 5000);
}

static void
test_finishing_leaves_nothing_behind(void **state)
{
	struct fixture *f = *state;
	struct sums s;

	for (unsigned i = 0; i < 1000; i++)
		send_session(f, i);
	/* What the drain has not taken yet stays in the socket's queue. */
	while (recv(f->fds[1], NULL, 0, MSG_PEEK | MSG_DONTWAIT) >= 0)
		continue;
	drain_stop(f->drain);
	f->drain = NULL;
	pipeline_finish(f->pipeline, PATIENCE_NS);
	s = sums(f);
	assert_int_equal(1000, s.succeeded + s.failed);
}

static void
test_a_locked_store_delays_but_loses_nothing(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	sqlite3 *other;

	assert_int_equal(SQLITE_OK,
	    sqlite3_open(f->url + strlen("sqlite:"), &other));
	assert_int_equal(SQLITE_OK,
	    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL));
	for (unsigned i = 0; i < 5000; i++) {
		send_session(f, i);
		if (i % 100 == 0)
			assert_ok_why(pipeline_run(f->pipeline, &why), &why);
	}
	assert_int_equal(0, sums(f).succeeded);
	assert_int_equal(SQLITE_OK,
	    sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL));
	(void)sqlite3_close(other);
	run_until_counted(f, 5000);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_sessions_reach_the_store),
		TEST(test_what_was_read_but_not_committed_is_read_again),
		TEST(test_finishing_leaves_nothing_behind),
		TEST(test_a_locked_store_delays_but_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
