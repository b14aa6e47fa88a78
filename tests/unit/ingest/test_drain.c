/* The drain thread on a real socket. Also run under TSan. */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ingest/datagram_socket.h"
#include "ingest/drain.h"
#include "ingest/journal_reader.h"

#define PATIENCE_NS (20 * NS_PER_S)

struct fixture {
	char folder[256], path[300];
	struct clock clock;
	struct journal *journal;
	struct journal_reader *reader;
	struct waker waker;
	int fd, sender;
	struct drain *drain;
};

static void
open_sockets(struct fixture *f)
{
	struct socket_file options = { f->path, "", "", 0600, "path" };
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct why why = { { 0 } };

	assert_ok_why(datagram_socket_bind(&options, &f->fd, &why), &why);
	memcpy(sun.sun_path, f->path, strlen(f->path) + 1);
	f->sender = socket(AF_UNIX, SOCK_DGRAM, 0);
	assert_int_equal(0,
	    connect(f->sender, (struct sockaddr *)&sun, sizeof(sun)));
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct journal_recovery recovery;
	struct journal_options options;
	enum journal_gap gap;
	struct why why = { { 0 } };

	support_mkdtemp(f->folder);
	(void)snprintf(f->path, sizeof(f->path), "%s/socket", f->folder);
	f->clock = clock_machine(0);
	assert_ok(waker_open(&f->waker, &why));
	options = (struct journal_options){
		.folder = f->folder,
		.collector = uuid_new(0),
		.segment_bytes = SEGMENT_BYTES_MIN,
		.max_bytes = (uint64_t)8 * SEGMENT_BYTES_MIN,
		.clock = &f->clock,
		.waker = &f->waker,
	};
	assert_ok_why(journal_open(&options, &f->journal, &recovery, &why),
	    &why);
	assert_ok(journal_reader_open(f->journal, journal_first(f->journal),
	    &f->reader, &gap, &why));
	open_sockets(f);
	*state = f;
	return 0;
}

static void
start(struct fixture *f, const uint32_t *uids, size_t n)
{
	struct drain_options options = { f->fd, f->journal, &f->clock, uids,
		n };
	struct why why = { { 0 } };

	assert_ok_why(drain_start(&options, &f->drain, &why), &why);
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	drain_stop(f->drain);
	journal_reader_close(f->reader);
	journal_close(f->journal);
	waker_close(&f->waker);
	(void)close(f->fd);
	(void)close(f->sender);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

static void
send_bytes(struct fixture *f, const char *bytes, size_t len)
{
	assert_int_equal(len, send(f->sender, bytes, len, 0));
}

/* The next record, waited for. */
static struct journal_record
next_record(struct fixture *f)
{
	int64_t until = clock_mono_ns(&f->clock) + PATIENCE_NS;
	struct journal_record record;
	struct why why = { { 0 } };
	enum err e;

	for (;;) {
		waker_prepare(&f->waker);
		e = journal_reader_next(f->reader, &record, &why);
		if (e == E_OK)
			break;
		assert_err(E_ABSENT, e);
		assert_true(clock_mono_ns(&f->clock) < until);
		waker_sleep(&f->waker, NS_PER_S);
	}
	return record;
}

static void
test_datagrams_arrive_with_their_uid(void **state)
{
	struct fixture *f = *state;
	struct journal_record record;
	char big[DATAGRAM_MAX];

	start(f, NULL, 0);
	send_bytes(f, "one", 3);
	memset(big, 'b', sizeof(big));
	send_bytes(f, big, sizeof(big));
	record = next_record(f);
	assert_span("one", record.datagram);
	assert_int_equal(getuid(), record.uid);
	record = next_record(f);
	assert_int_equal(DATAGRAM_MAX, record.datagram.len);
	assert_memory_equal(big, record.datagram.p, DATAGRAM_MAX);
}

static void
test_what_was_queued_before_the_start_is_taken(void **state)
{
	struct fixture *f = *state;

	send_bytes(f, "queued", 6);
	start(f, NULL, 0);
	assert_span("queued", next_record(f).datagram);
}

static void
test_what_the_kernel_has_taken_is_taken_before_the_end(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 20; i++) {
		start(f, NULL, 0);
		send_bytes(f, "queued", 6);
		drain_stop(f->drain);
		f->drain = NULL;
		assert_span("queued", next_record(f).datagram);
	}
}

static void
test_what_comes_behind_the_stop_stays_in_the_queue(void **state)
{
	struct fixture *f = *state;
	char got[16];

	start(f, NULL, 0);
	send_bytes(f, "before", 6);
	assert_span("before", next_record(f).datagram);
	drain_stop(f->drain);
	f->drain = NULL;
	send_bytes(f, "behind", 6);
	assert_int_equal(6, recv(f->fd, got, sizeof(got), MSG_DONTWAIT));
}

static void
test_losses_are_counted(void **state)
{
	uint32_t nobody = UINT32_MAX - 1;
	struct fixture *f = *state;
	struct journal_record record;
	int room = 1 << 20;
	char *big = calloc(1, DATAGRAM_MAX + 1);

	start(f, &nobody, 1);
	send_bytes(f, "{}", 2);
	record = next_record(f);
	assert_int_equal(JOURNAL_LOSSES, record.type);
	assert_int_equal(1, record.losses.n[LOSS_DENIED]);
	drain_stop(f->drain);
	start(f, NULL, 0);
	send_bytes(f, "", 0);
	record = next_record(f);
	assert_int_equal(1, record.losses.n[LOSS_EMPTY]);
	(void)setsockopt(f->sender, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	(void)setsockopt(f->sender, SOL_SOCKET, SO_SNDBUFFORCE, &room,
	    sizeof(room));
	if (send(f->sender, big, DATAGRAM_MAX + 1, 0) > 0) {
		record = next_record(f);
		assert_int_equal(1, record.losses.n[LOSS_OVERSIZE]);
	}
	free(big);
	send_bytes(f, "{}", 2);
	assert_span("{}", next_record(f).datagram);
}

static void
test_descriptors_that_are_sent_along_are_not_taken(void **state)
{
	struct fixture *f = *state;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = { 0 } };
	char x = 'x';
	struct iovec iov = { &x, 1 };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int pipe_fds[2];
	char byte;

	assert_int_equal(0, pipe(pipe_fds));
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &pipe_fds[1], sizeof(int));
	start(f, NULL, 0);
	assert_int_equal(1, sendmsg(f->sender, &msg, 0));
	(void)close(pipe_fds[1]);
	assert_span("x", next_record(f).datagram);
	/* Nobody else has the writing end: the reader sees the end. */
	assert_int_equal(0, read(pipe_fds[0], &byte, 1));
	(void)close(pipe_fds[0]);
}

static void
test_many_arrive_in_order(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };

	start(f, NULL, 0);
	for (unsigned i = 0; i < 20000; i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "%u", i);
		send_bytes(f, text, strlen(text));
		if (i % 1000 == 0)
			assert_ok_why(journal_keep(f->journal, &why), &why);
		assert_span(text, next_record(f).datagram);
	}
}

static void
test_an_idle_socket_gives_a_watermark(void **state)
{
	struct fixture *f = *state;
	int64_t now = clock_wall_ns(&f->clock);
	int64_t until = clock_mono_ns(&f->clock) + PATIENCE_NS;

	start(f, NULL, 0);
	while (journal_idle_ns(f->journal) < now) {
		assert_true(clock_mono_ns(&f->clock) < until);
		waker_prepare(&f->waker);
		waker_sleep(&f->waker, NS_PER_MS);
	}
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_datagrams_arrive_with_their_uid),
		TEST(test_what_was_queued_before_the_start_is_taken),
		TEST(test_what_the_kernel_has_taken_is_taken_before_the_end),
		TEST(test_what_comes_behind_the_stop_stays_in_the_queue),
		TEST(test_losses_are_counted),
		TEST(test_descriptors_that_are_sent_along_are_not_taken),
		TEST(test_many_arrive_in_order),
		TEST(test_an_idle_socket_gives_a_watermark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
