/* A log that is followed by its name. Rotations beside a service that is
 * killed: tests/system/test_tail.py. */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "ingest/log_file.h"
#include "ingest/log_lines.h"

struct scene {
	char folder[256];
	char path[300];
	struct log_file *file;
	enum log_file_start start;
};

static int
setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return -1;
	support_mkdtemp(s->folder);
	(void)snprintf(s->path, sizeof(s->path), "%s/mail.log", s->folder);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct scene *s = *state;

	log_file_close(s->file);
	support_rmdir(s->folder);
	free(s);
	return 0;
}

static void
append(const char *path, const char *text)
{
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(0, fclose(f));
}

static void
open_at(struct scene *s, struct log_place from)
{
	struct why why = { { 0 } };

	log_file_close(s->file);
	s->file = NULL;
	assert_ok_why(log_file_open(s->path, &from, &s->file, &s->start, &why),
	    &why);
}

static struct log_place
place(struct scene *s)
{
	struct log_place at;

	assert_ok(log_file_place(s->file, &at, NULL));
	return at;
}

static void
assert_line(struct scene *s, const char *want, bool want_known)
{
	struct why why = { { 0 } };
	struct span line;
	bool known;

	assert_ok_why(log_file_next(s->file, &line, &known, &why), &why);
	assert_span(want, line);
	assert_int_equal(want_known, known);
}

static void
assert_end(struct scene *s)
{
	struct span line;
	bool known;

	assert_err(E_ABSENT, log_file_next(s->file, &line, &known, NULL));
}

static const struct log_place nowhere;

static void
test_lines_come_when_they_are_whole(void **state)
{
	struct scene *s = *state;

	append(s->path, "one\n\ntwo");
	open_at(s, nowhere);
	assert_int_equal(LOG_FILE_AT_BEGIN, s->start);
	assert_line(s, "one", false);
	assert_line(s, "", false);
	assert_end(s);
	assert_int_equal(5, place(s).position);
	append(s->path, " more\n");
	assert_line(s, "two more", false);
	assert_end(s);
}

static void
test_what_stands_before_the_place_is_known(void **state)
{
	struct scene *s = *state;
	struct log_place at;

	append(s->path, "one\ntwo\n");
	open_at(s, nowhere);
	assert_line(s, "one", false);
	at = place(s);
	open_at(s, at);
	assert_int_equal(LOG_FILE_AT_PLACE, s->start);
	assert_line(s, "one", true);
	assert_line(s, "two", false);
}

/* Of a long log the last megabyte is read again, from a whole line on. */
static void
test_the_look_back_has_an_end(void **state)
{
	struct scene *s = *state;
	struct buf text = BUF_INIT(4 * LOG_FILE_LOOK_BACK);
	struct span line;
	bool known = true;
	size_t n = 0;

	for (int i = 0; text.len < 2 * LOG_FILE_LOOK_BACK; i++)
		buf_addf(&text, "line %07d\n", i);
	append(s->path, buf_str(&text));
	open_at(s, nowhere);
	while (log_file_next(s->file, &line, &known, NULL) == E_OK)
		assert_false(known);
	open_at(s, place(s));
	for (; log_file_next(s->file, &line, &known, NULL) == E_OK; n++) {
		assert_true(known);
		assert_int_equal(12, line.len);
	}
	assert_in_range(n, LOG_FILE_LOOK_BACK / 13 - 1,
	    LOG_FILE_LOOK_BACK / 13);
	buf_free(&text);
}

static void
test_a_line_past_the_ceiling_is_cut(void **state)
{
	struct scene *s = *state;
	char *text = malloc(200001);
	struct span line;
	bool known;

	assert_non_null(text);
	memset(text, 'x', 200000);
	text[200000] = '\0';
	append(s->path, text);
	append(s->path, "\nnext\n");
	free(text);
	open_at(s, nowhere);
	assert_ok(log_file_next(s->file, &line, &known, NULL));
	assert_int_equal(LOG_LINE_MAX, line.len);
	assert_line(s, "next", false);
	assert_end(s);
	assert_int_equal(200006, place(s).position);
}

/* It is read to its end, its last line too, before the next one is. */
static void
test_a_log_that_is_left(void **state)
{
	struct scene *s = *state;
	char old[320];

	(void)snprintf(old, sizeof(old), "%s.1", s->path);
	append(s->path, "one\n");
	open_at(s, nowhere);
	assert_line(s, "one", false);
	assert_end(s);
	assert_int_equal(0, rename(s->path, old));
	assert_end(s);
	append(s->path, "");
	append(old, "two\nthr");
	assert_line(s, "two", false);
	assert_end(s);
	append(s->path, "four\n");
	append(old, "ee");
	assert_line(s, "three", false);
	assert_line(s, "four", false);
	assert_end(s);
	assert_int_equal(5, place(s).position);
}

/* Its number is that of another file now: how it begins tells. */
static void
test_a_number_that_is_used_again(void **state)
{
	struct scene *s = *state;
	struct log_place at;

	append(s->path, "one\ntwo\n");
	open_at(s, nowhere);
	assert_line(s, "one", false);
	at = place(s);
	assert_int_equal(0, truncate(s->path, 0));
	append(s->path, "three\nfour\n");
	open_at(s, at);
	assert_int_equal(LOG_FILE_AFTER_GAP, s->start);
	assert_line(s, "three", false);
}

static void
test_a_log_that_is_cut_while_it_is_read(void **state)
{
	struct scene *s = *state;

	append(s->path, "one\ntwo\n");
	open_at(s, nowhere);
	assert_line(s, "one", false);
	assert_line(s, "two", false);
	assert_end(s);
	assert_int_equal(0, truncate(s->path, 0));
	append(s->path, "x\n");
	assert_line(s, "x", false);
	assert_end(s);
	assert_int_equal(2, place(s).position);
}

/* What was written anew is longer than what was read before. */
static void
test_a_log_that_is_cut_and_grows(void **state)
{
	struct scene *s = *state;

	append(s->path, "one\ntwo\n");
	open_at(s, nowhere);
	assert_line(s, "one", false);
	assert_line(s, "two", false);
	assert_end(s);
	assert_int_equal(0, truncate(s->path, 0));
	append(s->path, "three\nfour\n");
	assert_line(s, "three", false);
	assert_line(s, "four", false);
	assert_end(s);
	assert_int_equal(11, place(s).position);
}

/* logrotate's copytruncate: the copy has what was not read yet. */
static void
test_a_log_that_is_copied_and_cut(void **state)
{
	struct scene *s = *state;
	char copy[320];

	(void)snprintf(copy, sizeof(copy), "%s.1", s->path);
	append(s->path, "one\n");
	open_at(s, nowhere);
	assert_line(s, "one", false);
	assert_end(s);
	append(copy, "one\ntwo\n");
	assert_int_equal(0, truncate(s->path, 0));
	append(s->path, "three\nfour\n");
	assert_line(s, "two", false);
	assert_line(s, "three", false);
	assert_line(s, "four", false);
	assert_end(s);
	assert_int_equal(11, place(s).position);
}

static void
touch_at(const char *path, time_t s)
{
	const struct timespec times[] = { { .tv_sec = s }, { .tv_sec = s } };

	assert_int_equal(0, utimensat(AT_FDCWD, path, times, 0));
}

/* Names tell which file is the next: anything may change a time. */
static void
test_an_older_file_that_is_touched(void **state)
{
	static const char *const older[][2] = { { ".2", ".1" },
		{ "-20260301", "-20260302" } };
	struct scene *s = *state;
	char oldest[320], old[320];

	for (size_t i = 0; i < sizeof(older) / sizeof(older[0]); i++) {
		(void)snprintf(oldest, sizeof(oldest), "%s%s", s->path,
		    older[i][0]);
		(void)snprintf(old, sizeof(old), "%s%s", s->path, older[i][1]);
		append(oldest, "zero\n");
		append(s->path, "one\n");
		open_at(s, nowhere);
		assert_line(s, "one", false);
		assert_int_equal(0, rename(s->path, old));
		append(s->path, "two\n");
		touch_at(old, 1772452800);
		touch_at(oldest, 1772452900);
		assert_line(s, "two", false);
		assert_end(s);
		assert_int_equal(0, unlink(s->path));
		assert_int_equal(0, unlink(old));
		assert_int_equal(0, unlink(oldest));
	}
}

static void
test_what_is_no_log(void **state)
{
	struct scene *s = *state;
	struct why why = { { 0 } };

	assert_err(E_ABSENT,
	    log_file_open(s->path, &nowhere, &s->file, &s->start, &why));
	assert_non_null(strstr(why.text, "mail.log"));
	assert_int_equal(0, mkfifo(s->path, 0600));
	assert_err(E_USAGE,
	    log_file_open(s->path, &nowhere, &s->file, &s->start, NULL));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lines_come_when_they_are_whole),
		TEST(test_what_stands_before_the_place_is_known),
		TEST(test_the_look_back_has_an_end),
		TEST(test_a_line_past_the_ceiling_is_cut),
		TEST(test_a_log_that_is_left),
		TEST(test_a_number_that_is_used_again),
		TEST(test_a_log_that_is_cut_while_it_is_read),
		TEST(test_a_log_that_is_cut_and_grows),
		TEST(test_a_log_that_is_copied_and_cut),
		TEST(test_an_older_file_that_is_touched),
		TEST(test_what_is_no_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
