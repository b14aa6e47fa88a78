#include "support/smtp_fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_client.h"
#include "support/https_server.h"

/* -- options -- */

static void
test_options_that_do_not_work(void **state)
{
	static const struct {
		const char *host, *helo, *user, *password, *file, *why;
		enum smtp_tls tls;
	} cases[] = {
		{ .host = "" },
		{ .host = "a b" },
		{ .host = "jo@good.test" },
		{ .host = "good.test:25" },
		{ .host = "good.test/x" },
		{ .helo = "" },
		{ .helo = "a\r\nMAIL FROM:<>" },
		{ .helo = "a b" },
		{ .helo = "a/b" },
		{ .helo = "a%0d" },
		{ .user = "jo", .why = "belong together" },
		{ .password = "x", .why = "belong together" },
		{ .user = "", .password = "x" },
		{ .user = "jo\x01", .password = "x" },
		{ .user = "jo", .password = "x\r\n" },
		{ .host = "good.test",
		    .user = "jo",
		    .password = "s3cret",
		    .why = "not sent to good.test without TLS" },
		{ .host = "128.0.0.1", .user = "jo", .password = "s3cret" },
		{ .host = "localhost.example.com",
		    .user = "jo",
		    .password = "s3cret" },
		{ .host = "::2", .user = "jo", .password = "s3cret" },
		{ .file = "/nonexistent/x.pem", .why = "/nonexistent/x.pem" },
	};
	struct smtp_client *c = NULL;

	(void)state;
	assert_ok(transfers_open(&transfers, NULL));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct smtp_client_options o = options(25);
		struct why why = { { 0 } };

		o.host = cases[i].host == NULL ? o.host : cases[i].host;
		o.helo = cases[i].helo == NULL ? o.helo : cases[i].helo;
		o.user = cases[i].user;
		o.password = cases[i].password;
		o.cert_file = cases[i].file;
		assert_err(E_USAGE, smtp_client_open(transfers, &o, &c, &why));
		print_message("%s\n", why.text);
		assert_true(why.text[0] != '\0');
		assert_null(strstr(why.text, "s3cret"));
		if (cases[i].why != NULL)
			assert_non_null(strstr(why.text, cases[i].why));
	}
	assert_null(c);
	transfers_close(transfers);
}

static void
test_options_that_work(void **state)
{
	static const char *const hosts[] = { "::1", "2001:db8::1", "192.0.2.1",
		"mx.example.com", "localhost" };
	static const char *const helos[] = { "[192.0.2.1]",
		"[IPv6:2001:db8::1]", "host", "a.example.com" };

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		struct smtp_client_options o = options(25);

		o.host = hosts[i / 4];
		o.helo = helos[i % 4];
		close_client(open_client(&o));
	}
}

/* The name is said as it stands. */
static void
test_an_address_as_name(void **state)
{
	int port = support_smtp_listen(&servers, "");
	struct smtp_client_options o = options(port);

	(void)state;
	o.helo = "[IPv6:2001:db8::1]";
	assert_int_equal(250, send_with(&o).code);
	assert_int_equal(1,
	    support_smtp_count(&servers, port, "> EHLO [IPv6:2001:db8::1]"));
}

static void
test_a_proxy_is_not_asked(void **state)
{
	(void)state;
	assert_int_equal(0, setenv("all_proxy", "http://127.0.0.1:1", 1));
	assert_int_equal(0, setenv("smtp_proxy", "http://127.0.0.1:1", 1));
	assert_int_equal(250, send_to("", NULL).code);
	assert_int_equal(0, unsetenv("all_proxy"));
	assert_int_equal(0, unsetenv("smtp_proxy"));
}

/* -- connections -- */

static void
send_in_turn(struct smtp_client *c, int n)
{
	struct outcome outcome;

	for (int i = 0; i < n; i++) {
		send_one(c, &outcome);
		run_until(0);
		assert_int_equal(SMTP_ANSWERED, outcome.outcome);
		assert_int_equal(250, outcome.code);
	}
}

static void
test_a_connection_is_kept(void **state)
{
	int port = support_smtp_listen(&servers,
	    "tls=starttls;auth=PLAIN;user=jo;password=x");
	struct smtp_client_options o = options(port);
	struct smtp_client *c;

	(void)state;
	o.tls = SMTP_TLS_REQUIRED;
	o.user = "jo";
	o.password = "x";
	c = open_client(&o);
	send_in_turn(c, 20);
	assert_int_equal(20, support_smtp_count(&servers, port, "message"));
	assert_int_equal(1, support_smtp_count(&servers, port, "connected"));
	assert_int_equal(1, support_smtp_count(&servers, port, "login"));
	close_client(c);
	support_smtp_await(&servers, port, "> QUIT", 1);
}

static void
test_many_mails_over_few_connections(void **state)
{
	int port = support_smtp_listen(&servers, "");
	struct smtp_client_options o = options(port);
	struct outcome outcomes[20];
	struct smtp_client *c;

	(void)state;
	o.connections = 3;
	c = open_client(&o);
	for (int i = 0; i < 20; i++)
		send_one(c, &outcomes[i]);
	assert_int_equal(20, transfers_pending(transfers));
	run_until(0);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(1, outcomes[i].n);
		assert_int_equal(250, outcomes[i].code);
	}
	assert_int_equal(20, support_smtp_count(&servers, port, "message"));
	assert_in_range(support_smtp_count(&servers, port, "connected"), 1, 3);
	close_client(c);
}

/* A server may end a connection that we keep, with a word or without. */
static void
test_a_connection_that_ended_is_made_anew(void **state)
{
	static const char *const scripts[] = { "after=@close", "after=@reset",
		"after=@say 421 you were idle", "mail.2=421 enough",
		"mail.2=@say 421 enough", "mail.2=@close", "mail.2=@reset",
		"tls=starttls;after=@close", "tls=starttls;mail.2=@close" };

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		int port = support_smtp_listen(&servers, scripts[i]);
		struct smtp_client_options o = options(port);
		struct smtp_client *c;

		print_message("%s\n", scripts[i]);
		o.tls = SMTP_TLS_OPPORTUNISTIC;
		c = open_client(&o);
		send_in_turn(c, 5);
		assert_int_equal(5,
		    support_smtp_count(&servers, port, "message"));
		assert_int_equal(5,
		    support_smtp_count(&servers, port, "connected"));
		close_client(c);
	}
}

/* An answer is one, and a new connection is not made anew. */
static void
test_what_is_not_tried_again(void **state)
{
	int port = support_smtp_listen(&servers, "mail.2=450 later");
	struct smtp_client_options o = options(port);
	struct smtp_client *c = open_client(&o);
	struct outcome outcome;

	(void)state;
	send_in_turn(c, 1);
	send_one(c, &outcome);
	run_until(0);
	assert_int_equal(450, outcome.code);
	assert_int_equal(1, support_smtp_count(&servers, port, "connected"));
	close_client(c);
	outcome = send_to("mail=421 later", &port);
	assert_int_equal(421, outcome.code);
	assert_int_equal(1, support_smtp_count(&servers, port, "connected"));
	outcome = send_to("mail=@close", &port);
	assert_int_equal(SMTP_UNREACHABLE, outcome.outcome);
	assert_int_equal(1, support_smtp_count(&servers, port, "connected"));
}

/* The server says nothing to QUIT, which is nobody's concern. */
static void
test_an_idle_connection_is_closed(void **state)
{
	int port = support_smtp_listen(&servers, "quit=@silent");
	struct smtp_client_options o = options(port);
	struct smtp_client *c = open_client(&o);

	(void)state;
	send_in_turn(c, 2);
	support_smtp_await(&servers, port, "> QUIT", 1);
	send_in_turn(c, 1);
	assert_int_equal(2, support_smtp_count(&servers, port, "connected"));
	close_client(c);
}

static bool
is_connection(int fd)
{
	socklen_t len = sizeof(int);
	int domain;

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 &&
	    domain == AF_INET;
}

/* What the process starts later has none of our connections. */
static void
test_connections_are_closed_on_exec(void **state)
{
	int port = support_smtp_listen(&servers, "rcpt=@silent"), found = 0;
	struct smtp_client_options o = options(port);
	struct smtp_client *c = open_client(&o);
	struct outcome outcome;

	(void)state;
	send_one(c, &outcome);
	assert_ok(transfers_run(transfers, -1, 0, NULL));
	support_smtp_await(&servers, port, "> RCPT", 1);
	for (int fd = 3; fd < 100; fd++) {
		if (!is_connection(fd))
			continue;
		found++;
		assert_int_equal(FD_CLOEXEC, fcntl(fd, F_GETFD));
	}
	assert_int_equal(1, found);
	close_client(c);
}

/* -- many at a time -- */

/* The server answers none of them before all have arrived. */
static void
test_many_are_under_way_together(void **state)
{
	int port = support_smtp_listen(&servers, "end=@together 8");
	struct smtp_client_options o = options(port);
	struct outcome outcomes[8];
	struct smtp_client *c = open_client(&o);

	(void)state;
	for (int i = 0; i < 8; i++)
		send_one(c, &outcomes[i]);
	run_until(0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(250, outcomes[i].code);
	close_client(c);
}

struct chain {
	struct smtp_client *client;
	int left;
};

static void
send_anew(void *arg, const struct smtp_result *r)
{
	const struct smtp_mail mail = { SPAN_NONE, SPAN_LIT("them@good.test"),
		SPAN_LIT(MESSAGE) };
	struct chain *chain = arg;

	assert_int_equal(SMTP_ANSWERED, r->outcome);
	if (--chain->left > 0)
		assert_ok(smtp_client_send(chain->client, &mail, send_anew,
		    chain, NULL));
}

static void
test_done_may_send_anew(void **state)
{
	struct smtp_client_options o = options(
	    support_smtp_listen(&servers, "rcpt=550 no"));
	struct smtp_client *c = open_client(&o);
	const struct smtp_mail mail = { SPAN_NONE, SPAN_LIT("them@good.test"),
		SPAN_LIT(MESSAGE) };
	struct chain chain = { c, 5 };

	(void)state;
	assert_ok(smtp_client_send(c, &mail, send_anew, &chain, NULL));
	run_until(0);
	assert_int_equal(0, chain.left);
	close_client(c);
}

static void
note_status(void *arg, const struct http_result *r)
{
	*(long *)arg = r->status;
}

/* The server is given no reply before the post is done. */
static void
test_a_slow_mail_delays_no_post(void **state)
{
	struct smtp_client_options o = options(
	    support_smtp_listen(&servers, "end=@wait"));
	struct smtp_client *c = open_client(&o);
	struct address_filter filter = { .n = 0 };
	struct https_server web;
	struct http_client_options http_options = { .filter = &filter,
		.user_agent = "test/1",
		.any_port = true,
		.connect_ms = o.connect_ms,
		.total_ms = o.total_ms,
		.per_host = 1,
		.total = 1 };
	char url[100];
	struct http_post post = { .url = url,
		.content_type = "a/b",
		.body = SPAN_LIT("x"),
		.verify = true };
	struct http_client *http;
	struct outcome mail;
	long status = 0;

	(void)state;
	assert_ok(address_filter_add(&filter, SPAN_LIT("127.0.0.0/8"), NULL));
	support_https_start(&web);
	http_options.ca_file = web.ca_file;
	(void)snprintf(url, sizeof(url), "https://good.test:%d/status/201",
	    web.trusted);
	assert_ok(http_client_open(transfers, &http_options, &http, NULL));
	send_one(c, &mail);
	assert_ok(transfers_run(transfers, -1, 0, NULL));
	support_smtp_await(&servers, o.port, "message", 1);
	for (int i = 0; i < 3; i++) {
		status = 0;
		assert_ok(
		    http_client_post(http, &post, note_status, &status, NULL));
		run_until(1);
		assert_int_equal(201, status);
	}
	assert_int_equal(0, mail.n);
	support_smtp_release(&servers);
	run_until(0);
	assert_int_equal(250, mail.code);
	http_client_close(http);
	close_client(c);
	support_https_stop(&web);
}

/* The resolver is still at it when the mail is given up. */
static void
test_a_name_that_hangs_holds_up_nobody(void **state)
{
	struct smtp_client_options o = options(25);
	struct smtp_client *c;
	struct outcome hanging;

	(void)state;
	o.host = "hang.test";
	o.total_ms = 300;
	hanging = send_with(&o);
	assert_int_equal(SMTP_UNREACHABLE, hanging.outcome);
	o = options(25);
	o.host = "hang.test";
	c = open_client(&o);
	send_one(c, &hanging);
	assert_ok(transfers_run(transfers, -1, NS_PER_MS, NULL));
	assert_int_equal(0, hanging.n);
	close_client(c);
	assert_int_equal(SMTP_ABANDONED, hanging.outcome);
	release_names();
}

/* -- running and closing -- */

static void
test_run_ends_when_it_is_woken(void **state)
{
	struct smtp_client_options o = options(
	    support_smtp_listen(&servers, "rcpt=@silent"));
	struct smtp_client *c = open_client(&o);
	int fd = eventfd(1, EFD_CLOEXEC);
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	struct outcome silent;

	(void)state;
	assert_ok(transfers_run(transfers, -1, FOR_EVER, NULL));
	send_one(c, &silent);
	assert_ok(transfers_run(transfers, fd, FOR_EVER, NULL));
	assert_int_equal(1, poll(&readable, 1, 0));
	assert_ok(transfers_run(transfers, -1, 0, NULL));
	assert_ok(transfers_run(transfers, -1, NS_PER_MS, NULL));
	assert_int_equal(0, silent.n);
	assert_int_equal(1, transfers_pending(transfers));
	close_client(c);
	assert_int_equal(SMTP_ABANDONED, silent.outcome);
	(void)close(fd);
}

static void
test_close_tells_what_is_pending(void **state)
{
	int port = support_smtp_listen(&servers,
	    "mail.2=250 taken;rcpt.2=@silent");
	struct smtp_client_options o = options(port);
	struct outcome done, under_way, waiting;
	struct smtp_client *c;

	(void)state;
	o.connections = 1;
	c = open_client(&o);
	send_one(c, &done);
	send_one(c, &under_way);
	send_one(c, &waiting);
	run_until(2);
	assert_ok(transfers_run(transfers, -1, 0, NULL));
	support_smtp_await(&servers, port, "> RCPT", 2);
	close_client(c);
	assert_int_equal(250, done.code);
	assert_int_equal(SMTP_ABANDONED, under_way.outcome);
	assert_int_equal(SMTP_ABANDONED, waiting.outcome);
	assert_string_equal("given up", waiting.why);
	assert_int_equal(1, done.n);
	assert_int_equal(1, under_way.n);
	assert_int_equal(1, waiting.n);
	smtp_client_close(NULL);
}

/* What was sent whole is not called abandoned; the reply has its time. */
static void
test_close_waits_for_replies(void **state)
{
	int slow = support_smtp_listen(&servers, "end=@wait"),
	    silent = support_smtp_listen(&servers, "end=@silent");
	struct smtp_client_options slow_options = options(slow),
				   silent_options = options(silent);
	struct smtp_client *to_slow = open_client(&slow_options), *to_silent;
	struct outcome answered, uncertain;

	(void)state;
	assert_ok(
	    smtp_client_open(transfers, &silent_options, &to_silent, NULL));
	send_one(to_slow, &answered);
	send_one(to_silent, &uncertain);
	assert_ok(transfers_run(transfers, -1, 0, NULL));
	support_smtp_await(&servers, slow, "message", 1);
	support_smtp_await(&servers, silent, "message", 1);
	support_smtp_release(&servers);
	smtp_client_close(to_slow);
	assert_int_equal(SMTP_ANSWERED, answered.outcome);
	assert_int_equal(250, answered.code);
	close_client(to_silent);
	assert_int_equal(SMTP_UNCERTAIN, uncertain.outcome);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_that_do_not_work),
		cmocka_unit_test(test_options_that_work),
		cmocka_unit_test(test_a_name_that_hangs_holds_up_nobody),
		cmocka_unit_test(test_an_address_as_name),
		cmocka_unit_test(test_a_proxy_is_not_asked),
		cmocka_unit_test(test_a_connection_is_kept),
		cmocka_unit_test(test_many_mails_over_few_connections),
		cmocka_unit_test(test_a_connection_that_ended_is_made_anew),
		cmocka_unit_test(test_what_is_not_tried_again),
		cmocka_unit_test(test_an_idle_connection_is_closed),
		cmocka_unit_test(test_connections_are_closed_on_exec),
		cmocka_unit_test(test_many_are_under_way_together),
		cmocka_unit_test(test_done_may_send_anew),
		cmocka_unit_test(test_run_ends_when_it_is_woken),
		cmocka_unit_test(test_close_tells_what_is_pending),
		/* From here on servers are released. */
		cmocka_unit_test(test_a_slow_mail_delays_no_post),
		cmocka_unit_test(test_close_waits_for_replies),
	};

	return cmocka_run_group_tests(tests, start_servers, stop_servers);
}
