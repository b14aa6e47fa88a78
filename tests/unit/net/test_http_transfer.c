#include "support/http_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

/* -- answers -- */

static void
test_statuses(void **state)
{
	static const long statuses[] = { 200, 201, 202, 400, 404, 413, 500,
		503 };
	char path[32], want[32], peer[64];

	(void)state;
	(void)snprintf(peer, sizeof(peer), "127.0.0.1:%d", server.trusted);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		struct outcome o;

		(void)snprintf(path, sizeof(path), "status/%ld", statuses[i]);
		(void)snprintf(want, sizeof(want), "this is %ld", statuses[i]);
		o = post_path(server.trusted, path, true);
		assert_int_equal(HTTP_ANSWERED, o.outcome);
		assert_int_equal(statuses[i], o.status);
		assert_string_equal(want, o.answer);
		assert_string_equal(peer, o.peer);
		assert_true(o.verified);
		assert_int_equal(-1, o.retry_after_s);
	}
}

/* RFC 8460 s5.4 has Content-Type; the rest is what confuses receivers. */
static void
test_what_is_sent(void **state)
{
	struct outcome o = post_path(server.trusted, "echo", true);
	char want[200];

	(void)state;
	(void)snprintf(want, sizeof(want),
	    "type=application/tlsrpt+gzip crc=%lu length=10 encoding=None "
	    "accepts=None expect=None agent=test/1 ",
	    crc32(0, (const unsigned char *)"the report", 10));
	assert_int_equal(201, o.status);
	assert_memory_equal(want, o.answer, strlen(want));
}

static void
test_a_large_body(void **state)
{
	static char body[3 << 20];
	struct http_client_options options_ = options();
	struct http_client *c = open_client(&options_);
	struct outcome o = { .n = 0 };
	char url[100], want[100];
	struct http_post post = { .url = url,
		.content_type = "a/b",
		.body = { body, sizeof(body) },
		.verify = true };

	(void)state;
	memset(body, 'x', sizeof(body));
	(void)snprintf(url, sizeof(url), "https://good.test:%d/echo",
	    server.trusted);
	assert_ok(http_client_post(c, &post, note, &o, NULL));
	run_until(0);
	(void)snprintf(want, sizeof(want),
	    "type=a/b crc=%lu length=3145728 encoding=None accepts=None "
	    "expect=None ",
	    crc32(0, (const unsigned char *)body, sizeof(body)));
	assert_memory_equal(want, o.answer, strlen(want));
	close_client(c);
}

static void
test_an_empty_body(void **state)
{
	struct http_client_options options_ = options();
	struct http_client *c = open_client(&options_);
	struct outcome o = { .n = 0 };
	char url[100];
	struct http_post post = { .url = url,
		.content_type = "a/b",
		.verify = true };

	(void)state;
	(void)snprintf(url, sizeof(url), "https://good.test:%d/echo",
	    server.trusted);
	assert_ok(http_client_post(c, &post, note, &o, NULL));
	run_until(0);
	assert_memory_equal("type=a/b crc=0 length=0 ", o.answer, 24);
	close_client(c);
}

static void
test_retry_after(void **state)
{
	static const struct {
		const char *value;
		int64_t want;
	} cases[] = { { "120", 120 }, { "0", 0 }, { "-5", -1 }, { "soon", -1 },
		{ "99999999999999999999", INT32_MAX },
		{ "Sun,%2006%20Nov%201994%2008:49:37%20GMT", 0 } };
	char path[100];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct outcome o;

		(void)snprintf(path, sizeof(path), "retry/%s", cases[i].value);
		o = post_path(server.trusted, path, true);
		assert_int_equal(429, o.status);
		print_message("%s\n", cases[i].value);
		assert_int_equal(cases[i].want, o.retry_after_s);
	}
}

static void
test_retry_after_a_date(void **state)
{
	time_t at = time(NULL) + 3600;
	struct outcome o;
	char path[100];
	struct tm tm;

	(void)state;
	assert_non_null(gmtime_r(&at, &tm));
	assert_true(strftime(path, sizeof(path),
			"retry/%a,%%20%d%%20%b%%20%Y%%20%T%%20GMT", &tm) > 0);
	o = post_path(server.trusted, path, true);
	assert_in_range((uintmax_t)o.retry_after_s, 3500, 3600);
}

static void
test_a_redirect_is_an_answer(void **state)
{
	struct outcome o = post_path(server.trusted, "redirect", true);

	(void)state;
	assert_int_equal(HTTP_ANSWERED, o.outcome);
	assert_int_equal(302, o.status);
	o = post_path(server.trusted, "counted", true);
	assert_string_equal("0", o.answer);
}

static void
test_an_endless_answer_counts(void **state)
{
	struct outcome o = post_path(server.trusted, "endless", true);

	(void)state;
	assert_int_equal(HTTP_ANSWERED, o.outcome);
	assert_int_equal(200, o.status);
	assert_int_equal(512, o.answer_len);
	assert_memory_equal("01234567890123456789", o.answer, 20);
	assert_memory_equal("8901", o.answer + 508, 4);
}

static void
test_an_answer_cut_short_counts(void **state)
{
	struct outcome o = post_path(server.trusted, "cut", true);

	(void)state;
	assert_int_equal(HTTP_ANSWERED, o.outcome);
	assert_int_equal(201, o.status);
	assert_string_equal("too little", o.answer);
}

static void
test_endless_header_fields(void **state)
{
	struct outcome o = post_path(server.trusted, "fields", true);

	(void)state;
	assert_int_equal(HTTP_ANSWERED, o.outcome);
	assert_int_equal(200, o.status);
	o = post_path(server.trusted, "interim", true);
	assert_int_equal(HTTP_UNREACHABLE, o.outcome);
	assert_int_equal(0, o.status);
}

/* -- trust -- */

static void
test_untrusted(void **state)
{
	const int ports[] = { server.selfsigned, server.misnamed };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct outcome o = post_path(ports[i], "status/201", true);

		assert_int_equal(HTTP_UNTRUSTED, o.outcome);
		assert_int_equal(0, o.status);
		assert_false(o.verified);
		assert_true(strlen(o.why) > 10);
		assert_memory_equal("127.0.0.1:", o.peer, 10);
		o = post_path(ports[i], "status/201", false);
		assert_int_equal(HTTP_ANSWERED, o.outcome);
		assert_int_equal(201, o.status);
		assert_false(o.verified);
	}
}

static void
test_another_name_is_untrusted(void **state)
{
	struct http_client_options o = options();
	char url[100];

	(void)state;
	(void)snprintf(url, sizeof(url), "https://localhost:%d/status/201",
	    server.trusted);
	assert_int_equal(HTTP_UNTRUSTED, post_with(&o, url, true).outcome);
}

/* Without ca_file the system's CAs hold, and ours is none of them. */
static void
test_the_ca_file_is_what_is_trusted(void **state)
{
	struct http_client_options o = options();
	struct why why = { { 0 } };
	struct http_client *c;
	char url[100];

	(void)state;
	(void)snprintf(url, sizeof(url), "https://good.test:%d/status/201",
	    server.trusted);
	o.ca_file = NULL;
	assert_int_equal(HTTP_UNTRUSTED, post_with(&o, url, true).outcome);
	o.ca_file = "/nonexistent/ca.pem";
	assert_ok(transfers_open(&transfers, NULL));
	assert_err(E_USAGE, http_client_open(transfers, &o, &c, &why));
	transfers_close(transfers);
	assert_non_null(strstr(why.text, "/nonexistent/ca.pem"));
	/* Our fault is not said of the peer: nothing goes out unverified. */
	o.ca_file = TESTS_DIR "/support/https_server.py";
	assert_int_equal(HTTP_UNREACHABLE, post_with(&o, url, true).outcome);
}

/* -- no answer -- */

static void
test_reset(void **state)
{
	struct outcome o = post_path(server.trusted, "reset", true);

	(void)state;
	assert_int_equal(HTTP_UNREACHABLE, o.outcome);
	assert_int_equal(0, o.status);
	assert_true(strlen(o.why) > 10);
}

/* No SIGPIPE ends us while there is much to send. */
static void
test_reset_while_sending(void **state)
{
	static char body[8 << 20];
	struct http_client_options options_ = options();
	struct http_client *c = open_client(&options_);
	struct outcome o = { .n = 0 };
	char url[100];
	struct http_post post = { .url = url,
		.content_type = "a/b",
		.body = { body, sizeof(body) },
		.verify = true };

	(void)state;
	(void)snprintf(url, sizeof(url), "https://good.test:%d/reset",
	    server.trusted);
	assert_ok(http_client_post(c, &post, note, &o, NULL));
	run_until(0);
	assert_int_equal(HTTP_UNREACHABLE, o.outcome);
	close_client(c);
}

static void
test_silence(void **state)
{
	struct http_client_options o = options();
	struct http_client *c;
	struct outcome http, tls;

	(void)state;
	o.total_ms = 300;
	c = open_client(&o);
	post_at(c, "good.test", server.trusted, "silent", &http);
	post_at(c, "good.test", server.mute, "status/201", &tls);
	run_until(0);
	assert_int_equal(HTTP_UNREACHABLE, http.outcome);
	assert_int_equal(HTTP_UNREACHABLE, tls.outcome);
	assert_why("timed out", &http);
	/* "SSL connection timeout" if libcurl sees that first. */
	assert_why("time", &tls);
	assert_false(http.verified);
	close_client(c);
}

static void
test_nobody_listens(void **state)
{
	struct http_client_options o = options();
	struct outcome outcome = post_path(1, "status/201", true);

	(void)state;
	assert_int_equal(HTTP_UNREACHABLE, outcome.outcome);
	assert_string_equal("", outcome.peer);
	outcome = post_with(&o, "https://none.test/", true);
	assert_int_equal(HTTP_UNREACHABLE, outcome.outcome);
	assert_why("none.test", &outcome);
}

/* -- refused by us -- */

static void
test_refused_urls(void **state)
{
	static const struct {
		const char *url, *why;
	} cases[] = {
		{ "http://8.8.8.8/", "scheme http" },
		{ "ftp://8.8.8.8/", "scheme ftp" },
		{ "file:///etc/passwd", "scheme file" },
		{ "https://user:secret@8.8.8.8/", "a user in the URL" },
		{ "https://user@8.8.8.8/", "a user in the URL" },
		{ "https://8.8.8.8:8443/", "port 8443" },
		{ "https://8.8.8.8:80/", "port 80" },
		{ "https://8.8.8.8:65536/", "malformed" },
		{ "https:///", "malformed" },
		{ "8.8.8.8/", "malformed" },
		{ "", "malformed" },
		{ "https://a b/", "malformed" },
		{ "https://8.8.8.8/a\r\nX: y", "malformed" },
		{ "https://127.0.0.1/", "127.0.0.1 is refused: loopback" },
		{ "https://127.1/", "127.0.0.1 is refused: loopback" },
		{ "https://2130706433/", "127.0.0.1 is refused: loopback" },
		{ "https://0x7f000001/", "127.0.0.1 is refused: loopback" },
		{ "https://0177.0.0.1/", "127.0.0.1 is refused: loopback" },
		{ "https://0/", "0.0.0.0 is refused: unspecified" },
		{ "https://[::1]/", "::1 is refused: loopback" },
		{ "https://[::ffff:127.0.0.1]/", "loopback" },
		{ "https://[64:ff9b::a9fe:a9fe]/", "link-local" },
		{ "https://[fe80::1%25lo]/", "link-local" },
		{ "https://169.254.169.254/latest/", "link-local" },
		{ "https://good.test/", "127.0.0.1 is refused: loopback" },
		{ "https://localhost/", "refused: loopback" },
		{ "https://inside.test/", "10.0.0.1 is refused: private" },
		{ "https://both.test/", "refused: l" },
	};
	const struct address_filter none = { .n = 0 };
	struct http_client_options o = options();

	(void)state;
	o.filter = &none;
	o.any_port = false;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct outcome outcome = post_with(&o, cases[i].url, true);

		print_message("%s: %s\n", cases[i].url, outcome.why);
		assert_int_equal(HTTP_REFUSED, outcome.outcome);
		assert_why(cases[i].why, &outcome);
		assert_string_equal("", outcome.peer);
		assert_int_equal(0, outcome.status);
	}
}

/* Of several addresses the refused are passed over. */
static void
test_one_address_of_two_is_allowed(void **state)
{
	struct http_client_options o = options();
	char url[100];
	struct outcome outcome;

	(void)state;
	(void)snprintf(url, sizeof(url), "https://both.test:%d/status/201",
	    server.trusted);
	outcome = post_with(&o, url, true);
	assert_int_equal(201, outcome.status);
	assert_memory_equal("127.0.0.1:", outcome.peer, 10);
	/* Nobody listens at the one that is allowed: that may change. */
	outcome = post_with(&o, "https://both.test:1/", true);
	assert_int_equal(HTTP_UNREACHABLE, outcome.outcome);
}

static void
test_a_proxy_is_asked_only_if_wished(void **state)
{
	const struct address_filter none = { .n = 0 };
	struct http_client_options o = options();
	struct outcome outcome;

	(void)state;
	assert_int_equal(0, setenv("https_proxy", "http://127.0.0.1:1", 1));
	assert_int_equal(201,
	    post_path(server.trusted, "status/201", true).status);
	o.use_proxy = true;
	outcome = post_with(&o, "https://8.8.8.8/", true);
	assert_int_equal(HTTP_UNREACHABLE, outcome.outcome);
	assert_why("127.0.0.1", &outcome);
	outcome = post_with(&o, "https://169.254.169.254/", true);
	assert_int_equal(HTTP_REFUSED, outcome.outcome);
	o.filter = &none;
	outcome = post_with(&o, "https://8.8.8.8/", true);
	assert_int_equal(HTTP_REFUSED, outcome.outcome);
	assert_why("127.0.0.1 is refused: loopback", &outcome);
	assert_int_equal(0, unsetenv("https_proxy"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_what_is_sent),
		cmocka_unit_test(test_a_large_body),
		cmocka_unit_test(test_an_empty_body),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_retry_after_a_date),
		cmocka_unit_test(test_a_redirect_is_an_answer),
		cmocka_unit_test(test_an_endless_answer_counts),
		cmocka_unit_test(test_an_answer_cut_short_counts),
		cmocka_unit_test(test_endless_header_fields),
		cmocka_unit_test(test_untrusted),
		cmocka_unit_test(test_another_name_is_untrusted),
		cmocka_unit_test(test_the_ca_file_is_what_is_trusted),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_reset_while_sending),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_refused_urls),
		cmocka_unit_test(test_one_address_of_two_is_allowed),
		cmocka_unit_test(test_a_proxy_is_asked_only_if_wished),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
