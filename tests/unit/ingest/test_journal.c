#include "support/test.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/journal_private.h"
#include "support/journal.h"

/* -- writing and reading -- */

static void
test_what_is_published_is_read_in_order(void **state)
{
	struct fixture *f = *state;
	struct journal_reader *r = reader_at(f, journal_first(f->journal));
	struct journal_record record;

	assert_true(f->recovery.made);
	expect_nothing(r);
	assert_true(write_text(f, "{\"a\":1}"));
	f->clock.offset_ns += 5;
	assert_true(write_text(f, "x"));
	assert_ok(journal_reader_next(r, &record, NULL));
	assert_int_equal(START_NS, record.received_ns);
	assert_int_equal(1000, record.uid);
	assert_span("{\"a\":1}", record.datagram);
	assert_ok(journal_reader_next(r, &record, NULL));
	assert_int_equal(START_NS + 5, record.received_ns);
	assert_span("x", record.datagram);
	expect_nothing(r);
	journal_reader_close(r);
}

static void
test_receipt_time_does_not_go_back(void **state)
{
	struct fixture *f = *state;
	struct journal_reader *r = reader_at(f, journal_first(f->journal));
	struct journal_record record;

	assert_true(write_number(f, 1));
	f->clock.offset_ns -= 300 * NS_PER_S;
	assert_true(write_number(f, 2));
	assert_ok(journal_reader_next(r, &record, NULL));
	assert_ok(journal_reader_next(r, &record, NULL));
	assert_int_equal(START_NS, record.received_ns);
	/* Nor over a restart. */
	reopen(f);
	assert_true(write_number(f, 3));
	journal_reader_close(r);
	r = reader_at(f, journal_first(f->journal));
	for (int i = 0; i < 3; i++)
		assert_ok(journal_reader_next(r, &record, NULL));
	assert_int_equal(START_NS, record.received_ns);
	journal_reader_close(r);
}

/* Ten days ahead, then put right: what comes now is of now. */
static void
test_a_clock_that_was_wrong_is_left_behind(void **state)
{
	struct fixture *f = *state;
	struct journal_reader *r = reader_at(f, journal_first(f->journal));
	struct journal_record record;

	f->clock.offset_ns += 10 * S_PER_DAY * NS_PER_S;
	assert_true(write_number(f, 1));
	f->clock.offset_ns -= 10 * S_PER_DAY * NS_PER_S;
	assert_true(write_number(f, 2));
	journal_idle(f->journal, START_NS + 1);
	assert_int_equal(START_NS + 1, journal_idle_ns(f->journal));
	/* Also over a restart. */
	reopen(f);
	f->clock.offset_ns += NS_PER_S;
	assert_true(write_number(f, 3));
	journal_reader_close(r);
	r = reader_at(f, journal_first(f->journal));
	assert_ok(journal_reader_next(r, &record, NULL));
	assert_ok(journal_reader_next(r, &record, NULL));
	assert_int_equal(START_NS, record.received_ns);
	assert_ok(journal_reader_next(r, &record, NULL));
	assert_int_equal(START_NS + NS_PER_S, record.received_ns);
	journal_reader_close(r);
}

static void
test_a_place_leads_back_to_what_follows(void **state)
{
	struct fixture *f = *state;
	struct journal_reader *r = reader_at(f, journal_first(f->journal));
	struct journal_place place;

	for (unsigned i = 0; i < 10; i++)
		assert_true(write_number(f, i));
	for (unsigned i = 0; i < 5; i++)
		expect_number(r, i);
	place = journal_reader_place(r);
	journal_reader_close(r);
	reopen(f);
	r = reader_at(f, place);
	assert_int_equal(JOURNAL_GAP_NONE, f->gap);
	for (unsigned i = 5; i < 10; i++)
		expect_number(r, i);
	expect_nothing(r);
	journal_reader_close(r);
}

static void
test_segments_roll_over(void **state)
{
	struct fixture *f = *state;
	struct journal_reader *r = reader_at(f, journal_first(f->journal));
	struct why why = { { 0 } };
	unsigned n = 100000;

	/* The keeper makes the next segment ready now and then; without it the
	 * drain makes its own. */
	for (unsigned i = 0; i < n; i++) {
		assert_true(write_number(f, i));
		if (i % 30000 == 0)
			assert_ok_why(journal_keep(f->journal, &why), &why);
	}
	assert_in_range(count_segments(f), 4, 10);
	for (unsigned i = 0; i < n; i++)
		expect_number(r, i);
	expect_nothing(r);
	journal_reader_close(r);
	reopen(f);
	assert_true(write_number(f, n));
	r = reader_at(f, journal_first(f->journal));
	for (unsigned i = 0; i <= n; i++)
		expect_number(r, i);
	expect_nothing(r);
	journal_reader_close(r);
}

/* The keeper's segment gets its number first and is ready while the drain,
 * which could not wait, is rolling over to one of its own. */
struct late {
	struct journal *journal;
	struct segment segment;
	uint64_t number;
};

static int64_t
offer_and_tell_time(const struct clock *c)
{
	struct late *late = c->arg;

	if (late->number != 0)
		journal_offer_next(late->journal, &late->segment, late->number);
	late->number = 0;
	return START_NS;
}

static void
test_a_segment_that_comes_too_late_is_not_used(void **state)
{
	struct fixture *f = *state;
	struct late late = { .journal = f->journal };
	struct clock clock = f->clock;
	struct journal_reader *r;
	uint64_t second;
	unsigned n = 0;

	assert_ok(journal_new_number(f->journal, &late.number));
	assert_ok(
	    journal_new_segment(f->journal, late.number, &late.segment, NULL));
	clock.wall_ns = offer_and_tell_time;
	clock.arg = &late;
	while (f->journal->number == 1) {
		/* From the last record on it is about to roll over. */
		if (f->journal->tail + record_size(DATAGRAM_MAX) +
			SEGMENT_RESERVE >
		    f->journal->current.bytes)
			f->journal->options.clock = &clock;
		assert_true(write_number(f, n++));
	}
	second = f->journal->number;
	f->journal->options.clock = &f->clock;
	while (f->journal->number == second)
		assert_true(write_number(f, n++));
	assert_in_range(f->journal->number, second + 1, second + 9);
	reopen(f);
	r = reader_at(f, journal_first(f->journal));
	for (unsigned i = 0; i < n; i++)
		expect_number(r, i);
	expect_nothing(r);
	journal_reader_close(r);
}

static void
test_a_datagram_of_any_size_fits(void **state)
{
	struct fixture *f = *state;
	struct journal_reader *r = reader_at(f, journal_first(f->journal));
	static const size_t sizes[] = { 1, 7, 8, 9, 65535, 65536, 212959,
		DATAGRAM_MAX };
	struct journal_record record;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *slot = journal_slot(f->journal);

		assert_non_null(slot);
		memset(slot, 'a' + (int)i, sizes[i]);
		journal_publish(f->journal, sizes[i], 0);
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_ok(journal_reader_next(r, &record, NULL));
		assert_int_equal(sizes[i], record.datagram.len);
		assert_int_equal('a' + (int)i, record.datagram.p[0]);
		assert_int_equal('a' + (int)i, record.datagram.p[sizes[i] - 1]);
	}
	journal_reader_close(r);
}

/* Whether the process maps a file of that name. */
static bool
is_mapped(const char *name)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[1024];
	bool found = false;

	assert_non_null(maps);
	while (!found && fgets(line, sizeof(line), maps) != NULL)
		found = strstr(line, name) != NULL;
	(void)fclose(maps);
	return found;
}

/* Else the disk would not have the room of a segment that is dropped. */
static void
test_a_reader_that_finds_nothing_keeps_no_old_segment(void **state)
{
	struct fixture *f = *state;
	struct journal_reader *r;
	unsigned n = 0;

	while (f->journal->number == 1)
		assert_true(write_number(f, n++));
	r = reader_at(f, journal_first(f->journal));
	for (unsigned i = 0; i < n; i++)
		expect_number(r, i);
	assert_true(is_mapped("/00000000000000000001.journal"));
	expect_nothing(r);
	assert_ok(journal_keep(f->journal, NULL));
	assert_false(is_mapped("/00000000000000000001.journal"));
	journal_reader_close(r);
}

/* KiB of the mapping at p that are mapped. */
static unsigned long
mapped_kib(const void *p)
{
	char line[512], want[32];
	unsigned long kib = ULONG_MAX;
	bool found = false;
	FILE *f = fopen("/proc/self/smaps", "r");

	assert_non_null(f);
	(void)snprintf(want, sizeof(want), "%lx-", (unsigned long)p);
	while (kib == ULONG_MAX && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, want, strlen(want)) == 0)
			found = true;
		else if (found)
			(void)sscanf(line, "Rss: %lu", &kib);
	(void)fclose(f);
	return kib;
}

static void
test_what_is_synced_is_mapped_no_more_and_stays(void **state)
{
	struct fixture *f = *state;
	struct journal_reader *r = reader_at(f, journal_first(f->journal));
	const unsigned long page_kib = (unsigned long)getpagesize() / 1024;
	unsigned n = 0;

	while (f->journal->tail < 16 * (size_t)getpagesize())
		assert_true(write_number(f, n++));
	assert_true(mapped_kib(f->journal->current.map) > 2 * page_kib);
	assert_ok(journal_sync(f->journal, NULL));
	/* The header, and where the next record goes. */
	assert_true(mapped_kib(f->journal->current.map) <= 2 * page_kib);
	for (unsigned i = 0; i < 100; i++)
		assert_true(write_number(f, n++));
	for (unsigned i = 0; i < n; i++)
		expect_number(r, i);
	journal_reader_close(r);
}

/* -- losses -- */

static void
test_losses_are_written_down_once(void **state)
{
	struct fixture *f = *state;
	struct journal_reader *r = reader_at(f, journal_first(f->journal));

	journal_lose(f->journal, LOSS_DENIED);
	journal_lose(f->journal, LOSS_DENIED);
	journal_lose(f->journal, LOSS_OVERSIZE);
	expect_nothing(r);
	journal_note_losses(f->journal);
	expect_losses(r, (const uint64_t[NLOSSES]){ 2, 1, 0, 0 });
	journal_note_losses(f->journal);
	expect_nothing(r);
	journal_lose(f->journal, LOSS_EMPTY);
	/* Killed before they were written: the header has them. */
	reopen(f);
	journal_reader_close(r);
	r = reader_at(f, journal_first(f->journal));
	journal_note_losses(f->journal);
	expect_losses(r, (const uint64_t[NLOSSES]){ 2, 1, 0, 0 });
	expect_losses(r, (const uint64_t[NLOSSES]){ 0, 0, 1, 0 });
	expect_nothing(r);
	journal_reader_close(r);
}

static void
test_losses_noted_but_not_cleared_count_once(void **state)
{
	struct fixture *f = *state;
	struct losses kept;
	struct journal_reader *r;

	journal_lose(f->journal, LOSS_DISCARDED);
	kept = segment_header(&f->journal->current)->losses;
	journal_note_losses(f->journal);
	/* As if killed between the note and the clearing of the header. */
	segment_header(&f->journal->current)->losses = kept;
	reopen(f);
	journal_note_losses(f->journal);
	r = reader_at(f, journal_first(f->journal));
	expect_losses(r, (const uint64_t[NLOSSES]){ 0, 0, 0, 1 });
	expect_nothing(r);
	journal_reader_close(r);
}

/* -- the ceiling, and dropping -- */

static void
test_past_the_ceiling_there_is_no_room(void **state)
{
	struct fixture *f = *state;
	struct journal_reader *r;
	unsigned written = 0;

	journal_close(f->journal);
	f->options.max_bytes = 4 * (uint64_t)SEGMENT_BYTES_MIN;
	open_journal(f);
	while (write_number(f, written))
		written++;
	assert_true(journal_usage(f->journal).full);
	assert_in_range(journal_usage(f->journal).bytes, 1,
	    f->options.max_bytes);
	journal_lose(f->journal, LOSS_DISCARDED);
	assert_int_equal(4, count_segments(f));
	/* The store takes the first segments: there is room again. */
	journal_committed(f->journal, 3);
	assert_ok(journal_keep(f->journal, NULL));
	f->clock.offset_ns += NS_PER_S;
	assert_true(write_number(f, written));
	assert_false(journal_usage(f->journal).full);
	r = reader_at(f, (struct journal_place){ 4, SEGMENT_FIRST_RECORD });
	for (unsigned last = 0; last < written;) {
		struct journal_record record;

		assert_ok(journal_reader_next(r, &record, NULL));
		if (record.type == JOURNAL_LOSSES)
			assert_int_equal(1, record.losses.n[LOSS_DISCARDED]);
		else
			assert_int_equal(1,
			    sscanf(record.datagram.p, "{\"n\":%u}", &last));
	}
	expect_nothing(r);
	journal_reader_close(r);
}

/* A day of losses, a thousand a second, noted each time: some are written while
 * it lasts, all are when there is room. */
static void
test_losses_of_a_full_journal_are_all_told(void **state)
{
	struct fixture *f = *state;
	struct journal_record record;
	struct journal_reader *r;
	uint64_t meanwhile = 0, total = 0;
	unsigned n = 0;

	journal_close(f->journal);
	f->options.max_bytes = 3 * (uint64_t)SEGMENT_BYTES_MIN;
	open_journal(f);
	while (write_number(f, n))
		n++;
	r = reader_at(f, journal_published(f->journal));
	for (int64_t s = 0; s < S_PER_DAY / 2; s++) {
		f->clock.offset_ns += NS_PER_S;
		assert_null(journal_slot(f->journal));
		journal_lose(f->journal, LOSS_DISCARDED);
		journal_note_losses(f->journal);
		if (s == 3600)
			while (journal_reader_next(r, &record, NULL) == E_OK)
				meanwhile += record.losses.n[LOSS_DISCARDED];
	}
	assert_in_range(meanwhile, 1800, 3601);
	journal_committed(f->journal, 2);
	assert_ok(journal_keep(f->journal, NULL));
	f->clock.offset_ns += NS_PER_S;
	assert_true(write_text(f, "{}"));
	journal_note_losses(f->journal);
	total = meanwhile;
	while (journal_reader_next(r, &record, NULL) == E_OK)
		if (record.type == JOURNAL_LOSSES)
			total += record.losses.n[LOSS_DISCARDED];
	assert_int_equal(S_PER_DAY / 2, total);
	journal_reader_close(r);
}

static void
test_a_committed_segment_stays_as_long_as_it_is_kept(void **state)
{
	struct fixture *f = *state;

	f->journal->options.keep_ns = 3600 * NS_PER_S;
	for (unsigned i = 0; i < 60000; i++)
		assert_true(write_number(f, i));
	journal_committed(f->journal, 2);
	assert_ok(journal_keep(f->journal, NULL));
	assert_int_equal(1, first_segment(f));
	f->clock.offset_ns += 3599 * NS_PER_S;
	assert_ok(journal_keep(f->journal, NULL));
	assert_int_equal(1, first_segment(f));
	f->clock.offset_ns += NS_PER_S;
	assert_ok(journal_keep(f->journal, NULL));
	assert_int_equal(2, first_segment(f));
	/* What the store lacks stays whatever its age. */
	f->clock.offset_ns += 3600 * NS_PER_S;
	assert_ok(journal_keep(f->journal, NULL));
	assert_int_equal(2, first_segment(f));
}

static void
test_a_place_that_is_gone_starts_at_the_oldest(void **state)
{
	struct fixture *f = *state;
	struct journal_reader *r;

	for (unsigned i = 0; i < 60000; i++)
		assert_true(write_number(f, i));
	journal_committed(f->journal, 2);
	f->clock.offset_ns += 1;
	assert_ok(journal_keep(f->journal, NULL));
	r = reader_at(f, (struct journal_place){ 1, 5000 });
	assert_int_equal(2, journal_reader_place(r).segment);
	assert_int_equal(JOURNAL_GAP_AFTER, f->gap);
	journal_reader_close(r);
	r = reader_at(f, (struct journal_place){ 99, 5000 });
	expect_nothing(r);
	journal_reader_close(r);
}

/* -- watermark -- */

static void
test_idle_time_is_at_least_the_last_receipt(void **state)
{
	struct fixture *f = *state;

	assert_true(write_number(f, 1));
	journal_idle(f->journal, START_NS - 100);
	assert_int_equal(START_NS, journal_idle_ns(f->journal));
	journal_idle(f->journal, START_NS + 100);
	assert_int_equal(START_NS + 100, journal_idle_ns(f->journal));
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_published_is_read_in_order),
		TEST(test_receipt_time_does_not_go_back),
		TEST(test_a_clock_that_was_wrong_is_left_behind),
		TEST(test_a_place_leads_back_to_what_follows),
		TEST(test_segments_roll_over),
		TEST(test_a_segment_that_comes_too_late_is_not_used),
		TEST(test_a_datagram_of_any_size_fits),
		TEST(test_a_reader_that_finds_nothing_keeps_no_old_segment),
		TEST(test_what_is_synced_is_mapped_no_more_and_stays),
		TEST(test_losses_are_written_down_once),
		TEST(test_losses_noted_but_not_cleared_count_once),
		TEST(test_past_the_ceiling_there_is_no_room),
		TEST(test_losses_of_a_full_journal_are_all_told),
		TEST(test_a_committed_segment_stays_as_long_as_it_is_kept),
		TEST(test_a_place_that_is_gone_starts_at_the_oldest),
		TEST(test_idle_time_is_at_least_the_last_receipt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
