#include "support/test.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/journal.h"
#include "ingest/journal_private.h"
#include "ingest/journal_reader.h"

#define START_NS (INT64_C(1795300000) * NS_PER_S)

struct fixture {
	char folder[256];
	struct clock clock;
	struct journal_options options;
	struct journal *journal;
	struct journal_recovery recovery;
	enum journal_gap gap; /* of the reader made last */
};

static void
open_journal(struct fixture *f)
{
	struct why why = { { 0 } };

	assert_ok_why(journal_open(&f->options, &f->journal, &f->recovery,
			  &why),
	    &why);
}

static void
close_journal(struct fixture *f)
{
	journal_close(f->journal);
	f->journal = NULL;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	support_mkdtemp(f->folder);
	f->clock = support_clock(START_NS);
	f->options = (struct journal_options){
		.folder = f->folder,
		.collector = uuid_new(START_NS),
		.segment_bytes = SEGMENT_BYTES_MIN,
		.max_bytes = (uint64_t)64 * SEGMENT_BYTES_MIN,
		.keep_ns = 0,
		.clock = &f->clock,
	};
	open_journal(f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	journal_close(f->journal);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

/* As after a kill -9: nothing is tidied up, the mapped bytes stay. */
static void
reopen(struct fixture *f)
{
	journal_close(f->journal);
	open_journal(f);
}

static bool
write_text(struct fixture *f, const char *text)
{
	char *slot = journal_slot(f->journal);

	if (slot == NULL)
		return false;
	memcpy(slot, text, strlen(text));
	journal_publish(f->journal, strlen(text), 1000);
	return true;
}

/* "{1}", "{2}", … */
static bool
write_number(struct fixture *f, unsigned n)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "{\"n\":%u}", n);
	return write_text(f, text);
}

static struct journal_reader *
reader_at(struct fixture *f, struct journal_place place)
{
	struct journal_reader *r;
	struct why why = { { 0 } };

	assert_ok_why(journal_reader_open(f->journal, place, &r, &f->gap, &why),
	    &why);
	return r;
}

static void
expect_text(struct journal_reader *r, const char *want)
{
	struct journal_record record;
	struct why why = { { 0 } };

	assert_ok_why(journal_reader_next(r, &record, &why), &why);
	assert_int_equal(JOURNAL_DATAGRAM, record.type);
	assert_span(want, record.datagram);
}

static void
expect_number(struct journal_reader *r, unsigned n)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "{\"n\":%u}", n);
	expect_text(r, text);
}

static void
expect_losses(struct journal_reader *r, const uint64_t n[NLOSSES])
{
	struct journal_record record;

	assert_ok(journal_reader_next(r, &record, NULL));
	assert_int_equal(JOURNAL_LOSSES, record.type);
	assert_int_equal(day_of_ns(START_NS), record.losses.day);
	for (int i = 0; i < NLOSSES; i++)
		assert_int_equal(n[i], record.losses.n[i]);
}

static void
expect_nothing(struct journal_reader *r)
{
	struct journal_record record;

	assert_err(E_ABSENT, journal_reader_next(r, &record, NULL));
}

static size_t
count_segments(const struct fixture *f)
{
	char pattern[300];
	glob_t found;
	size_t n = 0;

	(void)snprintf(pattern, sizeof(pattern), "%s/*.journal", f->folder);
	if (glob(pattern, 0, NULL, &found) == 0)
		n = found.gl_pathc;
	globfree(&found);
	return n;
}

static int
first_segment(const struct fixture *f)
{
	char pattern[300];
	int number = 0;
	glob_t found;

	(void)snprintf(pattern, sizeof(pattern), "%s/*.journal", f->folder);
	if (glob(pattern, 0, NULL, &found) == 0)
		number = atoi(strrchr(found.gl_pathv[0], '/') + 1);
	globfree(&found);
	return number;
}

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
		TEST(
		    test_a_received_datagram_survives_a_kill_before_publishing),
		TEST(test_so_does_the_first_one_of_a_segment),
		TEST(test_a_published_datagram_is_not_taken_up_again),
		TEST(test_what_landed_for_another_journal_is_left),
		TEST(test_without_room_in_memory_the_folder_takes_it),
		TEST(test_what_comes_after_a_power_loss_is_read),
		TEST(test_a_reader_that_finds_nothing_keeps_no_old_segment),
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
