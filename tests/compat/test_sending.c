/* What the collector's side can do to a sender: be away, be full, be something
 * else. Each datagram that no one took is counted. */
#include "support/test.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "mta.h"

/* The tests are of the shared object, not of the archive. */
static void
test_it_is_the_shared_object(void **state)
{
	void *address = dlsym(RTLD_DEFAULT, "tlsrpt_open");
	Dl_info info;

	(void)state;
	assert_non_null(address);
	assert_int_not_equal(0, dladdr(address, &info));
	assert_non_null(strstr(info.dli_fname, "/libtlsrpt.so.0"));
}

/* -- the socket -- */

static int
option(int fd, int name)
{
	socklen_t n = sizeof(int);
	int value = -1;

	assert_int_equal(0, getsockopt(fd, SOL_SOCKET, name, &value, &n));
	return value;
}

static void
test_the_socket_is_for_datagrams_and_closed_on_exec(void **state)
{
	struct mta *m = *state;
	int fd = tlsrpt_get_socket(m->con);

	assert_true(fd >= 0);
	assert_int_equal(AF_UNIX, option(fd, SO_DOMAIN));
	assert_int_equal(SOCK_DGRAM, option(fd, SO_TYPE));
	assert_int_equal(FD_CLOEXEC, fcntl(fd, F_GETFD));
	assert_int_equal(0, tlsrpt_close(&m->con));
	assert_int_equal(-1, fcntl(fd, F_GETFD));
	assert_int_equal(EBADF, errno);
}

static void
test_no_descriptor_left(void **state)
{
	struct tlsrpt_connection_t *con = *state;
	struct rlimit before, none;

	assert_int_equal(0, getrlimit(RLIMIT_NOFILE, &before));
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(0, setrlimit(RLIMIT_NOFILE, &none));
	assert_int_equal(11000 + EMFILE, tlsrpt_open(&con, "/run/sock"));
	assert_null(con);
	assert_int_equal(0, setrlimit(RLIMIT_NOFILE, &before));
}

static void
test_close_that_fails_frees_all_the_same(void **state)
{
	struct mta *m = *state;

	assert_int_equal(0, close(tlsrpt_get_socket(m->con)));
	assert_int_equal(12000 + EBADF, tlsrpt_close(&m->con));
	assert_null(m->con);
}

/* -- away -- */

/* Sends one datagram that is lost: what the last call returned. */
static int
send_lost(struct mta *m)
{
	uint64_t before = tlsrpt_datagrams_lost();
	int error;

	mta_begin(m);
	assert_int_equal(0,
	    tlsrpt_init_policy(m->dr, TLSRPT_NO_POLICY_FOUND, NULL));
	assert_int_equal(0, tlsrpt_finish_policy(m->dr, TLSRPT_FINAL_SUCCESS));
	error = tlsrpt_finish_delivery_request(&m->dr);
	assert_null(m->dr);
	assert_int_equal(before + 1, tlsrpt_datagrams_lost());
	return error;
}

static void
test_collector_that_is_not_there(void **state)
{
	struct mta *m = *state;

	assert_int_equal(0, unlink(m->r.path));
	assert_int_equal(13000 + ENOENT, send_lost(m));
	/* Not remembered: each datagram is tried. */
	assert_int_equal(13000 + ENOENT, send_lost(m));
}

static void
test_collector_that_left_its_socket_behind(void **state)
{
	struct mta *m = *state;

	receiver_stop(&m->r);
	assert_int_equal(13000 + ECONNREFUSED, send_lost(m));
}

static void
test_collector_that_started_again(void **state)
{
	struct mta *m = *state;
	uint64_t before;

	mta_send_least(m);
	receiver_stop(&m->r);
	assert_int_equal(13000 + ECONNREFUSED, send_lost(m));
	receiver_start(&m->r);
	before = tlsrpt_datagrams_lost();
	mta_send_least(m);
	assert_int_equal(before, tlsrpt_datagrams_lost());
	assert_span(MTA_LEAST, receiver_take(&m->r));
	receiver_assert_empty(&m->r);
}

static void
test_name_of_an_ordinary_file(void **state)
{
	struct mta *m = *state;
	FILE *file;

	assert_int_equal(0, unlink(m->r.path));
	file = fopen(m->r.path, "w");
	assert_non_null(file);
	(void)fclose(file);
	assert_int_equal(13000 + ECONNREFUSED, send_lost(m));
}

static void
test_listener_for_streams(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct mta *m = *state;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(0, unlink(m->r.path));
	memcpy(address.sun_path, m->r.path, strlen(m->r.path));
	assert_int_equal(0,
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)));
	assert_int_equal(0, listen(fd, 5));
	assert_int_equal(13000 + EPROTOTYPE, send_lost(m));
	(void)close(fd);
}

/* Postfix in a chroot has such a name. */
static void
test_relative_name(void **state)
{
	struct mta *m = *state;
	struct tlsrpt_connection_t *con = m->con;
	char before[4096];

	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(0, chdir(m->r.folder));
	assert_int_equal(0,
	    tlsrpt_open(&m->con, m->r.path + strlen(m->r.folder) + 1));
	mta_send_least(m);
	assert_span(MTA_LEAST, receiver_take(&m->r));
	assert_int_equal(0, tlsrpt_close(&m->con));
	assert_int_equal(0, chdir(before));
	m->con = con;
}

/* -- full -- */

#define QUEUE_MAX 100000 /* no net.unix.max_dgram_qlen is that large */

/* A connection a datagram, as Postfix has it: how many were taken before one
 * was not. */
static int
fill(struct mta *m, int *ret_error)
{
	int n;

	for (n = 0; n < QUEUE_MAX; n++) {
		assert_int_equal(0, tlsrpt_close(&m->con));
		assert_int_equal(0, tlsrpt_open(&m->con, m->r.path));
		mta_begin(m);
		assert_int_equal(0,
		    tlsrpt_init_policy(m->dr, TLSRPT_NO_POLICY_FOUND, NULL));
		assert_int_equal(0,
		    tlsrpt_finish_policy(m->dr, TLSRPT_FINAL_SUCCESS));
		*ret_error = tlsrpt_finish_delivery_request(&m->dr);
		if (*ret_error != 0)
			break;
	}
	return n;
}

/* If a send waited, this would not end. */
static void
test_full_queue_does_not_hold_up_the_sender(void **state)
{
	struct mta *m = *state;
	uint64_t before = tlsrpt_datagrams_lost();
	int error, taken;

	taken = fill(m, &error);
	assert_int_equal(13000 + EAGAIN, error);
	assert_true(taken > 0);
	assert_int_equal(before + 1, tlsrpt_datagrams_lost());
	assert_int_equal(13000 + EAGAIN, send_lost(m));
	for (int i = 0; i < taken; i++)
		assert_span(MTA_LEAST, receiver_take(&m->r));
	receiver_assert_empty(&m->r);
	mta_send_least(m);
	assert_span(MTA_LEAST, receiver_take(&m->r));
}

static void
test_nonblocking_takes_back_blocking(void **state)
{
	int error;

	tlsrpt_set_blocking();
	tlsrpt_set_nonblocking();
	(void)fill(*state, &error);
	assert_int_equal(13000 + EAGAIN, error);
}

#define ALARMS 20

static volatile sig_atomic_t alarms;
static int full; /* the socket that has no room until some alarms came */

static void
on_alarm(int signal)
{
	char byte;

	(void)signal;
	if (++alarms == ALARMS)
		(void)recv(full, &byte, 1, MSG_DONTWAIT);
}

static void
set_alarm(suseconds_t every_us)
{
	struct itimerval interval = { { 0, every_us }, { 0, every_us } };

	assert_int_equal(0, setitimer(ITIMER_REAL, &interval, NULL));
}

/* A send that waits is not given up for a signal of the program. */
static void
test_waiting_outlasts_signals(void **state)
{
	struct sigaction action = { .sa_handler = on_alarm }, before;
	struct mta *m = *state;
	int error, taken;

	full = m->r.fd;
	taken = fill(m, &error);
	assert_int_equal(0, sigaction(SIGALRM, &action, &before));
	tlsrpt_set_blocking();
	set_alarm(1000);
	mta_send_least(m);
	set_alarm(0);
	tlsrpt_set_nonblocking();
	assert_int_equal(0, sigaction(SIGALRM, &before, NULL));
	assert_true(alarms >= ALARMS);
	for (int i = 0; i < taken; i++)
		assert_span(MTA_LEAST, receiver_take(&m->r));
	receiver_assert_empty(&m->r);
}

/* -- too large -- */

/* One policy string makes the datagram bytes long; what each call returned
 * first. */
static int
send_sized(struct mta *m, size_t bytes)
{
	static const char frame[] = MTA_HEAD
	    "{\"policy-type\":9,\"policy-string\":[\"\"],\"t\":0,\"f\":0}]}";
	size_t n = bytes - (sizeof(frame) - 1);
	char *text = malloc(n + 1);
	int error, end;

	assert_non_null(text);
	memset(text, 'x', n);
	text[n] = '\0';
	mta_begin(m);
	error = tlsrpt_init_policy(m->dr, TLSRPT_NO_POLICY_FOUND, NULL);
	assert_int_equal(0, error);
	error = tlsrpt_add_policy_string(m->dr, text);
	assert_int_equal(error,
	    tlsrpt_finish_policy(m->dr, TLSRPT_FINAL_SUCCESS));
	end = tlsrpt_finish_delivery_request(&m->dr);
	assert_null(m->dr);
	if (error != 0)
		assert_int_equal(error, end);
	free(text);
	return end;
}

/* Linux takes what the socket's buffer holds, less 32 bytes. */
static void
test_largest_datagram_and_one_byte_more(void **state)
{
	struct mta *m = *state;
	int fd = tlsrpt_get_socket(m->con), room = 20000;
	uint64_t before = tlsrpt_datagrams_lost();
	size_t most;

	assert_int_equal(0,
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)));
	most = (size_t)option(fd, SO_SNDBUF) - 32;
	assert_int_equal(0, send_sized(m, most));
	assert_int_equal(most, receiver_take(&m->r).len);
	assert_int_equal(before, tlsrpt_datagrams_lost());
	assert_int_equal(13000 + EMSGSIZE, send_sized(m, most + 1));
	assert_int_equal(before + 1, tlsrpt_datagrams_lost());
	receiver_assert_empty(&m->r);
}

/* The library has a ceiling of its own, so that no text may fill the memory of
 * an MTA. The sender sees no difference. */
static void
test_far_too_large_a_datagram(void **state)
{
	struct mta *m = *state;
	uint64_t before = tlsrpt_datagrams_lost();

	assert_int_equal(13000 + EMSGSIZE, send_sized(m, (size_t)64 << 20));
	assert_int_equal(before + 1, tlsrpt_datagrams_lost());
	receiver_assert_empty(&m->r);
}

/* -- not sent, not lost -- */

static void
test_what_was_not_to_be_sent_is_not_lost(void **state)
{
	struct mta *m = *state;
	uint64_t before = tlsrpt_datagrams_lost();

	assert_int_equal(0, unlink(m->r.path));
	mta_begin(m);
	assert_int_equal(0, tlsrpt_cancel_delivery_request(&m->dr));
	mta_begin(m);
	assert_int_equal(TLSRPT_ERR_TLSRPT_NOPOLICIES,
	    tlsrpt_finish_delivery_request(&m->dr));
	assert_int_equal(before, tlsrpt_datagrams_lost());
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, mta_setup, mta_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_is_the_shared_object),
		TEST(test_the_socket_is_for_datagrams_and_closed_on_exec),
		cmocka_unit_test(test_no_descriptor_left),
		TEST(test_close_that_fails_frees_all_the_same),
		TEST(test_collector_that_is_not_there),
		TEST(test_collector_that_left_its_socket_behind),
		TEST(test_collector_that_started_again),
		TEST(test_name_of_an_ordinary_file),
		TEST(test_listener_for_streams),
		TEST(test_relative_name),
		TEST(test_full_queue_does_not_hold_up_the_sender),
		TEST(test_nonblocking_takes_back_blocking),
		TEST(test_waiting_outlasts_signals),
		TEST(test_largest_datagram_and_one_byte_more),
		TEST(test_far_too_large_a_datagram),
		TEST(test_what_was_not_to_be_sent_is_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
