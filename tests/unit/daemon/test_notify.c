#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/notify.h"

/* The service manager's end. */
static struct manager {
	char folder[256], name[300];
	int fd;
} m;

static void
listen_at(const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    strlen(name));

	memcpy(sun.sun_path, name, strlen(name));
	if (name[0] == '@')
		sun.sun_path[0] = '\0';
	m.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_return_code(bind(m.fd, (struct sockaddr *)&sun, len), 0);
	assert_int_equal(0, setenv("NOTIFY_SOCKET", name, 1));
}

static int
setup(void **state)
{
	(void)state;
	support_mkdtemp(m.folder);
	(void)snprintf(m.name, sizeof(m.name), "%s/notify", m.folder);
	m.fd = -1;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	if (m.fd >= 0)
		(void)close(m.fd);
	support_rmdir(m.folder);
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
	return 0;
}

static struct notify
opened(void)
{
	struct notify n = NOTIFY_INIT;

	assert_ok(notify_open(&n, NULL));
	return n;
}

/* The next datagram, "" for none. */
static const char *
heard(void)
{
	static char text[1024];
	ssize_t n = recv(m.fd, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void
tell_all(struct notify *n)
{
	notify_status(n, "running: collect");
	notify_ready(n);
	notify_reloading(n, INT64_C(1234567890123));
	notify_stopping(n);
}

static void
assert_all_heard(void)
{
	assert_string_equal("STATUS=running: collect", heard());
	assert_string_equal("READY=1", heard());
	assert_string_equal("RELOADING=1\nMONOTONIC_USEC=1234567890", heard());
	assert_string_equal("STOPPING=1", heard());
	assert_string_equal("", heard());
}

static void
test_path(void **state)
{
	struct notify n;

	(void)state;
	listen_at(m.name);
	n = opened();
	tell_all(&n);
	assert_all_heard();
	notify_close(&n);
	notify_close(&n);
}

static void
test_abstract_name(void **state)
{
	char name[64];
	struct notify n;

	(void)state;
	(void)snprintf(name, sizeof(name), "@tlsrptd-test-%ld", (long)getpid());
	listen_at(name);
	n = opened();
	tell_all(&n);
	assert_all_heard();
	notify_close(&n);
}

static void
test_without_a_manager_nothing_happens(void **state)
{
	struct notify n = opened();

	(void)state;
	tell_all(&n);
	notify_alive(&n, 0);
	assert_int_equal(-1, n.fd);
	notify_close(&n);
}

static void
test_other_addresses_are_refused(void **state)
{
	static const char *const names[] = { "", "/", "@", "relative",
		"vsock:2:1234" };
	char longest[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	for (size_t i = 0; i <= sizeof(names) / sizeof(names[0]); i++) {
		struct notify n = NOTIFY_INIT;
		bool last = i == sizeof(names) / sizeof(names[0]);

		(void)setenv("NOTIFY_SOCKET", last ? longest : names[i], 1);
		assert_err(E_USAGE, notify_open(&n, NULL));
		assert_int_equal(-1, n.fd);
	}
}

static void
test_nobody_there(void **state)
{
	struct notify n = NOTIFY_INIT;
	struct why why = { { 0 } };

	(void)state;
	(void)setenv("NOTIFY_SOCKET", m.name, 1);
	assert_err(E_ABSENT, notify_open(&n, &why));
	assert_non_null(strstr(why.text, m.name));
	tell_all(&n);
}

static void
test_manager_goes_away(void **state)
{
	struct notify n;

	(void)state;
	listen_at(m.name);
	n = opened();
	(void)close(m.fd);
	m.fd = -1;
	tell_all(&n); /* no signal, no end */
	notify_close(&n);
}

static void
test_a_status_is_told_once(void **state)
{
	struct notify n;
	char longest[2 * NOTIFY_STATUS_MAX];

	(void)state;
	listen_at(m.name);
	n = opened();
	notify_status(&n, "one");
	notify_status(&n, "one");
	notify_status(&n, "two");
	assert_string_equal("STATUS=one", heard());
	assert_string_equal("STATUS=two", heard());
	assert_string_equal("", heard());
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	notify_status(&n, longest);
	assert_int_equal(strlen("STATUS=") + NOTIFY_STATUS_MAX - 1,
	    strlen(heard()));
	notify_close(&n);
}

static void
test_watchdog_hears_twice_as_often_as_asked(void **state)
{
	struct notify n;
	size_t pings = 0;

	(void)state;
	listen_at(m.name);
	(void)setenv("WATCHDOG_USEC", "3000000", 1);
	n = opened();
	for (int64_t ms = 0; ms < 6000; ms += 200)
		notify_alive(&n, 1000 * NS_PER_S + ms * NS_PER_MS);
	while (strcmp(heard(), "WATCHDOG=1") == 0)
		pings++;
	/* At 0, 1.6, 3.2 and 4.8 s. */
	assert_int_equal(4, pings);
	notify_close(&n);
}

static void
test_watchdog_of_another_process(void **state)
{
	struct notify n;
	char pid[32];

	(void)state;
	listen_at(m.name);
	(void)setenv("WATCHDOG_USEC", "3000000", 1);
	(void)setenv("WATCHDOG_PID", "1", 1);
	n = opened();
	notify_alive(&n, NS_PER_S);
	assert_string_equal("", heard());
	notify_close(&n);

	(void)setenv("NOTIFY_SOCKET", m.name, 1);
	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	(void)setenv("WATCHDOG_USEC", "3000000", 1);
	(void)setenv("WATCHDOG_PID", pid, 1);
	n = opened();
	notify_alive(&n, NS_PER_S);
	assert_string_equal("WATCHDOG=1", heard());
	notify_close(&n);
}

static void
test_children_do_not_inherit_it(void **state)
{
	struct notify n;

	(void)state;
	listen_at(m.name);
	(void)setenv("WATCHDOG_USEC", "3000000", 1);
	(void)setenv("WATCHDOG_PID", "1", 1);
	n = opened();
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_null(getenv("WATCHDOG_USEC"));
	assert_null(getenv("WATCHDOG_PID"));
	notify_close(&n);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_path),
		TEST(test_abstract_name),
		TEST(test_without_a_manager_nothing_happens),
		TEST(test_other_addresses_are_refused),
		TEST(test_nobody_there),
		TEST(test_manager_goes_away),
		TEST(test_a_status_is_told_once),
		TEST(test_watchdog_hears_twice_as_often_as_asked),
		TEST(test_watchdog_of_another_process),
		TEST(test_children_do_not_inherit_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
