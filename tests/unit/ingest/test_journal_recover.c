#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/journal_private.h"
#include "support/journal.h"

/* -- after a kill -- */

static void
test_a_received_datagram_survives_a_kill_before_publishing(void **state)
{
	static const char text[] = "{\"d\":\"a.example\",\"x\":[1,{}]}";
	struct fixture *f = *state;
	struct journal_reader *r;
	struct journal_record record;

	assert_true(write_number(f, 1));
	memcpy(journal_slot(f->journal), text, strlen(text));
	f->clock.offset_ns += 77;
	reopen(f);
	assert_int_equal(1, f->recovery.unpublished);
	r = reader_at(f, journal_first(f->journal));
	expect_number(r, 1);
	assert_ok(journal_reader_next(r, &record, NULL));
	assert_span(text, record.datagram);
	assert_int_equal(START_NS + 77, record.received_ns);
	assert_int_equal(RECORD_UID_UNKNOWN, record.uid);
	expect_nothing(r);
	journal_reader_close(r);
}

/* Killed when it had rolled over and received the first datagram behind. */
static void
test_so_does_the_first_one_of_a_segment(void **state)
{
	static const char text[] = "{\"d\":\"a.example\"}";
	struct fixture *f = *state;
	struct journal_reader *r;
	uint64_t first = f->journal->number;

	journal_lose(f->journal, LOSS_OVERSIZE);
	assert_true(journal_roll_over(f->journal));
	memcpy(journal_slot(f->journal), text, strlen(text));
	reopen(f);
	assert_int_equal(1, f->recovery.unpublished);
	r = reader_at(f, (struct journal_place){ first + 1, 0 });
	expect_text(r, text);
	expect_nothing(r);
	journal_reader_close(r);
}

/* Killed when a record stands in the journal, and its datagram still in the
 * landing area. */
static void
test_a_published_datagram_is_not_taken_up_again(void **state)
{
	struct fixture *f = *state;
	struct landing_area *kept = malloc(sizeof(*kept));
	struct journal_reader *r;

	assert_non_null(kept);
	for (unsigned i = 0; i < 3; i++) {
		/* Also of the first one behind a record of losses. */
		journal_lose(f->journal, LOSS_EMPTY);
		journal_note_losses(f->journal);
		memcpy(journal_slot(f->journal), "{\"n\":0}", 7);
		*kept = *f->journal->landing.area;
		journal_publish(f->journal, 7, 0);
		*f->journal->landing.area = *kept;
		reopen(f);
		assert_int_equal(0, f->recovery.unpublished);
	}
	r = reader_at(f, journal_first(f->journal));
	for (unsigned i = 0; i < 3; i++) {
		expect_losses(r, (const uint64_t[NLOSSES]){ 0, 0, 1, 0 });
		expect_number(r, 0);
	}
	expect_nothing(r);
	journal_reader_close(r);
	free(kept);
}

static void
test_what_landed_for_another_journal_is_left(void **state)
{
	struct fixture *f = *state;

	memcpy(journal_slot(f->journal), "{}", 2);
	f->journal->landing.area->journal = uuid_new(START_NS);
	reopen(f);
	assert_int_equal(0, f->recovery.unpublished);
	/* And is not there any more. */
	assert_int_equal('\0', *journal_slot(f->journal));
}

static void
test_without_room_in_memory_the_folder_takes_it(void **state)
{
	struct fixture *f = *state;
	char path[300];

	close_journal(f);
	f->options.landing = "/dev/full";
	open_journal(f);
	assert_string_equal("/dev/full is not a file of this user",
	    f->recovery.not_in_memory.text);
	f->options.landing = "/nowhere/landing";
	reopen(f);
	assert_non_null(strstr(f->recovery.not_in_memory.text, "/nowhere/"));
	(void)snprintf(path, sizeof(path), "%s/landing", f->folder);
	assert_int_equal(0, access(path, F_OK));
	/* It does not stay when nothing is in it. */
	close_journal(f);
	assert_int_equal(-1, access(path, F_OK));
	open_journal(f);
}

/* Power loss: the last records are gone, the store has them. What is received
 * then must not be taken for them. */
static void
test_what_comes_after_a_power_loss_is_read(void **state)
{
	struct fixture *f = *state;
	struct journal_place first = journal_first(f->journal), place, stored;
	struct journal_reader *r;

	for (unsigned i = 0; i < 5; i++)
		assert_true(write_number(f, i));
	place = journal_published(f->journal);
	for (unsigned i = 5; i < 10; i++)
		assert_true(write_number(f, i));
	stored = journal_published(f->journal);
	memset(f->journal->current.map + place.offset, 0,
	    stored.offset - place.offset);
	f->options.boot = uuid_new(START_NS);
	reopen(f);
	for (unsigned i = 10; i < 20; i++)
		assert_true(write_number(f, i));
	r = reader_at(f, stored);
	assert_int_equal(JOURNAL_GAP_BEFORE, f->gap);
	for (unsigned i = 10; i < 20; i++)
		expect_number(r, i);
	expect_nothing(r);
	journal_reader_close(r);
	r = reader_at(f, first);
	for (unsigned i = 0; i < 5; i++)
		expect_number(r, i);
	expect_number(r, 10);
	journal_reader_close(r);
}

static void
test_a_segment_that_somebody_cut_is_left(void **state)
{
	struct fixture *f = *state;
	struct journal_reader *r;
	char path[300];
	unsigned n = 0;

	journal_close(f->journal);
	f->options.segment_bytes = 2 * SEGMENT_BYTES_MIN;
	open_journal(f);
	/* The first segment is of one size, the next of the other. */
	while (f->journal->number == 1)
		assert_true(write_number(f, n++));
	while (f->journal->tail < SEGMENT_BYTES_MIN + 1000)
		assert_true(write_number(f, n++));
	close_journal(f);
	(void)snprintf(path, sizeof(path), "%s/%020d.journal", f->folder, 2);
	assert_int_equal(0, truncate(path, SEGMENT_BYTES_MIN));
	open_journal(f);
	assert_true(write_text(f, "{\"behind\":1}"));
	assert_int_equal(3, f->journal->number);
	r = reader_at(f, (struct journal_place){ 3, 0 });
	expect_text(r, "{\"behind\":1}");
	journal_reader_close(r);
}

static void
test_half_a_datagram_does_not_survive(void **state)
{
	static const char *const halves[] = { "{\"d\":\"a.exam", "}", "[1]",
		"{\"d\":1}}", "\"text\"" };
	struct fixture *f = *state;
	struct journal_reader *r;

	for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++) {
		memcpy(journal_slot(f->journal), halves[i], strlen(halves[i]));
		reopen(f);
		assert_int_equal(0, f->recovery.unpublished);
	}
	assert_true(write_number(f, 1));
	reopen(f);
	assert_int_equal(0, f->recovery.unpublished);
	r = reader_at(f, journal_first(f->journal));
	expect_number(r, 1);
	expect_nothing(r);
	journal_reader_close(r);
}

static void
test_a_forgotten_datagram_is_not_adopted(void **state)
{
	static const char text[] = "{\"a\":\"of a uid that may not send\"}";
	struct fixture *f = *state;

	memcpy(journal_slot(f->journal), text, strlen(text));
	journal_forget(f->journal, strlen(text));
	reopen(f);
	assert_int_equal(0, f->recovery.unpublished);
}

/* The one segment's bytes, for damage. */
static int
open_segment(const struct fixture *f, uint64_t number)
{
	char path[400], name[SEGMENT_NAME_SIZE];

	segment_name(number, name);
	(void)snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	return open(path, O_RDWR);
}

static void
flip(const struct fixture *f, uint64_t number, off_t offset)
{
	int fd = open_segment(f, number);
	unsigned char byte;

	assert_true(fd >= 0);
	assert_int_equal(1, pread(fd, &byte, 1, offset));
	byte ^= 0x40;
	assert_int_equal(1, pwrite(fd, &byte, 1, offset));
	(void)close(fd);
}

static void
test_a_flipped_byte_costs_one_record(void **state)
{
	/* In the payload, the CRC, the time, the length of the second record:
	 * 32 bytes each with their header of 24. */
	static const off_t offsets[] = { 24, 4, 9, 0, 16, 20 };
	struct fixture *f = *state;
	struct journal_record record;
	struct journal_reader *r;

	for (unsigned i = 0; i < 5; i++)
		assert_true(write_number(f, i));
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		off_t at = SEGMENT_FIRST_RECORD + 32 + offsets[i];

		flip(f, 1, at);
		r = reader_at(f, journal_first(f->journal));
		expect_number(r, 0);
		assert_ok(journal_reader_next(r, &record, NULL));
		assert_int_equal(JOURNAL_TORN, record.type);
		for (unsigned n = 2; n < 5; n++)
			expect_number(r, n);
		expect_nothing(r);
		journal_reader_close(r);
		flip(f, 1, at);
	}
}

static void
test_a_restart_goes_on_behind_a_damaged_record(void **state)
{
	struct fixture *f = *state;
	struct journal_record record;
	struct journal_reader *r;

	for (unsigned i = 0; i < 3; i++)
		assert_true(write_number(f, i));
	flip(f, 1, SEGMENT_FIRST_RECORD + 32 + 24);
	reopen(f);
	assert_true(write_number(f, 3));
	r = reader_at(f, journal_first(f->journal));
	expect_number(r, 0);
	assert_ok(journal_reader_next(r, &record, NULL));
	assert_int_equal(JOURNAL_TORN, record.type);
	expect_number(r, 2);
	expect_number(r, 3);
	expect_nothing(r);
	journal_reader_close(r);
}

static void
test_a_damaged_last_record_is_told(void **state)
{
	struct fixture *f = *state;
	struct journal_record record;
	struct journal_reader *r;

	assert_true(write_number(f, 0));
	assert_true(write_number(f, 1));
	flip(f, 1, SEGMENT_FIRST_RECORD + 32 + 24);
	reopen(f);
	assert_int_equal(0, f->recovery.unpublished);
	r = reader_at(f, journal_first(f->journal));
	expect_number(r, 0);
	assert_ok(journal_reader_next(r, &record, NULL));
	assert_int_equal(JOURNAL_TORN, record.type);
	expect_nothing(r);
	assert_true(write_number(f, 2));
	expect_number(r, 2);
	journal_reader_close(r);
	r = reader_at(f, journal_first(f->journal));
	expect_number(r, 0);
	assert_ok(journal_reader_next(r, &record, NULL));
	assert_int_equal(JOURNAL_TORN, record.type);
	expect_number(r, 2);
	journal_reader_close(r);
}

/* Whatever stands in the rest of a segment after a power loss. */
static void
test_junk_to_the_end_of_a_segment_is_one_stretch(void **state)
{
	struct fixture *f = *state;
	struct journal_record record;
	struct journal_reader *r;

	assert_true(write_number(f, 0));
	memset(f->journal->current.map + f->journal->tail, 0xa5,
	    f->journal->current.bytes - f->journal->tail);
	f->options.boot = uuid_new(START_NS);
	reopen(f);
	assert_true(write_number(f, 1));
	r = reader_at(f, journal_first(f->journal));
	expect_number(r, 0);
	assert_ok(journal_reader_next(r, &record, NULL));
	assert_int_equal(JOURNAL_TORN, record.type);
	expect_number(r, 1);
	expect_nothing(r);
	journal_reader_close(r);
}

static void
test_a_record_inside_a_datagram_is_not_believed(void **state)
{
	struct fixture *f = *state;
	struct record_header forged = { .length = 8, .kind = RECORD_DATAGRAM };
	struct journal_record record;
	struct journal_reader *r;
	char *slot = journal_slot(f->journal);

	/* A datagram that holds the bytes of a record, its CRC as another
	 * journal would have it. */
	memset(slot, 'x', 64);
	memcpy(slot, &forged, sizeof(forged));
	journal_publish(f->journal, 64, 0);
	assert_true(write_number(f, 1));
	flip(f, 1, SEGMENT_FIRST_RECORD + 4);
	r = reader_at(f, journal_first(f->journal));
	assert_ok(journal_reader_next(r, &record, NULL));
	assert_int_equal(JOURNAL_TORN, record.type);
	expect_number(r, 1);
	journal_reader_close(r);
}

/* Killed when it had just made the file. */
static void
test_a_segment_without_a_byte_is_dropped(void **state)
{
	static const off_t sizes[] = { 0, 4096, SEGMENT_BYTES_MIN };
	struct fixture *f = *state;
	struct journal_reader *r;
	char path[400];

	assert_true(write_number(f, 1));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int fd;

		close_journal(f);
		(void)snprintf(path, sizeof(path), "%s/%020d.journal",
		    f->folder, 2);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
		assert_true(fd >= 0);
		assert_int_equal(0, ftruncate(fd, sizes[i]));
		(void)close(fd);
		open_journal(f);
		assert_int_equal(0, f->recovery.damaged);
		assert_int_equal(-1, access(path, F_OK));
	}
	r = reader_at(f, journal_first(f->journal));
	expect_number(r, 1);
	expect_nothing(r);
	journal_reader_close(r);
}

static void
test_a_damaged_header_is_put_aside(void **state)
{
	struct fixture *f = *state;
	struct journal_reader *r;
	char path[400];
	struct stat st;

	assert_true(write_number(f, 1));
	journal_close(f->journal);
	flip(f, 1, 16);
	open_journal(f);
	assert_int_equal(1, f->recovery.damaged);
	(void)snprintf(path, sizeof(path),
	    "%s/00000000000000000001.journal.damaged", f->folder);
	assert_int_equal(0, stat(path, &st));
	assert_true(write_number(f, 2));
	r = reader_at(f, journal_first(f->journal));
	expect_number(r, 2);
	journal_reader_close(r);
}

static void
test_another_format_is_refused(void **state)
{
	struct fixture *f = *state;
	struct journal *again;
	struct why why = { { 0 } };

	assert_true(write_number(f, 1));
	close_journal(f);
	flip(f, 1, 8); /* the version */
	assert_err(E_VERSION,
	    journal_open(&f->options, &again, &f->recovery, &why));
	assert_non_null(strstr(why.text, "format"));
}

static void
test_the_journal_of_another_collector_is_refused(void **state)
{
	struct journal_options other;
	struct fixture *f = *state;
	struct journal *again;

	assert_true(write_number(f, 1));
	close_journal(f);
	other = f->options;
	other.collector = uuid_new(START_NS);
	assert_err(E_CONFLICT,
	    journal_open(&other, &again, &f->recovery, NULL));
}

static void
test_only_one_writes(void **state)
{
	struct fixture *f = *state;
	struct journal *again;
	struct why why = { { 0 } };

	assert_err(E_BUSY,
	    journal_open(&f->options, &again, &f->recovery, &why));
	assert_non_null(strstr(why.text, "/lock"));
	assert_true(write_number(f, 1));
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(
		    test_a_received_datagram_survives_a_kill_before_publishing),
		TEST(test_so_does_the_first_one_of_a_segment),
		TEST(test_a_published_datagram_is_not_taken_up_again),
		TEST(test_what_landed_for_another_journal_is_left),
		TEST(test_without_room_in_memory_the_folder_takes_it),
		TEST(test_what_comes_after_a_power_loss_is_read),
		TEST(test_a_segment_that_somebody_cut_is_left),
		TEST(test_half_a_datagram_does_not_survive),
		TEST(test_a_forgotten_datagram_is_not_adopted),
		TEST(test_a_flipped_byte_costs_one_record),
		TEST(test_a_restart_goes_on_behind_a_damaged_record),
		TEST(test_a_damaged_last_record_is_told),
		TEST(test_junk_to_the_end_of_a_segment_is_one_stretch),
		TEST(test_a_record_inside_a_datagram_is_not_believed),
		TEST(test_a_segment_without_a_byte_is_dropped),
		TEST(test_a_damaged_header_is_put_aside),
		TEST(test_another_format_is_refused),
		TEST(test_the_journal_of_another_collector_is_refused),
		TEST(test_only_one_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
