/* What a kill, a power loss or a bad disk leaves of segments. */
#include "support/spool_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "support/disk_faults.h"

#define RECORDS 4

static const char *const bodies[RECORDS] = { "first", "", "the third", "4" };

struct image {
	struct buf bytes;
	size_t ends[RECORDS + 1]; /* of each record; 0 first */
};

static struct image
image_of(const struct fixture *f, uint64_t number)
{
	struct image image = { .bytes = BUF_INIT(1 << 20) };
	char path[300];

	segment_path(f, number, path);
	assert_ok(file_read(path, &image.bytes, NULL));
	for (size_t i = 0; i < RECORDS; i++)
		image.ends[i + 1] = image.ends[i] +
		    (size_t)RECORD_BYTES(strlen(bodies[i]));
	return image;
}

static void
write_segment(const struct fixture *f, uint64_t number, struct span bytes)
{
	char path[300];
	int fd;

	segment_path(f, number, path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_ok(file_write_all(fd, bytes));
	assert_int_equal(0, close(fd));
}

/* Four records in a segment, and the spool closed. */
static struct image
stored_and_closed(struct fixture *f)
{
	struct image image;

	for (size_t i = 0; i < RECORDS; i++)
		(void)store(f, bodies[i]);
	close_spool(f);
	image = image_of(f, 1);
	assert_int_equal(image.ends[RECORDS], image.bytes.len);
	return image;
}

/* Open it as if these were the bytes of the first segment. */
static void
open_with(struct fixture *f, struct span bytes)
{
	close_spool(f);
	write_segment(f, 1, bytes);
	f->at = (struct spool_place){ 0, 0 };
	f->damaged = 0;
	open_spool(f);
}

/* What is put then comes out behind what there is. */
static void
expect_more(struct fixture *f)
{
	char path[300];

	(void)store(f, "more");
	expect(f, "more");
	expect_nothing(f);
	close_spool(f);
	segment_path(f, 2, path);
	assert_int_equal(0, unlink(path));
}

/* -- cut -- */

static void
test_every_cut(void **state)
{
	struct fixture *f = *state;
	struct image image = stored_and_closed(f);

	for (size_t cut = 0; cut <= image.bytes.len; cut++) {
		size_t whole = 0;

		open_with(f, span_head(buf_span(&image.bytes), cut));
		while (whole < RECORDS && image.ends[whole + 1] <= cut)
			expect(f, bodies[whole++]);
		expect_nothing(f);
		assert_int_equal(cut > image.ends[whole], f->recovery.torn);
		assert_int_equal(0, f->recovery.damaged + f->damaged);
		assert_int_equal(image.ends[whole], segment_bytes(f, 1));
		expect_more(f);
	}
	assert_int_equal(0, count_files(f, "*.damaged"));
	buf_free(&image.bytes);
}

/* A power loss can leave a file longer than what was written to it. */
static void
test_zeros_at_the_end(void **state)
{
	static const char zeros[10000];
	static const size_t lengths[] = { 1, 39, 40, 41, 4096, 10000 };
	struct fixture *f = *state;
	struct image image = stored_and_closed(f);

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct buf bytes = BUF_INIT(1 << 20);

		buf_add(&bytes, buf_span(&image.bytes));
		buf_add(&bytes, (struct span){ zeros, lengths[i] });
		open_with(f, buf_span(&bytes));
		buf_free(&bytes);
		assert_int_equal(1, f->recovery.torn);
		assert_int_equal(0, f->recovery.damaged);
		assert_int_equal(image.bytes.len, segment_bytes(f, 1));
		for (size_t k = 0; k < RECORDS; k++)
			expect(f, bodies[k]);
		expect_more(f);
	}
	buf_free(&image.bytes);
}

/* The last two segments can both have a torn end: one is being synced while
 * the next is written. */
static void
test_two_torn_ends(void **state)
{
	struct fixture *f = *state;
	struct image first, second;

	f->options.segment_bytes = 1;
	reopen(f);
	(void)store(f, "first");
	(void)store(f, "second");
	(void)store(f, "third");
	close_spool(f);
	first = image_of(f, 2);
	second = image_of(f, 3);
	write_segment(f, 2, span_head(buf_span(&first.bytes), 50));
	write_segment(f, 3, span_head(buf_span(&second.bytes), 20));
	open_spool(f);
	assert_int_equal(2, f->recovery.torn);
	expect(f, "first");
	expect_nothing(f);
	(void)store(f, "fourth");
	expect(f, "fourth");
	assert_int_equal(0, f->damaged);
	buf_free(&first.bytes);
	buf_free(&second.bytes);
}

/* -- damage -- */

/* Each byte of the segment in turn: only its record is not handed out, and a
 * person can look at it. */
static void
test_every_flipped_byte(void **state)
{
	struct fixture *f = *state;
	struct image image = stored_and_closed(f);

	for (size_t at = 0; at < image.bytes.len; at++) {
		size_t hit = 0;

		while (image.ends[hit + 1] <= at)
			hit++;
		image.bytes.p[at] ^= 0x40;
		open_with(f, buf_span(&image.bytes));
		image.bytes.p[at] ^= 0x40;
		assert_int_equal(1, f->recovery.damaged);
		assert_int_equal(1, f->recovery.aside);
		assert_int_equal(0, f->recovery.torn);
		for (size_t k = 0; k < RECORDS; k++)
			if (k != hit)
				expect(f, bodies[k]);
		expect_nothing(f);
		assert_int_equal(hit + 1 < RECORDS, f->damaged);
		expect_more(f);
		assert_int_equal(1, f->damaged);
		assert_int_equal(image.bytes.len, segment_bytes(f, 1));
	}
	assert_int_equal(1, count_files(f, "*.damaged"));
	buf_free(&image.bytes);
}

static void
flip(const struct fixture *f, uint64_t number, long at)
{
	char path[300];
	FILE *file;
	int c;

	segment_path(f, number, path);
	assert_non_null(file = fopen(path, "r+b"));
	assert_int_equal(0, fseek(file, at, SEEK_SET));
	c = getc(file);
	assert_int_equal(0, fseek(file, at, SEEK_SET));
	assert_int_equal(c ^ 1, putc(c ^ 1, file));
	assert_int_equal(0, fclose(file));
}

/* Far before the end the worker is the first to see it. */
static void
test_a_damaged_segment_is_kept_when_it_is_released(void **state)
{
	struct fixture *f = *state;

	f->options.segment_bytes = 2 * RECORD_BYTES(1);
	reopen(f);
	for (const char *p = "123456789a"; *p != '\0'; p++)
		(void)store(f, (char[]){ *p, '\0' });
	close_spool(f);
	flip(f, 2, 62);
	flip(f, 3, 63 + 5);
	open_spool(f);
	assert_int_equal(0, f->recovery.damaged);
	expect(f, "1");
	expect(f, "2");
	expect(f, "4");
	assert_int_equal(1, f->damaged);
	expect(f, "5");
	expect(f, "7");
	assert_int_equal(2, f->damaged);
	release(f);
	assert_int_equal(2, count_files(f, "*.spool"));
	assert_int_equal(2, count_files(f, "*.damaged"));
	assert_int_equal(1, count_files(f, "00000000000000000002.*.damaged"));
	assert_int_equal(4 * RECORD_BYTES(1) - RECORD_BYTES(1),
	    spool_counts(f->spool).waiting);
	reopen(f);
	assert_int_equal(2, f->recovery.aside);
	expect(f, "8");
	expect(f, "9");
	expect(f, "a");
	expect_nothing(f);
	release(f);
	assert_int_equal(2, count_files(f, "*.damaged"));
}

/* A body with a whole record in it, which was one elsewhere. */
static void
test_a_record_in_a_body_is_none(void **state)
{
	struct fixture *f = *state;
	struct answer a = ANSWER_NONE;
	struct image image = stored_and_closed(f);

	open_spool(f);
	assert_ok(put_body(f, buf_span(&image.bytes), &a, NULL));
	assert_ok(answer_of(&a));
	(void)store(f, "behind");
	close_spool(f);
	flip(f, 2, 3);
	open_spool(f);
	assert_int_equal(1, f->recovery.damaged);
	for (size_t i = 0; i < RECORDS; i++)
		expect(f, bodies[i]);
	expect(f, "behind");
	expect_nothing(f);
	buf_free(&image.bytes);
}

/* So large that it is searched for in more than one step. */
static void
test_the_next_record_is_found_far_behind(void **state)
{
	static char large[300000];
	struct fixture *f = *state;

	/* The next record's magic is at each place near a step's end. */
	memset(large, 'r', sizeof(large));
	for (size_t bytes = 131072 - 130; bytes < 131072 + 10; bytes++) {
		struct answer a = ANSWER_NONE;
		uint64_t number = f->at.segment + 1;

		assert_ok(put_body(f, (struct span){ large, bytes }, &a, NULL));
		assert_ok(answer_of(&a));
		(void)store(f, "behind");
		close_spool(f);
		flip(f, number, 0);
		open_spool(f);
		/* The one before is looked at once more. */
		assert_int_equal(number == 1 ? 1 : 2, f->recovery.damaged);
		expect(f, "behind");
		expect_nothing(f);
		release(f);
	}
}

/* What the tail gets goes on behind damage in it. */
static void
test_damage_while_it_is_open(void **state)
{
	struct fixture *f = *state;

	(void)store(f, "1");
	(void)store(f, "2");
	flip(f, 1, (long)RECORD_BYTES(1) + 1);
	expect(f, "1");
	expect_nothing(f);
	expect_nothing(f);
	(void)store(f, "3");
	expect(f, "3");
	assert_int_equal(1, f->damaged);
	expect_nothing(f);
	release(f);
	assert_int_equal(1, count_files(f, "*.damaged"));
}

static void
test_bytes_that_were_never_ours(void **state)
{
	struct fixture *f = *state;
	char noise[5000];

	srandom(8460);
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)random();
	open_with(f, (struct span){ noise, sizeof(noise) });
	assert_int_equal(1, f->recovery.damaged);
	assert_int_equal(0, f->recovery.torn);
	expect_nothing(f);
	(void)store(f, "behind");
	expect(f, "behind");
	release(f);
	assert_int_equal(1, count_files(f, "*.damaged"));
	assert_int_equal(1, count_files(f, "*.spool"));
}

static int
start(void **state)
{
	disk_works();
	disk_forgets_syncs();
	return start_spool(state);
}

#define spool_test(name) \
	cmocka_unit_test_setup_teardown(name, start, stop_spool)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		spool_test(test_every_cut),
		spool_test(test_zeros_at_the_end),
		spool_test(test_two_torn_ends),
		spool_test(test_every_flipped_byte),
		spool_test(test_a_damaged_segment_is_kept_when_it_is_released),
		spool_test(test_a_record_in_a_body_is_none),
		spool_test(test_the_next_record_is_found_far_behind),
		spool_test(test_damage_while_it_is_open),
		spool_test(test_bytes_that_were_never_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
