#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "ingest/datagram_socket.h"

struct fixture {
	char folder[256], path[300];
	struct socket_file options;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	support_mkdtemp(f->folder);
	(void)snprintf(f->path, sizeof(f->path), "%s/socket", f->folder);
	f->options = (struct socket_file){ f->path, "", "", 0622, "path" };
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

static void
test_the_socket_has_the_mode_asked_for(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct stat st;
	int fd;

	assert_ok_why(datagram_socket_bind(&f->options, &fd, &why), &why);
	assert_int_equal(0, stat(f->path, &st));
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(0622, st.st_mode & 0777);
	(void)close(fd);
}

static void
test_a_stale_socket_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	int fd;

	for (int i = 0; i < 3; i++) {
		assert_ok_why(datagram_socket_bind(&f->options, &fd, &why),
		    &why);
		(void)close(fd);
	}
}

static void
test_a_live_socket_stays(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	int fd, second;

	assert_ok_why(datagram_socket_bind(&f->options, &fd, &why), &why);
	assert_err(E_BUSY, datagram_socket_bind(&f->options, &second, &why));
	assert_non_null(strstr(why.text, f->path));
	assert_int_equal(0, access(f->path, F_OK));
	(void)close(fd);
}

static void
test_a_file_in_the_way_stays(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	FILE *file = fopen(f->path, "w");
	int fd;

	(void)fputs("mine", file);
	(void)fclose(file);
	assert_err(E_EXISTS, datagram_socket_bind(&f->options, &fd, &why));
	assert_int_equal(0, access(f->path, F_OK));
}

static void
test_a_path_that_is_too_long_is_refused(void **state)
{
	struct fixture *f = *state;
	char path[109];
	int fd;

	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	f->options.path = path;
	assert_err(E_RANGE, datagram_socket_bind(&f->options, &fd, NULL));
}

static void
test_an_unknown_owner_is_said(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	int fd;

	f->options.group = "no-such-group";
	assert_err(E_USAGE, datagram_socket_bind(&f->options, &fd, &why));
	assert_non_null(strstr(why.text, "no-such-group"));
}

static void
test_only_datagram_sockets_are_adopted(void **state)
{
	int pair[2], pipe_fds[2];

	(void)state;
	assert_int_equal(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	assert_ok(datagram_socket_adopt(pair[0], NULL));
	(void)close(pair[0]);
	(void)close(pair[1]);
	assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	assert_err(E_USAGE, datagram_socket_adopt(pair[0], NULL));
	(void)close(pair[0]);
	(void)close(pair[1]);
	assert_int_equal(0, pipe(pipe_fds));
	assert_err(E_USAGE, datagram_socket_adopt(pipe_fds[0], NULL));
	(void)close(pipe_fds[0]);
	(void)close(pipe_fds[1]);
}

static void
test_the_queue_limit_is_the_kernels(void **state)
{
	FILE *file = fopen("/proc/sys/net/unix/max_dgram_qlen", "r");
	int want = -1;

	(void)state;
	if (file != NULL) {
		assert_int_equal(1, fscanf(file, "%d", &want));
		(void)fclose(file);
	}
	assert_int_equal(want, datagram_socket_queue_limit());
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_the_socket_has_the_mode_asked_for),
		TEST(test_a_stale_socket_is_replaced),
		TEST(test_a_live_socket_stays),
		TEST(test_a_file_in_the_way_stays),
		TEST(test_a_path_that_is_too_long_is_refused),
		TEST(test_an_unknown_owner_is_said),
		TEST(test_only_datagram_sockets_are_adopted),
		TEST(test_the_queue_limit_is_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
