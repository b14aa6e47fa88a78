/* What a confined process may still do, tried by one that is. Without Landlock
 * the tests see that nothing is lost, and say that they saw no more. */
#include "support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/confine.h"
#include "daemon/landlock.h"

enum {
	READ_STORE = 1,
	WRITE_STORE = 2,
	READ_OTHER = 4,
	WRITE_OTHER = 8,
	RUN = 16,
	READ_KEY = 32,
	WRITE_KEY = 64,
	READ_SYSTEM = 128,
	EVERYTHING = 255,
};

struct fixture {
	char folder[256];
	bool kernel_can;
};

static void
make(const char *folder, const char *name)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_return_code(mkdir(path, 0700), errno);
	(void)snprintf(path, sizeof(path), "%s/%s/file", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_return_code(fd, errno);
	(void)close(fd);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fd = -1;

	assert_non_null(f);
	support_mkdtemp(f->folder);
	make(f->folder, "data");
	make(f->folder, "key");
	make(f->folder, "other");
	f->kernel_can = landlock_begin(true, &fd, NULL) == E_OK;
	if (fd >= 0)
		(void)close(fd);
	if (!f->kernel_can)
		print_message("this kernel has no Landlock: what it refuses "
			      "could not be seen\n");
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	support_rmdir(f->folder);
	free(f);
	return 0;
}

static int
can(const struct fixture *f, const char *name, int flags, int bit)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s",
	    name[0] == '/' ? "" : f->folder, name);
	fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0 ? bit : 0;
}

static int
can_run(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)execl("/bin/true", "true", NULL);
		_exit(99);
	}
	(void)waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? RUN : 0;
}

static int
what_it_can(const struct fixture *f)
{
	const int make_file = O_WRONLY | O_CREAT;

	return can(f, "data/file", O_RDONLY, READ_STORE) |
	    can(f, "data/new", make_file, WRITE_STORE) |
	    can(f, "other/file", O_RDONLY, READ_OTHER) |
	    can(f, "other/new", make_file, WRITE_OTHER) | can_run() |
	    can(f, "key/file", O_RDONLY, READ_KEY) |
	    can(f, "key/new", make_file, WRITE_KEY) |
	    can(f, "/etc/passwd", O_RDONLY, READ_SYSTEM);
}

/* What a process of the role can, with that in its configuration. */
static int
of_role(const struct fixture *f, const char *role, const char *more)
{
	struct buf text = BUF_INIT(4096), errors = BUF_INIT(4096);
	struct config *config = NULL;
	int status = 0;
	pid_t pid;

	buf_addf(&text,
	    "[report]\norganization = x\ncontact = x@x.example\n"
	    "[daemon]\ndata_dir = data\n%s",
	    more);
	assert_int_equal(E_OK,
	    config_parse(buf_span(&text), "t.conf", f->folder, &config,
		&errors));
	pid = fork();
	if (pid == 0) {
		confine(role, config);
		_exit(what_it_can(f));
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFEXITED(status));
	config_free(config);
	buf_free(&text);
	buf_free(&errors);
	return WEXITSTATUS(status);
}

static void
assert_can(const struct fixture *f, int want, int got)
{
	assert_int_equal(f->kernel_can ? want : EVERYTHING, got);
}

static void
test_a_role_has_the_store_and_the_system(void **state)
{
	const struct fixture *f = *state;

	assert_can(f, READ_STORE | WRITE_STORE | READ_SYSTEM,
	    of_role(f, "web", ""));
}

static void
test_a_role_reads_its_own_files(void **state)
{
	const struct fixture *f = *state;
	const char *more = "[web]\ncertificate = key/file\nkey = key/file\n";

	assert_can(f, READ_STORE | WRITE_STORE | READ_SYSTEM | READ_KEY,
	    of_role(f, "web", more));
	assert_can(f, READ_STORE | WRITE_STORE | READ_SYSTEM,
	    of_role(f, "report", more));
}

static void
test_a_list_of_files(void **state)
{
	const struct fixture *f = *state;
	struct buf more = BUF_INIT(4096);

	buf_addf(&more, "[collect]\nlogs = %s/key/file\n", f->folder);
	assert_can(f, READ_STORE | WRITE_STORE | READ_SYSTEM | READ_KEY,
	    of_role(f, "collect", buf_str(&more)));
	buf_free(&more);
}

static void
test_with_postgresql_reading_is_free(void **state)
{
	const struct fixture *f = *state;

	assert_can(f, READ_STORE | READ_OTHER | READ_KEY | READ_SYSTEM,
	    of_role(f, "web", "[store]\nurl = postgresql://h.example/d\n"));
}

static void
test_a_role_that_runs_a_program_is_free(void **state)
{
	const struct fixture *f = *state;

	assert_int_equal(EVERYTHING,
	    of_role(f, "deliver", "[deliver]\nmode = on\n"));
	assert_can(f, READ_STORE | WRITE_STORE | READ_SYSTEM,
	    of_role(f, "deliver",
		"[deliver]\nmode = on\nmail_by = smtp\ndirectory = data\n"));
	assert_int_equal(EVERYTHING,
	    of_role(f, "watch",
		"[alert]\nroutes = critical=command\ncommand = /bin/true\n"));
	assert_can(f, READ_STORE | WRITE_STORE | READ_SYSTEM,
	    of_role(f, "watch", "[alert]\nroutes = critical=log\n"));
}

static void
test_it_can_be_left_out(void **state)
{
	const struct fixture *f = *state;

	assert_int_equal(EVERYTHING, of_role(f, "web", "confine = no\n"));
}

/* As on a disk that is mounted later: then the rule would be of another. */
static void
test_a_folder_that_is_not_there_leaves_all_open(void **state)
{
	const struct fixture *f = *state;

	assert_int_equal(EVERYTHING,
	    of_role(f, "web", "[store]\nurl = sqlite:/nowhere/x/y.db\n"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_role_has_the_store_and_the_system),
		TEST(test_a_role_reads_its_own_files),
		TEST(test_a_list_of_files),
		TEST(test_with_postgresql_reading_is_free),
		TEST(test_a_role_that_runs_a_program_is_free),
		TEST(test_it_can_be_left_out),
		TEST(test_a_folder_that_is_not_there_leaves_all_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
