/* What tests/system/test_lmtp.py cannot see: what the sink is given, and the
 * moments at which it may speak. Also run under TSan. */
#include "support/test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

#include "codec/lines.h"
#include "intake/lmtp_server.h"
#include "intake/stream_socket.h"

#define ID "01890a5d-ac96-774b-bcce-b302099a8057"
#define MAIL "LHLO x\r\nMAIL FROM:<s@x.example>\r\n"

struct fixture {
	struct clock clock;
	struct receipt_sink sink;
	struct lmtp_server_options options;
	struct lmtp_server *server;
	int listen_fd, client;

	/* What the sink does, and had. */
	enum err refusal, outcome;
	struct buf recipient, route, body;
	int64_t received_ns;

	void (*done)(void *arg, enum err, const struct uuid *id);
	void *done_arg;
};

/* -- the sink -- */

static void *
speak(void *arg)
{
	struct fixture *f = arg;
	struct uuid id;

	(void)uuid_parse(SPAN_LIT(ID), &id);
	f->done(f->done_arg, f->outcome, f->outcome == E_OK ? &id : NULL);
	return NULL;
}

/* The outcome is told before it returns. */
static enum err
put(void *arg, const struct receipt_facts *facts, struct span body,
    void (*done)(void *done_arg, enum err, const struct uuid *id),
    void *done_arg, struct why *why)
{
	struct fixture *f = arg;
	pthread_t thread;

	if (f->refusal != E_OK)
		return why_set(why, f->refusal, "refused");
	buf_clear(&f->recipient);
	buf_clear(&f->route);
	buf_clear(&f->body);
	buf_add(&f->recipient, facts->recipient);
	buf_add(&f->route, facts->route);
	buf_add(&f->body, body);
	f->received_ns = facts->received_ns;
	f->done = done;
	f->done_arg = done_arg;
	if (pthread_create(&thread, NULL, speak, f) != 0 ||
	    pthread_join(thread, NULL) != 0)
		abort();
	return E_OK;
}

/* -- server and client -- */

static struct sockaddr_in
address_of(int fd)
{
	struct sockaddr_in in;
	socklen_t len = sizeof(in);

	assert_int_equal(0, getsockname(fd, (struct sockaddr *)&in, &len));
	return in;
}

static int
setup(void **state)
{
	static struct fixture f;
	struct timeval patience = { .tv_sec = 20 };
	struct why why = { { 0 } };
	struct sockaddr_in in;

	f = (struct fixture){
		.clock = clock_machine(0),
		.recipient = BUF_INIT(65536),
		.route = BUF_INIT(65536),
		.body = BUF_INIT(65536),
	};
	f.sink = (struct receipt_sink){ put, &f };
	f.options = (struct lmtp_server_options){
		.dialogue = { .name = { "here.example", 12 },
		    .max_bytes = 1000,
		    .bounce = { "bounce@sender.example", 21 } },
		.listen_fds = &f.listen_fd,
		.nlisten = 1,
		.sessions_max = 4,
		.memory_max = 2000,
		.idle_ns = 20 * NS_PER_S,
		.session_ns = 20 * NS_PER_S,
		.clock = &f.clock,
		.sink = &f.sink,
	};
	assert_ok(stream_socket_listen_tcp("127.0.0.1:0", &f.listen_fd, &why));
	assert_ok_why(lmtp_server_start(&f.options, &f.server, &why), &why);
	f.client = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(0,
	    setsockopt(f.client, SOL_SOCKET, SO_RCVTIMEO, &patience,
		sizeof(patience)));
	in = address_of(f.listen_fd);
	assert_int_equal(0,
	    connect(f.client, (struct sockaddr *)&in, sizeof(in)));
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	lmtp_server_stop(f->server);
	(void)close(f->listen_fd);
	(void)close(f->client);
	buf_free(&f->recipient);
	buf_free(&f->route);
	buf_free(&f->body);
	return 0;
}

/* All that is said until the server hangs up. */
static void
converse(struct fixture *f, struct span in, struct buf *ret)
{
	char bytes[512];
	ssize_t n = 1;

	assert_int_equal(in.len, send(f->client, in.p, in.len, 0));
	while (n > 0 && (n = recv(f->client, bytes, sizeof(bytes), 0)) > 0)
		buf_add(ret, (struct span){ bytes, (size_t)n });
	assert_int_equal(0, n);
	assert_ok(ret->err);
}

static void
assert_says(struct fixture *f, const char *in, const char *line)
{
	struct buf said = BUF_INIT(65536);

	converse(f, span_str(in), &said);
	if (strstr(buf_str(&said), line) == NULL)
		fail_msg("%s", buf_str(&said));
	buf_free(&said);
}

/* -- tests -- */

static void
test_facts(void **state)
{
	struct fixture *f = *state;
	int64_t before_ns = clock_wall_ns(&f->clock);

	assert_says(f,
	    MAIL "RCPT TO:<bounce+" ID "-2@sender.example>\r\n"
		 "RCPT TO:<tls@a.example>\r\n"
		 "RCPT TO:<tls+t1@a.example>\r\n"
		 "RCPT TO:<tls+t2@a.example>\r\n"
		 "DATA\r\n..a\r\n.\r\nQUIT\r\n",
	    "250 2.0.0 " ID "\r\n");
	assert_span("bounce+" ID "-2@sender.example\ntls@a.example\n"
		    "tls+t1@a.example\ntls+t2@a.example\n",
	    buf_span(&f->recipient));
	assert_span("t1", buf_span(&f->route));
	assert_span(".a\r\n", buf_span(&f->body));
	assert_true(f->received_ns >= before_ns &&
	    f->received_ns <= clock_wall_ns(&f->clock));
}

/* 1024 bytes are 23 of 42 and a newline each. */
static void
test_recipients_that_fit_are_whole(void **state)
{
	struct arena arena = ARENA_INIT(65536);
	struct buf in = BUF_INIT(65536);
	struct fixture *f = *state;
	struct span_list list;

	buf_adds(&in, MAIL);
	for (int i = 0; i < 100; i++)
		buf_addf(&in, "RCPT TO:<a%031d@a.example>\r\n", i);
	buf_adds(&in, "DATA\r\n.\r\nQUIT\r\n");
	assert_says(f, buf_str(&in), "250 2.0.0 " ID "\r\n");
	assert_ok(lines_split(buf_span(&f->recipient), &arena, &list));
	assert_int_equal(1024 / 43, list.n);
	assert_span("a0000000000000000000000000000022@a.example",
	    list.v[list.n - 1]);
	arena_free(&arena);
	buf_free(&in);
}

static void
test_replies_by_what_the_sink_says(void **state)
{
	static const struct {
		enum err refusal, outcome;
		const char *reply;
	} cases[] = {
		{ E_OK, E_OK, "250 2.0.0 " ID "\r\n" },
		{ E_FULL, E_OK, "452 4.3.1 " },
		{ E_IO, E_OK, "451 4.3.0 " },
		{ E_RANGE, E_OK, "451 4.3.0 " },
		{ E_NOMEM, E_OK, "451 4.3.0 " },
		{ E_OK, E_FULL, "452 4.3.1 " },
		{ E_OK, E_IO, "451 4.3.0 " },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *f;

		setup(state);
		f = *state;
		f->refusal = cases[i].refusal;
		f->outcome = cases[i].outcome;
		assert_says(f,
		    MAIL "RCPT TO:<tls@a.example>\r\n"
			 "DATA\r\nx\r\n.\r\nQUIT\r\n",
		    cases[i].reply);
		teardown(state);
	}
}

static void
test_memory_for_the_largest_message(void **state)
{
	struct lmtp_server_options options = {
		.dialogue = { .max_bytes = 1000 },
		.memory_max = 1999,
	};
	struct lmtp_server *server = NULL;
	struct why why = { { 0 } };

	(void)state;
	assert_err(E_RANGE, lmtp_server_start(&options, &server, &why));
	assert_null(server);
	lmtp_server_stop(NULL);
}

/* Whoever says nothing is told that it ends. */
static void
test_stop(void **state)
{
	struct fixture *f = *state;
	struct buf said = BUF_INIT(65536);
	char greeting[64];

	assert_true(recv(f->client, greeting, sizeof(greeting), 0) > 0);
	lmtp_server_stop(f->server);
	f->server = NULL;
	converse(f, SPAN_LIT(""), &said);
	assert_span("421 4.3.2 ", span_head(buf_span(&said), 10));
	buf_free(&said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_facts, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_recipients_that_fit_are_whole, setup, teardown),
		cmocka_unit_test(test_replies_by_what_the_sink_says),
		cmocka_unit_test(test_memory_for_the_largest_message),
		cmocka_unit_test_setup_teardown(test_stop, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
