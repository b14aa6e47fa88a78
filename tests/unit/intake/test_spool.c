/* What is put comes out, once and in order, and goes when it is released. Also
 * run under TSan. */
#include "support/spool_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "support/disk_faults.h"

#define PUTTERS 64

static void
reopen_with(struct fixture *f, uint64_t segment_bytes, uint64_t max_bytes)
{
	f->options.segment_bytes = segment_bytes;
	f->options.max_bytes = max_bytes;
	reopen(f);
}

/* "1", "2", … */
static void
store_numbers(struct fixture *f, int from, int to)
{
	char text[16];

	for (int i = from; i <= to; i++) {
		(void)snprintf(text, sizeof(text), "%d", i);
		(void)store(f, text);
	}
}

static void
expect_numbers(struct fixture *f, int from, int to)
{
	char text[16];

	for (int i = from; i <= to; i++) {
		(void)snprintf(text, sizeof(text), "%d", i);
		expect(f, text);
	}
}

/* -- what comes out -- */

static void
count_done(void *arg, enum err e, const struct uuid *id)
{
	(void)id;
	assert_ok(e);
	++*(int *)arg;
}

static void
test_what_was_put_comes_out_as_it_was(void **state)
{
	struct receipt_facts facts = {
		.way = RECEIPT_HTTPS,
		.received_ns = RECEIVED_NS + 123456789,
		.peer = SPAN_LIT("192.0.2.1:443"),
		.route = SPAN_LIT("a\0b"),
		.type = SPAN_LIT("application/tlsrpt+gzip"),
	};
	struct fixture *f = *state;
	struct receipt_sink sink = spool_sink(f->spool);
	int told = 0;
	struct receipt r;

	assert_ok(sink.put(sink.arg, &facts, SPAN_LIT("\x1f\x8b\0\n"),
	    count_done, &told, NULL));
	reopen(f);
	assert_int_equal(1, told);
	r = take(f);
	assert_int_equal(RECEIPT_HTTPS, r.facts.way);
	assert_false(r.facts.is_mail);
	assert_int_equal(RECEIVED_NS + 123456789, r.facts.received_ns);
	assert_span("192.0.2.1:443", r.facts.peer);
	assert_true(span_eq(r.facts.route, SPAN_LIT("a\0b")));
	assert_null(r.facts.sender.p);
	assert_span("application/tlsrpt+gzip", r.facts.type);
	assert_true(span_eq(r.body, SPAN_LIT("\x1f\x8b\0\n")));
	assert_int_equal(0, r.damaged);
	expect_nothing(f);
}

static void
test_the_id_is_the_one_that_was_told(void **state)
{
	struct fixture *f = *state;
	struct uuid first = store(f, "a"), second = store(f, "a");
	struct receipt r = take(f);

	assert_true(uuid_eq(&first, &r.id));
	r = take(f);
	assert_true(uuid_eq(&second, &r.id));
	assert_false(uuid_eq(&first, &second));
	/* UUIDv7: milliseconds of its time first. 1772452800000 is
	 * 0x019cae6b6600. */
	assert_memory_equal("\x01\x9c\xae\x6b\x66\x00", r.id.b, 6);
}

static void
test_nothing_at_first(void **state)
{
	struct fixture *f = *state;

	assert_true(f->recovery.made);
	assert_int_equal(0, f->recovery.segments);
	expect_nothing(f);
	release(f);
	reopen(f);
	assert_false(f->recovery.made);
	expect_nothing(f);
}

static void
test_an_empty_body(void **state)
{
	struct fixture *f = *state;

	(void)store(f, "");
	expect(f, "");
	expect_nothing(f);
}

static void
test_the_largest_body(void **state)
{
	struct fixture *f = *state;
	char *bytes = calloc(1, SPOOL_BODY_MAX + 1);
	struct answer a = ANSWER_NONE;
	struct receipt r;

	assert_non_null(bytes);
	memset(bytes, 'x', SPOOL_BODY_MAX);
	assert_err(E_RANGE,
	    put_body(f, (struct span){ bytes, SPOOL_BODY_MAX + 1 }, &a, NULL));
	assert_ok(
	    put_body(f, (struct span){ bytes, SPOOL_BODY_MAX }, &a, NULL));
	assert_ok(answer_of(&a));
	r = take(f);
	assert_int_equal(SPOOL_BODY_MAX, r.body.len);
	assert_memory_equal(bytes, r.body.p, SPOOL_BODY_MAX);
	free(bytes);
}

static void
test_too_small_an_arena_skips_nothing(void **state)
{
	struct arena small = ARENA_INIT(10);
	struct fixture *f = *state;
	struct receipt r;

	(void)store(f, "a");
	assert_err(E_NOMEM, spool_next(f->spool, f->at, &small, &r, NULL));
	arena_free(&small);
	expect(f, "a");
}

static void
test_the_worker_goes_on_where_it_was(void **state)
{
	struct fixture *f = *state;

	store_numbers(f, 1, 5);
	expect_numbers(f, 1, 2);
	reopen(f);
	assert_int_equal(1, f->recovery.segments);
	assert_int_equal(5 * RECORD_BYTES(1), f->recovery.bytes);
	store_numbers(f, 6, 7);
	expect_numbers(f, 3, 7);
	f->at = (struct spool_place){ 0, 0 };
	expect_numbers(f, 1, 7);
	expect_nothing(f);
}

/* -- syncs -- */

static void
test_only_what_is_on_disk_comes_out(void **state)
{
	struct fixture *f = *state;
	struct answer a = ANSWER_NONE, b = ANSWER_NONE;
	struct waker waker;

	assert_ok(waker_open(&waker, NULL));
	f->options.waker = &waker;
	reopen(f);
	disk_works();
	disk_holds_syncs();
	assert_ok(put(f, "1", &a));
	disk_await_syncs(1);
	assert_ok(put(f, "2", &b));
	expect_nothing(f);
	assert_int_equal(0, a.n);
	waker_prepare(&waker);
	disk_lets_one();
	waker_sleep(&waker, 30 * NS_PER_S);
	expect(f, "1");
	assert_ok(answer_of(&a));
	/* The second begins, and is still held. */
	disk_await_syncs(2);
	expect_nothing(f);
	assert_int_equal(0, b.n);
	disk_lets_all();
	assert_ok(answer_of(&b));
	expect(f, "2");
	close_spool(f);
	waker_close(&waker);
}

struct putter {
	struct fixture *fixture;
	struct answer answer;
	pthread_t thread;
	int number;
};

static void *
put_number(void *arg)
{
	struct putter *p = arg;
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", p->number);
	assert_ok(put(p->fixture, text, &p->answer));
	return NULL;
}

static void
expect_each_once(struct fixture *f, const struct putter putters[PUTTERS])
{
	bool seen[PUTTERS] = { false };

	for (int i = 0; i < PUTTERS; i++) {
		struct receipt r = take(f);
		int64_t n;

		assert_ok(num_parse(r.body, 0, PUTTERS - 1, &n));
		assert_false(seen[n]);
		assert_true(uuid_eq(&putters[n].answer.id, &r.id));
		seen[n] = true;
	}
	expect_nothing(f);
}

/* While the first sync is under way all others are put, and none waits for it;
 * the second sync has them all. */
static void
test_many_share_a_sync(void **state)
{
	static struct putter putters[PUTTERS];
	struct fixture *f = *state;
	struct answer first = ANSWER_NONE;

	disk_works();
	disk_holds_syncs();
	assert_ok(put(f, "first", &first));
	disk_await_syncs(1);
	for (int i = 0; i < PUTTERS; i++) {
		putters[i] = (struct putter){ f, ANSWER_NONE, .number = i };
		assert_int_equal(0,
		    pthread_create(&putters[i].thread, NULL, put_number,
			&putters[i]));
	}
	for (int i = 0; i < PUTTERS; i++)
		assert_int_equal(0, pthread_join(putters[i].thread, NULL));
	disk_lets_all();
	assert_ok(answer_of(&first));
	for (int i = 0; i < PUTTERS; i++)
		assert_ok(answer_of(&putters[i].answer));
	assert_int_equal(2, disk_syncs());
	assert_int_equal(2, spool_counts(f->spool).syncs);
	assert_int_equal(1 + PUTTERS, spool_counts(f->spool).stored);
	expect(f, "first");
	expect_each_once(f, putters);
}

static void
test_closing_syncs_and_tells(void **state)
{
	struct fixture *f = *state;
	struct answer answers[3];

	disk_works();
	disk_holds_syncs();
	for (int i = 0; i < 3; i++) {
		answers[i] = ANSWER_NONE;
		assert_ok(put(f, "a", &answers[i]));
	}
	disk_await_syncs(1);
	disk_lets_all();
	close_spool(f);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(1, answers[i].n);
		assert_ok(answers[i].e);
	}
	open_spool(f);
}

/* -- segments -- */

static void
test_segments_roll_over_and_go_when_released(void **state)
{
	struct fixture *f = *state;

	/* The second record is the last of its segment. */
	reopen_with(f, 2 * RECORD_BYTES(1), 1 << 30);
	store_numbers(f, 1, 7);
	assert_int_equal(4, count_files(f, "*.spool"));
	expect_numbers(f, 1, 2);
	release(f);
	assert_int_equal(4 * RECORD_BYTES(1) + RECORD_BYTES(1),
	    spool_counts(f->spool).waiting);
	expect_numbers(f, 3, 5);
	release(f);
	assert_int_equal(2, count_files(f, "*.spool"));
	assert_int_equal(-1, segment_bytes(f, 2));
	assert_int_equal(2 * RECORD_BYTES(1), segment_bytes(f, 3));
	expect_numbers(f, 6, 7);
	expect_nothing(f);
	release(f);
	assert_int_equal(1, count_files(f, "*.spool"));
	assert_int_equal(0, spool_counts(f->spool).waiting);
	store_numbers(f, 8, 9);
	expect_numbers(f, 8, 9);
}

static void
test_what_is_released_comes_again_from_the_place_only(void **state)
{
	struct fixture *f = *state;

	store_numbers(f, 1, 3);
	expect_numbers(f, 1, 2);
	release(f);
	reopen(f);
	expect_numbers(f, 3, 3);
	expect_nothing(f);
}

/* The worker's place must never be before what another record gets. */
static void
test_numbers_are_not_given_again(void **state)
{
	struct fixture *f = *state;

	for (int i = 1; i <= 4; i++) {
		reopen_with(f, 1, 1 << 30); /* a segment for each */
		store_numbers(f, i, i);
		expect_numbers(f, i, i);
		release(f);
		assert_int_equal(i, f->at.segment);
		assert_int_equal(0, segment_bytes(f, (uint64_t)i));
		assert_int_equal(1, count_files(f, "*.spool"));
	}
}

/* -- ceilings -- */

static void
test_bytes_that_wait_have_a_ceiling(void **state)
{
	struct fixture *f = *state;
	struct answer a = ANSWER_NONE;
	struct why why = { { 0 } };

	reopen_with(f, SPOOL_SEGMENT_BYTES, 3 * RECORD_BYTES(1));
	store_numbers(f, 1, 3);
	assert_err(E_FULL, put_body(f, SPAN_LIT("4"), &a, &why));
	assert_string_equal("spool: 189 bytes wait, of at most 189", why.text);
	expect_numbers(f, 1, 1);
	assert_err(E_FULL, put(f, "4", &a));
	release(f);
	store_numbers(f, 4, 4);
	assert_err(E_FULL, put(f, "5", &a));
	/* What is there at start counts until it is released. */
	reopen(f);
	assert_err(E_FULL, put(f, "5", &a));
	expect_numbers(f, 2, 4);
	release(f);
	store_numbers(f, 5, 7);
	assert_err(E_FULL, put(f, "8", &a));
	expect_numbers(f, 5, 7);
	assert_int_equal(0, a.n);
}

static void
test_records_that_wait_for_a_sync_have_a_ceiling(void **state)
{
	struct fixture *f = *state;
	struct answer *answers = calloc(SPOOL_PENDING_MAX + 2,
	    sizeof(*answers));
	struct why why = { { 0 } };

	assert_non_null(answers);
	for (int i = 0; i < SPOOL_PENDING_MAX + 2; i++)
		answers[i] = ANSWER_NONE;
	disk_works();
	disk_holds_syncs();
	assert_ok(put(f, "", &answers[0]));
	disk_await_syncs(1);
	for (int i = 1; i <= SPOOL_PENDING_MAX; i++)
		assert_ok(put(f, "", &answers[i]));
	assert_err(E_FULL,
	    put_body(f, SPAN_LIT(""), &answers[SPOOL_PENDING_MAX + 1], &why));
	assert_non_null(strstr(why.text, "wait for the disk already"));
	disk_lets_all();
	for (int i = 0; i <= SPOOL_PENDING_MAX; i++)
		assert_ok(answer_of(&answers[i]));
	assert_ok(put(f, "", &answers[SPOOL_PENDING_MAX + 1]));
	assert_ok(answer_of(&answers[SPOOL_PENDING_MAX + 1]));
	free(answers);
}

/* -- whose it is -- */

static void
write_id(const struct fixture *f, const char *text)
{
	char path[300];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/id", f->folder);
	assert_non_null(file = fopen(path, "w"));
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(0, fclose(file));
}

static enum err
try_to_open(struct fixture *f, struct why *why)
{
	struct spool_recovery recovery;
	struct spool *spool = NULL;
	enum err e = spool_open(&f->options, &spool, &recovery, why);

	assert_null(spool);
	return e;
}

static void
test_a_folder_is_for_one_process(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };

	assert_err(E_BUSY, try_to_open(f, &why));
	assert_non_null(strstr(why.text, "another process holds it"));
	store_numbers(f, 1, 1);
	expect_numbers(f, 1, 1);
}

static void
test_the_id_lasts(void **state)
{
	struct fixture *f = *state;
	struct uuid id = *spool_id(f->spool);

	reopen(f);
	assert_true(uuid_eq(&id, spool_id(f->spool)));
}

static void
test_another_format_is_refused(void **state)
{
	struct fixture *f = *state;

	close_spool(f);
	write_id(f, "tlsrptd-spool 2 0123\n");
	assert_err(E_VERSION, try_to_open(f, NULL));
	write_id(f, "tlsrptd-spool 1 0123\n");
	assert_err(E_DAMAGED, try_to_open(f, NULL));
	write_id(f, "");
	assert_err(E_VERSION, try_to_open(f, NULL));
}

/* Under another id no record of theirs would be found. */
static void
test_segments_without_an_id_are_left(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	char path[300];

	store_numbers(f, 1, 1);
	close_spool(f);
	(void)snprintf(path, sizeof(path), "%s/id", f->folder);
	assert_int_equal(0, unlink(path));
	assert_err(E_DAMAGED, try_to_open(f, &why));
	assert_non_null(strstr(why.text, "no file \"id\""));
	assert_int_equal(RECORD_BYTES(1), segment_bytes(f, 1));
}

static int
start(void **state)
{
	disk_works();
	return start_spool(state);
}

#define spool_test(name) \
	cmocka_unit_test_setup_teardown(name, start, stop_spool)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		spool_test(test_what_was_put_comes_out_as_it_was),
		spool_test(test_the_id_is_the_one_that_was_told),
		spool_test(test_nothing_at_first),
		spool_test(test_an_empty_body),
		spool_test(test_the_largest_body),
		spool_test(test_too_small_an_arena_skips_nothing),
		spool_test(test_the_worker_goes_on_where_it_was),
		spool_test(test_only_what_is_on_disk_comes_out),
		spool_test(test_many_share_a_sync),
		spool_test(test_closing_syncs_and_tells),
		spool_test(test_segments_roll_over_and_go_when_released),
		spool_test(
		    test_what_is_released_comes_again_from_the_place_only),
		spool_test(test_numbers_are_not_given_again),
		spool_test(test_bytes_that_wait_have_a_ceiling),
		spool_test(test_records_that_wait_for_a_sync_have_a_ceiling),
		spool_test(test_a_folder_is_for_one_process),
		spool_test(test_the_id_lasts),
		spool_test(test_another_format_is_refused),
		spool_test(test_segments_without_an_id_are_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
