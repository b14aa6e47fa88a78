#include "support/http_fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* -- connections -- */

static struct outcome
echo(struct http_client *c, int port, bool verify)
{
	struct outcome o;
	char url[100];

	(void)snprintf(url, sizeof(url), "https://good.test:%d/echo", port);
	post_url(c, url, verify, &o);
	run_until(0);
	return o;
}

static const char *
connection_of(const struct outcome *o)
{
	const char *at = strstr(o->answer, "connection=");

	assert_non_null(at);
	return at;
}

static void
test_connections_are_reused_for_the_same_trust_only(void **state)
{
	struct http_client_options o = options();
	struct http_client *c = open_client(&o);
	struct outcome first = echo(c, server.trusted, true);
	struct outcome again = echo(c, server.trusted, true);
	struct outcome other = echo(c, server.trusted, false);

	(void)state;
	assert_string_equal(connection_of(&first), connection_of(&again));
	assert_string_not_equal(connection_of(&first), connection_of(&other));
	assert_false(other.verified);
	again = echo(c, server.trusted, true);
	assert_true(again.verified);
	assert_string_not_equal(connection_of(&other), connection_of(&again));
	/* What was accepted unverified is not trusted for it. */
	other = echo(c, server.selfsigned, false);
	assert_int_equal(201, other.status);
	other = echo(c, server.selfsigned, true);
	assert_int_equal(HTTP_UNTRUSTED, other.outcome);
	close_client(c);
}

/* A server may close a connection that we keep. */
static void
test_a_connection_closed_meanwhile_is_made_anew(void **state)
{
	struct http_client_options o = options();
	struct http_client *c = open_client(&o);
	struct outcome outcome;

	(void)state;
	for (int i = 0; i < 10; i++) {
		post_at(c, "good.test", server.trusted, "farewell", &outcome);
		run_until(0);
		assert_int_equal(201, outcome.status);
	}
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
	struct http_client_options o = options();
	struct http_client *c = open_client(&o);
	struct outcome outcome = echo(c, server.trusted, true);
	int found = 0;

	(void)state;
	assert_int_equal(201, outcome.status);
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
	struct http_client_options o = options();
	struct outcome outcomes[40];
	struct http_client *c = open_client(&o);

	(void)state;
	for (int i = 0; i < 40; i++)
		post_at(c, i % 2 == 0 ? "good.test" : "127.0.0.1",
		    i % 4 < 2 ? server.trusted : server.second, "together/40",
		    &outcomes[i]);
	assert_int_equal(40, transfers_pending(transfers));
	run_until(0);
	for (int i = 0; i < 40; i++)
		assert_int_equal(201, outcomes[i].status);
	close_client(c);
}

static void
test_a_slow_one_delays_nobody(void **state)
{
	struct http_client_options o = options();
	static struct outcome outcomes[200];
	struct outcome slow, release;
	struct http_client *c;

	(void)state;
	o.per_host = 5;
	o.total = 10;
	c = open_client(&o);
	post_at(c, "good.test", server.trusted, "slow", &slow);
	for (int i = 0; i < 200; i++)
		post_at(c, i % 2 == 0 ? "good.test" : "127.0.0.1",
		    i % 4 < 2 ? server.trusted : server.second, "status/201",
		    &outcomes[i]);
	assert_int_equal(201, transfers_pending(transfers));
	run_until(1);
	for (int i = 0; i < 200; i++) {
		assert_int_equal(1, outcomes[i].n);
		assert_int_equal(201, outcomes[i].status);
	}
	assert_int_equal(0, slow.n);
	post_at(c, "good.test", server.second, "release", &release);
	run_until(0);
	assert_int_equal(201, slow.status);
	close_client(c);
}

struct chain {
	struct http_client *client;
	int left;
};

static void
post_anew(void *arg, const struct http_result *r)
{
	struct chain *chain = arg;
	char url[100];
	struct http_post post = { .url = url,
		.content_type = "a/b",
		.body = SPAN_LIT("x"),
		.verify = true };

	assert_int_equal(chain->left % 2 == 0 ? HTTP_ANSWERED : HTTP_REFUSED,
	    r->outcome);
	if (--chain->left == 0)
		return;
	(void)snprintf(url, sizeof(url), "http%s://good.test:%d/status/201",
	    chain->left % 2 == 0 ? "s" : "", server.trusted);
	assert_ok(
	    http_client_post(chain->client, &post, post_anew, chain, NULL));
}

static void
test_done_may_post_anew(void **state)
{
	struct http_client_options o = options();
	struct chain chain = { open_client(&o), 5 };
	struct http_post post = { .url = "http://a.test/",
		.content_type = "a/b",
		.verify = true };

	(void)state;
	assert_ok(
	    http_client_post(chain.client, &post, post_anew, &chain, NULL));
	run_until(0);
	assert_int_equal(0, chain.left);
	close_client(chain.client);
}

/* The resolver is still at it when the post is given up. */
static void
test_a_name_that_hangs_holds_up_nobody(void **state)
{
	struct http_client_options o = options();
	struct http_client *c;
	struct outcome hanging, good;

	(void)state;
	o.total_ms = 500;
	c = open_client(&o);
	post_at(c, "hang.test", server.trusted, "status/201", &hanging);
	run_until(0);
	assert_int_equal(HTTP_UNREACHABLE, hanging.outcome);
	close_client(c);
	o = options();
	c = open_client(&o);
	post_at(c, "hang.test", server.trusted, "status/201", &hanging);
	post_at(c, "good.test", server.trusted, "status/201", &good);
	run_until(1);
	assert_int_equal(201, good.status);
	close_client(c);
	assert_int_equal(HTTP_ABANDONED, hanging.outcome);
	release_names();
}

/* Whoever runs them may be waiting for a disk. */
static void
test_what_waits_begins_while_nobody_runs_them(void **state)
{
	struct http_client_options o = options();
	struct outcome first, behind, other;
	struct http_client *c, *another;
	struct transfers *of_c;

	(void)state;
	o.per_host = 1;
	c = open_client(&o);
	of_c = transfers;
	post_at(c, "good.test", server.trusted, "status/201", &first);
	post_at(c, "good.test", server.trusted, "together/2", &behind);
	assert_ok(transfers_run(of_c, -1, 0, NULL));
	another = open_client(&o);
	post_at(another, "good.test", server.second, "together/2", &other);
	run_until(0);
	assert_int_equal(201, other.status);
	close_client(another);
	transfers = of_c;
	run_until(0);
	assert_int_equal(201, first.status);
	assert_int_equal(201, behind.status);
	close_client(c);
}

static void
test_what_waits_too_long_is_abandoned(void **state)
{
	struct http_client_options o = options();
	struct outcome first, late = { .n = 0 }, patient, other;
	struct http_post post = { .content_type = "a/b",
		.body = SPAN_LIT("x"),
		.begin_within_ns = 1,
		.verify = true };
	struct http_client *c;
	char url[100];

	(void)state;
	o.per_host = 1;
	c = open_client(&o);
	post_at(c, "good.test", server.trusted, "together/2", &first);
	(void)snprintf(url, sizeof(url), "https://good.test:%d/status/201",
	    server.trusted);
	post.url = url;
	assert_ok(http_client_post(c, &post, note, &late, NULL));
	post.begin_within_ns = FOR_EVER;
	patient = (struct outcome){ .n = 0 };
	assert_ok(http_client_post(c, &post, note, &patient, NULL));
	post_at(c, "127.0.0.1", server.second, "together/2", &other);
	run_until(0);
	assert_int_equal(201, first.status);
	assert_int_equal(1, late.n);
	assert_int_equal(HTTP_ABANDONED, late.outcome);
	assert_int_equal(201, patient.status);
	close_client(c);
}

/* -- running and closing -- */

static void
test_run_ends_when_it_is_woken(void **state)
{
	struct http_client_options o = options();
	struct http_client *c = open_client(&o);
	int fd = eventfd(1, EFD_CLOEXEC);
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	struct outcome silent;

	(void)state;
	assert_ok(transfers_run(transfers, -1, FOR_EVER, NULL));
	assert_ok(transfers_run(transfers, fd, FOR_EVER, NULL));
	post_at(c, "good.test", server.trusted, "silent", &silent);
	assert_ok(transfers_run(transfers, fd, FOR_EVER, NULL));
	assert_int_equal(1, poll(&readable, 1, 0));
	assert_int_equal(1, transfers_pending(transfers));
	assert_ok(transfers_run(transfers, -1, 0, NULL));
	assert_ok(transfers_run(transfers, -1, NS_PER_MS, NULL));
	assert_int_equal(0, silent.n);
	close_client(c);
	(void)close(fd);
}

static void
test_close_tells_what_is_pending(void **state)
{
	struct http_client_options o = options();
	struct outcome under_way, waiting, refused, done;
	struct http_client *c;

	(void)state;
	o.per_host = 1;
	c = open_client(&o);
	post_at(c, "good.test", server.trusted, "silent", &under_way);
	post_at(c, "good.test", server.trusted, "status/201", &waiting);
	post_at(c, "127.0.0.1", server.second, "status/201", &done);
	run_until(2);
	post_url(c, "http://a.test/", true, &refused);
	close_client(c);
	assert_int_equal(201, done.status);
	assert_int_equal(HTTP_ABANDONED, under_way.outcome);
	assert_int_equal(HTTP_ABANDONED, waiting.outcome);
	assert_int_equal(HTTP_REFUSED, refused.outcome);
	assert_int_equal(1, under_way.n);
	assert_int_equal(1, waiting.n);
	assert_int_equal(1, refused.n);
	assert_int_equal(-1, waiting.retry_after_s);
	http_client_close(NULL);
	transfers_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_connections_are_reused_for_the_same_trust_only),
		cmocka_unit_test(test_a_name_that_hangs_holds_up_nobody),
		cmocka_unit_test(
		    test_a_connection_closed_meanwhile_is_made_anew),
		cmocka_unit_test(test_connections_are_closed_on_exec),
		cmocka_unit_test(test_many_are_under_way_together),
		cmocka_unit_test(test_a_slow_one_delays_nobody),
		cmocka_unit_test(test_done_may_post_anew),
		cmocka_unit_test(test_what_waits_begins_while_nobody_runs_them),
		cmocka_unit_test(test_what_waits_too_long_is_abandoned),
		cmocka_unit_test(test_run_ends_when_it_is_woken),
		cmocka_unit_test(test_close_tells_what_is_pending),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
