#include "support/test.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

struct folder {
	char path[256];
	int fd;
	char name[512]; /* of path_in */
};

static int
set_up(void **state)
{
	static struct folder f;

	support_mkdtemp(f.path);
	f.fd = open(f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(f.fd >= 0);
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct folder *f = *state;

	(void)close(f->fd);
	support_rmdir(f->path);
	return 0;
}

/* Valid until the next call. */
static const char *
path_in(struct folder *f, const char *name)
{
	(void)snprintf(f->name, sizeof(f->name), "%s/%s", f->path, name);
	return f->name;
}

static void
put_file(struct folder *f, const char *name, const char *text)
{
	FILE *file = fopen(path_in(f, name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(0, fclose(file));
}

static void
assert_file(struct folder *f, const char *name, const char *want)
{
	char got[256] = "";
	FILE *file = fopen(path_in(f, name), "r");
	size_t n;

	assert_non_null(file);
	n = fread(got, 1, sizeof(got) - 1, file);
	(void)fclose(file);
	assert_int_equal(strlen(want), n);
	assert_string_equal(want, got);
}

static bool
is_there(struct folder *f, const char *name)
{
	struct stat st;

	return lstat(path_in(f, name), &st) == 0;
}

/* -- file_read -- */

static void
test_read_appends(void **state)
{
	struct buf out = BUF_INIT(8);

	put_file(*state, "a", "text");
	put_file(*state, "b", "!");
	buf_adds(&out, "the");
	assert_ok(file_read(path_in(*state, "a"), &out, NULL));
	assert_ok(file_read(path_in(*state, "b"), &out, NULL));
	assert_span("thetext!", buf_span(&out));
	buf_free(&out);
}

static void
test_read_stops_at_the_ceiling(void **state)
{
	struct buf out = BUF_INIT(3);
	struct why why = { { 0 } };

	put_file(*state, "a", "text");
	assert_err(E_RANGE, file_read(path_in(*state, "a"), &out, &why));
	assert_non_null(strstr(why.text, "more than 3 bytes"));
	buf_free(&out);
}

static void
test_read_of_an_endless_file_ends(void **state)
{
	struct buf out = BUF_INIT(1000);

	(void)state;
	assert_err(E_RANGE, file_read("/dev/zero", &out, NULL));
	buf_free(&out);
}

static void
test_read_errors(void **state)
{
	struct folder *f = *state;
	struct buf out = BUF_INIT(100);
	struct why why = { { 0 } };

	assert_err(E_ABSENT, file_read(path_in(f, "none"), &out, &why));
	assert_non_null(strstr(why.text, "/none: No such file"));
	assert_err(E_IO, file_read(f->path, &out, NULL));
	assert_int_equal(0, out.len);
	put_file(f, "empty", "");
	assert_ok(file_read(path_in(f, "empty"), &out, NULL));
	assert_int_equal(0, out.len);
	buf_free(&out);
}

/* -- file_write_durably -- */

static enum err
write_durably(struct folder *f, const char *name, const char *text, mode_t mode)
{
	return file_write_durably(f->fd, name, span_str(text), mode, NULL);
}

static unsigned
count_entries(struct folder *f)
{
	char command[512];
	unsigned n = UINT_MAX;
	FILE *ls;

	(void)snprintf(command, sizeof(command), "ls -A %s | wc -l", f->path);
	assert_non_null(ls = popen(command, "r"));
	assert_int_equal(1, fscanf(ls, "%u", &n));
	(void)pclose(ls);
	return n;
}

static void
test_write_makes_and_replaces(void **state)
{
	struct folder *f = *state;
	mode_t before = umask(0);
	struct stat st;

	assert_ok(write_durably(f, "a", "the older, longer text", 0600));
	assert_ok(write_durably(f, "a", "text", 0640));
	assert_ok(write_durably(f, "b", "", 0600));
	assert_ok(write_durably(f, "c", "1", 0600));
	(void)umask(before);
	assert_file(f, "a", "text");
	assert_file(f, "b", "");
	assert_file(f, "c", "1");
	assert_int_equal(3, count_entries(f));
	assert_int_equal(0, stat(path_in(f, "a"), &st));
	assert_int_equal(0640, st.st_mode & 07777);
	assert_int_equal(0, stat(path_in(f, "b"), &st));
	assert_int_equal(0600, st.st_mode & 07777);
}

static void
test_write_after_a_crash(void **state)
{
	struct folder *f = *state;

	put_file(f, ".writing", "what an earlier process had begun to write");
	assert_ok(write_durably(f, "a", "text", 0600));
	assert_file(f, "a", "text");
	assert_int_equal(1, count_entries(f));
}

/* The bytes do not fit: what was there before must still be. */
static void
test_write_that_fails_leaves_the_older_file(void **state)
{
	struct folder *f = *state;
	char large[2000];
	struct rlimit before, limit;
	struct why why = { { 0 } };
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	enum err e;

	memset(large, 'x', sizeof(large));
	assert_ok(write_durably(f, "a", "older", 0600));
	assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &before));
	limit = before;
	limit.rlim_cur = 1000;
	assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &limit));
	e = file_write_durably(f->fd, "a",
	    (struct span){ large, sizeof(large) }, 0600, &why);
	assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &before));
	(void)signal(SIGXFSZ, handler);
	assert_err(E_IO, e);
	assert_string_equal("a: File too large", why.text);
	assert_file(f, "a", "older");
	assert_int_equal(1, count_entries(f));
}

static void
test_write_errors(void **state)
{
	struct folder *f = *state;
	struct why why = { { 0 } };

	assert_int_equal(0, mkdir(path_in(f, "folder"), 0700));
	assert_err(E_IO, write_durably(f, "folder", "text", 0600));
	assert_err(E_ABSENT, write_durably(f, "none/a", "text", 0600));
	assert_int_equal(1, count_entries(f));
	assert_err(E_IO,
	    file_write_durably(-1, "a", SPAN_LIT("text"), 0600, &why));
	assert_string_equal("a: Bad file descriptor", why.text);
}

/* -- file_make_folder -- */

static void
test_make_folder_makes_all_on_the_way(void **state)
{
	struct folder *f = *state;
	mode_t before = umask(0);
	struct stat st;

	assert_ok(file_make_folder(path_in(f, "a//b"), 0750, NULL));
	assert_ok(file_make_folder(path_in(f, "a/b/c/"), 0750, NULL));
	assert_ok(file_make_folder(path_in(f, "a/b/c"), 0700, NULL));
	(void)umask(before);
	assert_int_equal(0, stat(path_in(f, "a"), &st));
	assert_int_equal(0750, st.st_mode & 07777);
	assert_int_equal(0, stat(path_in(f, "a/b/c"), &st));
	assert_int_equal(0750, st.st_mode & 07777);
	assert_ok(file_make_folder("/", 0700, NULL));
	assert_ok(file_make_folder(".", 0700, NULL));
}

static void
test_make_folder_errors(void **state)
{
	struct folder *f = *state;
	char longest[PATH_MAX + 2];
	struct why why = { { 0 } };

	put_file(f, "file", "");
	assert_err(E_EXISTS, file_make_folder(path_in(f, "file"), 0700, &why));
	assert_non_null(strstr(why.text, "/file: not a folder"));
	assert_err(E_IO, file_make_folder(path_in(f, "file/a"), 0700, NULL));
	assert_err(E_ABSENT, file_make_folder("", 0700, NULL));
	memset(longest, '/', PATH_MAX);
	longest[PATH_MAX] = '\0';
	assert_err(E_RANGE, file_make_folder(longest, 0700, NULL));
}

/* -- file_lock -- */

static void
test_lock_is_held_until_closed(void **state)
{
	struct folder *f = *state;
	struct why why = { { 0 } };
	int first = -1, second = -1;

	assert_ok(file_lock(path_in(f, "lock"), &first, NULL));
	assert_true(is_there(f, "lock"));
	assert_int_equal(FD_CLOEXEC, fcntl(first, F_GETFD));
	assert_err(E_BUSY, file_lock(path_in(f, "lock"), &second, &why));
	assert_non_null(strstr(why.text, "another process holds it"));
	assert_int_equal(-1, second);
	(void)close(first);
	assert_ok(file_lock(path_in(f, "lock"), &second, NULL));
	(void)close(second);
}

static void
test_lock_errors(void **state)
{
	struct folder *f = *state;
	int fd = -1;

	assert_err(E_ABSENT, file_lock(path_in(f, "none/lock"), &fd, NULL));
	assert_err(E_IO, file_lock(f->path, &fd, NULL));
	assert_int_equal(-1, fd);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static void
test_a_secret_is_the_first_line(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "secret\nmore\n", "secret" },
		{ "secret\r\n", "secret" },
		{ "with blank ", "with blank " },
		{ "\nsecond", "" },
		{ "", "" },
	};
	struct folder *f = *state;
	struct why why = { { 0 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT(100);

		put_file(f, "a", cases[i].in);
		assert_ok_why(file_read_secret(path_in(f, "a"), &out, &why),
		    &why);
		assert_string_equal(cases[i].want, buf_str(&out));
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_read_appends),
		IN_FOLDER(test_read_stops_at_the_ceiling),
		IN_FOLDER(test_read_of_an_endless_file_ends),
		IN_FOLDER(test_read_errors),
		IN_FOLDER(test_a_secret_is_the_first_line),
		IN_FOLDER(test_write_makes_and_replaces),
		IN_FOLDER(test_write_after_a_crash),
		IN_FOLDER(test_write_that_fails_leaves_the_older_file),
		IN_FOLDER(test_write_errors),
		IN_FOLDER(test_make_folder_makes_all_on_the_way),
		IN_FOLDER(test_make_folder_errors),
		IN_FOLDER(test_lock_is_held_until_closed),
		IN_FOLDER(test_lock_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
