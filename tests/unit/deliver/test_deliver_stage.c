/* Delivery from a real SQLite store, while others write to it. */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "deliver/deliver_stage.h"

#define DAY 20778

struct fixture {
	char folder[256], url[300];
	struct clock clock;
	struct store *store, *other;
	struct config config; /* delivery is off */
	struct deliver_stage stage;
	const char *rebuild; /* other bytes, to be put when delivery begins */
};

static void
put(struct store *store, const char *domain, const char *id, const char *body)
{
	const struct report_row r = {
		.id = span_str(id),
		.day = DAY,
		.domain = span_str(domain),
		.rua = SPAN_LIT("mailto:a@b.example\n"),
		.file_name = span_str(id),
		.body = span_str(body),
	};
	struct why why = { { 0 } };

	assert_ok_why(store_begin(store, &why), &why);
	assert_ok_why(store_report_put(store, &r, &why), &why);
	assert_ok_why(store_commit(store, &why), &why);
}

/* Delivery looks at the clock once it has listed what waits. */
static int64_t
rebuilding_ns(const struct clock *c)
{
	struct fixture *f = c->arg;

	if (f->rebuild != NULL) {
		put(f->other, "a.example", "id-a", f->rebuild);
		f->rebuild = NULL;
	}
	return NS_PER_S;
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
	f->clock = (struct clock){ .wall_ns = rebuilding_ns, .arg = f };
	assert_ok_why(store_make(f->url, &f->store, &why), &why);
	assert_ok_why(store_migrate(f->store, 0, &schema, &why), &why);
	assert_ok_why(store_open(f->url, &f->other, &why), &why);
	f->stage = (struct deliver_stage){
		.store = f->store,
		.config = &f->config,
		.clock = &f->clock,
		.dir_fd = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	};
	assert_true(f->stage.dir_fd >= 0);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	(void)close(f->stage.dir_fd);
	store_close(f->store);
	store_close(f->other);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

static void
assert_file(const struct fixture *f, const char *name, const char *want)
{
	struct buf bytes = BUF_INIT(1024);
	struct why why = { { 0 } };
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	assert_ok_why(file_read(path, &bytes, &why), &why);
	assert_span(want, buf_span(&bytes));
	buf_free(&bytes);
}

static void
deliver(struct fixture *f)
{
	struct why why = { { 0 } };

	assert_ok_why(deliver_stage_run(&f->stage, &why), &why);
}

static enum err
note_row(void *arg, const struct report_row *r)
{
	*(struct report_row *)arg = *r;
	return E_OK;
}

static struct report_row
row(struct fixture *f, const char *id)
{
	struct report_row r = { .day = 0 };
	struct why why = { { 0 } };

	assert_ok_why(store_report_get(f->store, span_str(id), note_row, &r,
			  &why),
	    &why);
	return r;
}

static void
test_bytes_are_those_that_were_frozen(void **state)
{
	struct fixture *f = *state;

	put(f->store, "a.example", "id-a", "before");
	put(f->store, "b.example", "id-b", "other");
	f->rebuild = "after";
	deliver(f);
	assert_file(f, "id-a", "after");
	assert_file(f, "id-b", "other");
	assert_int_equal(1, row(f, "id-a").delivered_s);
}

static void
test_frozen_but_not_delivered_is_delivered(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };

	put(f->store, "a.example", "id-a", "first");
	/* Killed between the two. */
	assert_ok(store_report_freeze(f->store, SPAN_LIT("id-a"), 1, &why));
	put(f->store, "a.example", "id-a", "second");
	deliver(f);
	assert_file(f, "id-a", "first");
	assert_int_equal(1, row(f, "id-a").delivered_s);
}

static void
test_a_failure_is_said_and_holds_up_no_other(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };

	put(f->store, "a.example", "../id-a", "first");
	put(f->store, "b.example", "id-b", "second");
	assert_err(E_SYNTAX, deliver_stage_run(&f->stage, &why));
	assert_string_equal("not a file name: ../id-a", why.text);
	assert_file(f, "id-b", "second");
	assert_int_equal(0, row(f, "../id-a").delivered_s);
}

/* More than are listed at a time. */
static void
test_all_are_delivered(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < 100; i++) {
		char id[16];

		(void)snprintf(id, sizeof(id), "id-%u", i);
		put(f->store, id, id, id);
	}
	deliver(f);
	assert_file(f, "id-0", "id-0");
	assert_file(f, "id-99", "id-99");
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_bytes_are_those_that_were_frozen),
		TEST(test_frozen_but_not_delivered_is_delivered),
		TEST(test_a_failure_is_said_and_holds_up_no_other),
		TEST(test_all_are_delivered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
