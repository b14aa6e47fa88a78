/* Attempts at deliveries of a real SQLite store, by a sendmail program of the
 * test's, with a clock that jumps. */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "deliver/send_stage.h"
#include "store/store_mail.h"

#define NOW_S 1795300000
#define STEP_NS (50 * NS_PER_MS)
#define STEPS_MAX 600

struct fixture {
	char folder[256], url[300];
	struct clock clock;
	int64_t machine_ns; /* what the machine takes for the time */
	struct store *store;
	struct config *config;
	struct send_stage *stage;
	int wake_fd;
};

/* The wall is the test's, and the machine's is for differences. */
static int64_t
wall_ns(const struct clock *c)
{
	const struct fixture *f = c->arg;

	return f->machine_ns + c->offset_ns;
}

/* It says that it has begun, and ends when "go" is there. */
static void
make_program(struct fixture *f)
{
	struct buf path = BUF_INIT(512);
	FILE *file;

	buf_addf(&path, "%s/sendmail", f->folder);
	file = fopen(buf_str(&path), "w");
	assert_non_null(file);
	(void)fprintf(file,
	    "#!/bin/sh\n: >%s/began\n"
	    "until [ -e %s/go ]; do sleep 0.05; done\n",
	    f->folder, f->folder);
	assert_int_equal(0, fclose(file));
	assert_int_equal(0, chmod(buf_str(&path), 0700));
	buf_free(&path);
}

static void
make_config(struct fixture *f)
{
	struct buf text = BUF_INIT(1024), errors = BUF_INIT(4096);

	buf_addf(&text,
	    "[report]\norganization = Example\ncontact = a@b.example\n"
	    "[dns]\nresolver = none\n[deliver]\nmode = on\nsendmail = %s/sendmail\n",
	    f->folder);
	assert_ok(config_parse(buf_span(&text), "test", f->folder, &f->config,
	    &errors));
	buf_free(&text);
	buf_free(&errors);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct store_schema schema;
	struct why why = { { 0 } };

	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "test");
	support_mkdtemp(f->folder);
	(void)snprintf(f->url, sizeof(f->url), "sqlite:%s/store.db", f->folder);
	f->clock = clock_machine(0);
	f->clock.wall_ns = wall_ns;
	f->clock.arg = f;
	f->machine_ns = time(NULL) * NS_PER_S;
	f->clock.offset_ns = NOW_S * NS_PER_S - f->machine_ns;
	assert_ok_why(store_make(f->url, &f->store, &why), &why);
	assert_ok_why(store_migrate(f->store, 0, &schema, &why), &why);
	make_program(f);
	make_config(f);
	f->wake_fd = eventfd(0, EFD_CLOEXEC);
	assert_ok_why(send_stage_new(f->config, &f->clock, f->wake_fd,
			  &f->stage, &why),
	    &why);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	send_stage_free(f->stage, f->store);
	(void)close(f->wake_fd);
	config_free(f->config);
	store_close(f->store);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

/* A mail that is signed and due. */
static void
add(struct fixture *f)
{
	const struct delivery d = {
		.id = SPAN_LIT("d-1"),
		.report = SPAN_LIT("r-1"),
		.uri = SPAN_LIT("mailto:tls@a.example"),
		.target = SPAN_LIT(""),
		.host = SPAN_LIT("a.example"),
		.state = DELIVERY_QUEUED,
		.reason = SPAN_LIT(""),
		.queued_s = NOW_S,
		.due_s = NOW_S,
		.to_sign = true,
	};
	const struct signed_mail mail = { SPAN_LIT("From: a\r\n\r\n"),
		SPAN_LIT(""), NOW_S };
	struct why why = { { 0 } };

	assert_ok_why(store_begin(f->store, &why), &why);
	assert_ok_why(store_delivery_add(f->store, &d, &why), &why);
	assert_ok_why(store_mail_put(f->store, d.id, &mail, &why), &why);
	assert_ok_why(store_commit(f->store, &why), &why);
}

static enum err
note(void *arg, const struct delivery *d)
{
	struct delivery *ret = arg;

	*ret = *d; /* but for the texts */
	return E_OK;
}

static struct delivery
get(struct fixture *f)
{
	struct delivery d = { .attempts = 0 };
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_get(f->store, SPAN_LIT("d-1"), note, &d,
			  &why),
	    &why);
	return d;
}

static void
step(struct fixture *f)
{
	struct why why = { { 0 } };

	assert_ok_why(send_stage_run(f->stage, f->store, STEP_NS, &why), &why);
}

static bool
has_begun(struct fixture *f)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/began", f->folder);
	return access(path, F_OK) == 0;
}

static void
let_it_end(struct fixture *f)
{
	char path[300];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/go", f->folder);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
	for (int i = 0; i < STEPS_MAX && get(f).done_s == 0; i++)
		step(f);
}

static void
begin(struct fixture *f)
{
	add(f);
	for (int i = 0; i < STEPS_MAX && !has_begun(f); i++)
		step(f);
	assert_true(has_begun(f));
}

/* All claims have run out by a clock that jumps: its own goes on. */
static void
test_a_clock_that_jumps_begins_no_second_attempt(void **state)
{
	struct fixture *f = *state;

	begin(f);
	f->clock.offset_ns += S_PER_DAY * NS_PER_S;
	for (int i = 0; i < 5; i++)
		step(f);
	assert_int_equal(1, get(f).attempts);
	let_it_end(f);
	assert_int_equal(1, get(f).attempts);
	assert_int_equal(DELIVERY_HANDED_OVER, get(f).state);
}

static void
test_a_clock_that_goes_back_leaves_it_alone(void **state)
{
	struct fixture *f = *state;

	begin(f);
	f->clock.offset_ns -= 3600 * NS_PER_S;
	let_it_end(f);
	assert_int_equal(1, get(f).attempts);
	assert_int_equal(DELIVERY_HANDED_OVER, get(f).state);
	assert_int_equal(NOW_S - 3600, get(f).done_s);
}

/* Another worker's attempt might be taken from it, or ours from us. */
static void
test_a_clock_that_is_not_the_stores_begins_none(void **state)
{
	static const int64_t off_s[] = { 3600, 130, -130, -3600 };
	struct fixture *f = *state;

	add(f);
	for (size_t i = 0; i < sizeof(off_s) / sizeof(off_s[0]); i++) {
		f->machine_ns += off_s[i] * NS_PER_S;
		/* It would be due, or have run out, by that clock. */
		for (int j = 0; j < 3; j++)
			step(f);
		assert_int_equal(0, get(f).attempts);
		f->machine_ns -= off_s[i] * NS_PER_S;
	}
	f->machine_ns += 60 * NS_PER_S;
	for (int i = 0; i < STEPS_MAX && !has_begun(f); i++)
		step(f);
	assert_int_equal(1, get(f).attempts);
	let_it_end(f);
	assert_int_equal(DELIVERY_HANDED_OVER, get(f).state);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_clock_that_jumps_begins_no_second_attempt),
		TEST(test_a_clock_that_goes_back_leaves_it_alone),
		TEST(test_a_clock_that_is_not_the_stores_begins_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
