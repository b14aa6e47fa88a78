#include "support/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "intake/stream_socket.h"

struct fixture {
	char folder[256], path[300];
	struct socket_file options;
};

static int
setup(void **state)
{
	static struct fixture f;

	support_mkdtemp(f.folder);
	(void)snprintf(f.path, sizeof(f.path), "%s/socket", f.folder);
	f.options = (struct socket_file){ f.path, "", "", 0660, "path" };
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	support_rmdir(f->folder);
	return 0;
}

static void
assert_connects(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(sun.sun_path, path, strlen(path) + 1);
	assert_int_equal(0, connect(fd, (struct sockaddr *)&sun, sizeof(sun)));
	(void)close(fd);
}

static void
test_it_listens(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct stat st;
	int fd;

	assert_ok_why(stream_socket_listen(&f->options, &fd, &why), &why);
	assert_int_equal(0, stat(f->path, &st));
	assert_int_equal(0660, st.st_mode & 07777);
	assert_connects(f->path);
	(void)close(fd);
}

static void
test_what_nobody_listens_on_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	int fd, again;

	assert_ok(stream_socket_listen(&f->options, &fd, &why));
	(void)close(fd);
	assert_ok_why(stream_socket_listen(&f->options, &fd, &why), &why);
	assert_err(E_BUSY, stream_socket_listen(&f->options, &again, &why));
	assert_connects(f->path);
	(void)close(fd);
}

static void
test_what_is_no_socket_stays(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	int fd = open(f->path, O_WRONLY | O_CREAT, 0600);

	(void)close(fd);
	assert_err(E_EXISTS, stream_socket_listen(&f->options, &fd, &why));
	assert_int_equal(0, access(f->path, F_OK));
}

static void
test_options_that_do_not_work(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	char path[200];
	int fd;

	f->options.owner = "no such user";
	assert_err(E_USAGE, stream_socket_listen(&f->options, &fd, &why));
	f->options.owner = "";
	f->options.group = "no such group";
	assert_err(E_USAGE, stream_socket_listen(&f->options, &fd, &why));
	f->options.group = "";
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	f->options.path = path;
	assert_err(E_RANGE, stream_socket_listen(&f->options, &fd, &why));
}

static void
test_addresses(void **state)
{
	static const struct {
		const char *address;
		enum err want;
	} cases[] = {
		{ "127.0.0.1:0", E_OK },
		{ "127.9.9.9:0", E_OK },
		{ "0.0.0.0:0", E_USAGE },
		{ "192.0.2.1:0", E_USAGE },
		{ "[::]:0", E_USAGE },
		{ "[::ffff:127.0.0.1]:0", E_USAGE },
		{ "[2001:db8::1]:0", E_USAGE },
		{ "localhost:0", E_SYNTAX },
		{ "127.0.0.1", E_SYNTAX },
		{ "127.0.0.1:", E_SYNTAX },
		{ "127.0.0.1:65536", E_SYNTAX },
		{ "127.0.0.1:-1", E_SYNTAX },
		{ "127.1:0", E_SYNTAX },
		{ "[::1]", E_SYNTAX },
		{ "[::1]0", E_SYNTAX },
		{ "[::1:0", E_SYNTAX },
		{ "[]:0", E_SYNTAX },
		{ "::1:0", E_SYNTAX },
		{ ":0", E_SYNTAX },
		{ "", E_SYNTAX },
		{ "0000:0000:0000:0000:0000:0000:0000:0000:0000:0", E_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct why why = { { 0 } };
		int fd = -1;

		print_message("%s\n", cases[i].address);
		assert_err(cases[i].want,
		    stream_socket_listen_tcp(cases[i].address, &fd, &why));
		assert_int_equal(cases[i].want == E_OK, fd >= 0);
		if (fd >= 0)
			(void)close(fd);
	}
}

/* Not every machine has IPv6. */
static void
test_ipv6(void **state)
{
	struct why why = { { 0 } };
	int fd = -1;
	enum err e = stream_socket_listen_tcp("[::1]:0", &fd, &why);

	(void)state;
	if (e != E_OK)
		assert_err(E_IO, e);
	else
		(void)close(fd);
}

static void
test_a_port_that_is_taken(void **state)
{
	struct sockaddr_in in;
	socklen_t len = sizeof(in);
	struct why why = { { 0 } };
	char address[32];
	int fd, again;

	(void)state;
	assert_ok(stream_socket_listen_tcp("127.0.0.1:0", &fd, &why));
	assert_int_equal(0, getsockname(fd, (struct sockaddr *)&in, &len));
	(void)snprintf(address, sizeof(address), "127.0.0.1:%d",
	    ntohs(in.sin_port));
	assert_err(E_IO, stream_socket_listen_tcp(address, &again, &why));
	assert_non_null(strstr(why.text, address));
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_it_listens, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    test_what_nobody_listens_on_is_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_no_socket_stays,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(test_options_that_do_not_work,
		    setup, teardown),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_a_port_that_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
