#include "support/test.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/listen.h"

static void
test_where_that_is_nowhere(void **state)
{
	static const char *const rows[] = { "", ":80", "127.0.0.1",
		"127.0.0.1:", "localhost:80", "[::1]", "[::1:80", "127.0.0.1:x",
		"127.0.0.1:70000", "x.sock" };
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct why why = { { 0 } };

		assert_err(E_USAGE, http_listen(rows[i], 0600, &fd, &why));
		assert_string_not_equal("", why.text);
	}
}

static void
test_an_address_that_is_taken(void **state)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct why why = { { 0 } };
	char where[32];
	int fd, other;

	(void)state;
	assert_ok_why(http_listen("127.0.0.1:0", 0, &fd, &why), &why);
	assert_int_equal(0, getsockname(fd, (struct sockaddr *)&ss, &len));
	(void)snprintf(where, sizeof(where), "127.0.0.1:%d",
	    ((unsigned char *)&ss)[2] << 8 | ((unsigned char *)&ss)[3]);
	assert_err(E_EXISTS, http_listen(where, 0, &other, &why));
	assert_non_null(strstr(why.text, where));
	(void)close(fd);
}

static void
test_a_unix_socket_is_replaced_once_nobody_listens(void **state)
{
	struct why why = { { 0 } };
	char folder[256], path[300];
	struct stat st;
	int fd, other;

	(void)state;
	support_mkdtemp(folder);
	(void)snprintf(path, sizeof(path), "%s/s", folder);
	assert_ok_why(http_listen(path, 0620, &fd, &why), &why);
	assert_int_equal(0, stat(path, &st));
	assert_int_equal(S_IFSOCK | 0620, st.st_mode);
	assert_err(E_EXISTS, http_listen(path, 0600, &other, &why));
	(void)close(fd);
	assert_ok_why(http_listen(path, 0600, &fd, &why), &why);
	(void)close(fd);
	support_rmdir(folder);
}

static void
test_a_file_is_not_replaced(void **state)
{
	struct why why = { { 0 } };
	char folder[256], path[300];
	FILE *f;
	int fd;

	(void)state;
	support_mkdtemp(folder);
	(void)snprintf(path, sizeof(path), "%s/file", folder);
	assert_non_null(f = fopen(path, "w"));
	(void)fclose(f);
	assert_err(E_EXISTS, http_listen(path, 0600, &fd, &why));
	assert_int_equal(0, access(path, F_OK));
	support_rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_that_is_nowhere),
		cmocka_unit_test(test_an_address_that_is_taken),
		cmocka_unit_test(
		    test_a_unix_socket_is_replaced_once_nobody_listens),
		cmocka_unit_test(test_a_file_is_not_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
