#include "support/https_server.h"
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>

#include "net/policy_fetch.h"

#define PATIENCE_MS 30000
#define IMPATIENCE_MS 200

static struct https_server server;

static int
start(void **state)
{
	(void)state;
	support_https_start(&server);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	support_https_stop(&server);
	return 0;
}

static struct policy_fetch_options
at(const char *domain, int port)
{
	return (struct policy_fetch_options){ .domain = domain,
		.addresses = "127.0.0.1",
		.port = (uint16_t)port,
		.ca_file = server.ca_file,
		.timeout_ms = PATIENCE_MS };
}

static void
fetch(const struct policy_fetch_options *o, struct buf *body,
    struct policy_fetch *ret)
{
	struct why why = { { 0 } };

	assert_ok(policy_fetch_run(o, body, ret, &why));
}

static void
test_a_policy_is_fetched(void **state)
{
	const struct policy_fetch_options o = at("plain.test", server.trusted);
	struct buf body = BUF_INIT(POLICY_FETCH_MAX);
	struct policy_fetch got;

	(void)state;
	fetch(&o, &body, &got);
	assert_int_equal(POLICY_FETCHED, got.outcome);
	assert_int_equal(200, got.status);
	assert_true(got.is_plain_text);
	assert_string_equal(
	    "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n",
	    buf_str(&body));
	buf_free(&body);
}

/* RFC 8461 s3.3: the certificate is that of the policy host, and signed; a
 * redirection is not followed. */
static void
test_what_is_not_taken(void **state)
{
	const struct {
		const char *domain;
		int port;
		enum policy_fetch_outcome outcome;
		long status;
		const char *why;
	} rows[] = {
		{ "none.test", server.trusted, POLICY_REFUSED, 404,
		    "HTTP status 404" },
		{ "moved.test", server.trusted, POLICY_REFUSED, 302,
		    "HTTP status 302" },
		{ "long.test", server.trusted, POLICY_REFUSED, 200,
		    "more than 65536 bytes" },
		{ "short.test", server.trusted, POLICY_REFUSED, 200, "" },
		{ "plain.test", server.selfsigned, POLICY_UNTRUSTED, 0, "" },
		{ "plain.test", server.misnamed, POLICY_UNTRUSTED, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct policy_fetch_options o = at(rows[i].domain,
		    rows[i].port);
		struct buf body = BUF_INIT(POLICY_FETCH_MAX);
		struct policy_fetch got;

		fetch(&o, &body, &got);
		if (got.outcome != rows[i].outcome ||
		    got.status != rows[i].status ||
		    strstr(got.why.text, rows[i].why) == NULL ||
		    got.why.text[0] == '\0')
			fail_msg("row %zu: outcome %d, status %ld: %s", i,
			    (int)got.outcome, got.status, got.why.text);
		assert_true(body.len <= POLICY_FETCH_MAX);
		buf_free(&body);
	}
}

/* RFC 8461 s3.2: it is text/plain. */
static void
test_its_type_is_told(void **state)
{
	const struct policy_fetch_options o = at("html.test", server.trusted);
	struct buf body = BUF_INIT(POLICY_FETCH_MAX);
	struct policy_fetch got;

	(void)state;
	fetch(&o, &body, &got);
	assert_int_equal(POLICY_FETCHED, got.outcome);
	assert_false(got.is_plain_text);
	buf_free(&body);
}

/* Nothing is known of the policy then. */
static void
test_who_does_not_answer_is_away(void **state)
{
	struct policy_fetch_options o[] = {
		at("never.test", server.trusted),
		at("plain.test", server.mute),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(o) / sizeof(o[0]); i++) {
		struct buf body = BUF_INIT(POLICY_FETCH_MAX);
		struct policy_fetch got;

		o[i].timeout_ms = IMPATIENCE_MS;
		fetch(&o[i], &body, &got);
		assert_int_equal(POLICY_AWAY, got.outcome);
		assert_int_equal(0, body.len);
		buf_free(&body);
	}
}

static void
test_no_ca_file(void **state)
{
	struct policy_fetch_options o = at("plain.test", server.trusted);
	struct buf body = BUF_INIT(POLICY_FETCH_MAX);
	struct policy_fetch got;
	struct why why = { { 0 } };

	(void)state;
	o.ca_file = "/nonexistent/ca.pem";
	assert_err(E_USAGE, policy_fetch_run(&o, &body, &got, &why));
	assert_non_null(strstr(why.text, o.ca_file));
	buf_free(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_policy_is_fetched),
		cmocka_unit_test(test_what_is_not_taken),
		cmocka_unit_test(test_its_type_is_told),
		cmocka_unit_test(test_who_does_not_answer_is_away),
		cmocka_unit_test(test_no_ca_file),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
