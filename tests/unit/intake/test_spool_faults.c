/* A disk that has no room or does not work: what it did not take is not
 * acknowledged, and what comes later is taken. Also run under TSan. */
#include "support/spool_fixture.h"

#include <errno.h>
#include <string.h>

#include "support/disk_faults.h"

/* -- writing -- */

static void
test_what_finds_no_room_leaves_nothing(void **state)
{
	static const struct {
		int error;
		enum err want;
	} cases[] = { { ENOSPC, E_FULL }, { EDQUOT, E_FULL }, { EIO, E_IO } };
	struct fixture *f = *state;
	struct answer a = ANSWER_NONE;
	long before;

	(void)store(f, "before");
	before = segment_bytes(f, 1);
	for (size_t room = 0; room < RECORD_BYTES(4); room++) {
		struct why why = { { 0 } };

		disk_has_room(room, cases[room % 3].error);
		assert_err(cases[room % 3].want,
		    put_body(f, SPAN_LIT("lost"), &a, &why));
		assert_non_null(strstr(why.text, "spool: write: "));
		assert_int_equal(before, segment_bytes(f, 1));
	}
	disk_works();
	(void)store(f, "behind");
	expect(f, "before");
	expect(f, "behind");
	expect_nothing(f);
	assert_int_equal(0, a.n);
	assert_int_equal(0, f->damaged);
	assert_int_equal(RECORD_BYTES(6) * 2, spool_counts(f->spool).waiting);
}

static void
test_the_first_of_a_segment_finds_no_room(void **state)
{
	struct fixture *f = *state;
	struct answer a = ANSWER_NONE;

	disk_has_room(0, ENOSPC);
	assert_err(E_FULL, put(f, "lost", &a));
	assert_err(E_FULL, put(f, "lost", &a));
	expect_nothing(f);
	disk_works();
	(void)store(f, "kept");
	reopen(f);
	expect(f, "kept");
	expect_nothing(f);
	assert_int_equal(1, count_files(f, "*.spool"));
}

/* What the worker is done with is in the segment that is being written. */
static void
test_a_full_disk_gets_room_by_the_worker(void **state)
{
	struct fixture *f = *state;
	struct answer a = ANSWER_NONE;

	(void)store(f, "one");
	(void)store(f, "two");
	expect(f, "one");
	disk_has_room(0, ENOSPC);
	assert_err(E_FULL, put(f, "lost", &a));
	release(f);
	assert_int_equal(2 * RECORD_BYTES(3), segment_bytes(f, 1));
	expect(f, "two");
	release(f);
	assert_int_equal(0, segment_bytes(f, 1));
	assert_int_equal(0, spool_counts(f->spool).waiting);
	disk_works();
	/* It is not known to be used up once there is room. */
	(void)store(f, "three");
	expect(f, "three");
	release(f);
	assert_int_equal(RECORD_BYTES(5), segment_bytes(f, 2));
	assert_int_equal(1, count_files(f, "*.spool"));
	reopen(f);
	expect_nothing(f);
	(void)store(f, "four");
	expect(f, "four");
}

/* -- syncing -- */

static void
test_what_is_not_synced_is_not_acknowledged(void **state)
{
	static const int errors[] = { EIO, ENOSPC, EDQUOT };
	struct fixture *f = *state;

	for (size_t i = 0; i < 3; i++) {
		struct answer a = ANSWER_NONE;

		disk_works();
		(void)store(f, "kept");
		disk_fails_syncs(1, errors[i]);
		assert_ok(put(f, "lost", &a));
		assert_err(i == 0 ? E_IO : E_FULL, answer_of(&a));
		/* Synced once more it would seem to be there. */
		assert_int_equal(2, disk_syncs());
		assert_int_equal(RECORD_BYTES(4), segment_bytes(f, i + 1));
	}
	(void)store(f, "kept");
	assert_int_equal(RECORD_BYTES(4), segment_bytes(f, 4));
	assert_int_equal(3, spool_counts(f->spool).failed);
	assert_int_equal(4, spool_counts(f->spool).stored);
	assert_int_equal(4 * RECORD_BYTES(4), spool_counts(f->spool).waiting);
	reopen(f);
	for (size_t i = 0; i < 4; i++)
		expect(f, "kept");
	expect_nothing(f);
	assert_int_equal(0, f->damaged + f->recovery.damaged);
	assert_int_equal(0, f->recovery.torn);
}

/* They are in the same file, and perhaps in the same page. */
static void
test_nor_is_what_was_put_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct answer a = ANSWER_NONE, b = ANSWER_NONE, c = ANSWER_NONE;

	(void)store(f, "kept");
	disk_works();
	disk_holds_syncs();
	assert_ok(put(f, "lost", &a));
	disk_await_syncs(1);
	assert_ok(put(f, "lost, too", &b));
	assert_ok(put(f, "and this", &c));
	disk_fails_syncs(1, EIO);
	disk_lets_all();
	assert_err(E_IO, answer_of(&a));
	assert_err(E_IO, answer_of(&b));
	assert_err(E_IO, answer_of(&c));
	assert_int_equal(1, disk_syncs());
	expect(f, "kept");
	expect_nothing(f);
	(void)store(f, "behind");
	expect(f, "behind");
}

static void
test_what_is_in_the_next_segment_is_not_lost_with_it(void **state)
{
	struct fixture *f = *state;
	struct answer a = ANSWER_NONE, b = ANSWER_NONE;

	f->options.segment_bytes = 1;
	reopen(f);
	disk_works();
	disk_holds_syncs();
	assert_ok(put(f, "lost", &a));
	disk_await_syncs(1);
	assert_ok(put(f, "kept", &b));
	disk_fails_syncs(1, EIO);
	disk_lets_one();
	assert_err(E_IO, answer_of(&a));
	expect_nothing(f);
	disk_lets_all();
	assert_ok(answer_of(&b));
	expect(f, "kept");
	expect_nothing(f);
	release(f);
	assert_int_equal(0, spool_counts(f->spool).waiting);
}

/* The first sync of a segment, or that of the folder, which makes its name
 * last. */
static void
test_a_segment_whose_name_is_not_on_disk(void **state)
{
	struct fixture *f = *state;
	struct answer a = ANSWER_NONE, b = ANSWER_NONE;

	disk_works();
	disk_fails_syncs(1, EIO);
	assert_ok(put(f, "lost", &a));
	assert_err(E_IO, answer_of(&a));
	disk_fails_folder_syncs(1, EIO);
	assert_ok(put(f, "lost", &b));
	assert_err(E_IO, answer_of(&b));
	assert_int_equal(2, disk_syncs());
	expect_nothing(f);
	(void)store(f, "kept");
	expect(f, "kept");
	reopen(f);
	expect_nothing(f);
	f->at = (struct spool_place){ 0, 0 };
	expect(f, "kept");
	expect_nothing(f);
}

static void
test_a_disk_that_stays_broken(void **state)
{
	struct fixture *f = *state;

	disk_fails_syncs(20, EIO);
	for (int i = 0; i < 20; i++) {
		struct answer a = ANSWER_NONE;

		assert_ok(put(f, "lost", &a));
		assert_err(E_IO, answer_of(&a));
	}
	assert_int_equal(0, spool_counts(f->spool).waiting);
	assert_int_equal(0, count_files(f, "*.spool"));
	(void)store(f, "kept");
	expect(f, "kept");
	release(f);
	assert_int_equal(1, count_files(f, "*.spool"));
}

static int
start(void **state)
{
	disk_works();
	return start_spool(state);
}

static int
stop(void **state)
{
	disk_works();
	return stop_spool(state);
}

#define spool_test(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		spool_test(test_what_finds_no_room_leaves_nothing),
		spool_test(test_the_first_of_a_segment_finds_no_room),
		spool_test(test_a_full_disk_gets_room_by_the_worker),
		spool_test(test_what_is_not_synced_is_not_acknowledged),
		spool_test(test_nor_is_what_was_put_meanwhile),
		spool_test(
		    test_what_is_in_the_next_segment_is_not_lost_with_it),
		spool_test(test_a_segment_whose_name_is_not_on_disk),
		spool_test(test_a_disk_that_stays_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
