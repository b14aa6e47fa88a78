#include "support/http_fixture.h"

#include <stdio.h>
#include <stdlib.h>

/* Longer than ctest waits. */
#define LONG_MS 600000

struct https_server server;
struct transfers *transfers;

/* -- one client, and what came of its posts -- */

static struct address_filter filter;

struct http_client_options
options(void)
{
	return (struct http_client_options){ .filter = &filter,
		.ca_file = server.ca_file,
		.user_agent = "test/1",
		.any_port = true,
		.connect_ms = LONG_MS,
		.total_ms = LONG_MS,
		.per_host = 20,
		.total = 40 };
}

struct http_client *
open_client(const struct http_client_options *o)
{
	struct http_client *c = NULL;
	struct why why = { { 0 } };

	assert_ok_why(transfers_open(&transfers, &why), &why);
	assert_ok_why(http_client_open(transfers, o, &c, &why), &why);
	return c;
}

void
close_client(struct http_client *c)
{
	http_client_close(c);
	transfers_close(transfers);
}

void
note(void *arg, const struct http_result *r)
{
	struct outcome *o = arg;

	o->n++;
	o->outcome = r->outcome;
	o->status = r->status;
	o->verified = r->verified;
	o->retry_after_s = r->retry_after_s;
	o->answer_len = r->answer.len;
	(void)snprintf(o->answer, sizeof(o->answer), "%.*s",
	    SPAN_ARG(r->answer));
	(void)snprintf(o->peer, sizeof(o->peer), "%.*s", SPAN_ARG(r->peer));
	(void)snprintf(o->why, sizeof(o->why), "%.*s", SPAN_ARG(r->why));
}

void
post_url(struct http_client *c, const char *url, bool verify, struct outcome *o)
{
	struct http_post post = { .url = url,
		.content_type = "application/tlsrpt+gzip",
		.body = SPAN_LIT("the report"),
		.verify = verify };

	*o = (struct outcome){ .n = 0 };
	assert_ok(http_client_post(c, &post, note, o, NULL));
}

void
post_at(struct http_client *c, const char *host, int port, const char *path,
    struct outcome *o)
{
	char url[200];

	(void)snprintf(url, sizeof(url), "https://%s:%d/%s", host, port, path);
	post_url(c, url, true, o);
}

void
run_until(size_t left)
{
	while (transfers_pending(transfers) > left)
		assert_ok(transfers_run(transfers, -1, FOR_EVER, NULL));
}

struct outcome
post_with(const struct http_client_options *o, const char *url, bool verify)
{
	struct http_client *c = open_client(o);
	struct outcome outcome;

	post_url(c, url, verify, &outcome);
	run_until(0);
	assert_int_equal(1, outcome.n);
	close_client(c);
	return outcome;
}

struct outcome
post_path(int port, const char *path, bool verify)
{
	struct http_client_options o = options();
	char url[200];

	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%d/%s", port, path);
	return post_with(&o, url, verify);
}

int
start_server(void **state)
{
	(void)state;
	/* A proxy of the machine's is none of ours. */
	(void)unsetenv("no_proxy");
	(void)unsetenv("NO_PROXY");
	assert_ok(address_filter_add(&filter, SPAN_LIT("127.0.0.0/8"), NULL));
	assert_ok(address_filter_add(&filter, SPAN_LIT("::1"), NULL));
	support_https_start(&server);
	return 0;
}

int
stop_server(void **state)
{
	(void)state;
	support_https_stop(&server);
	return 0;
}
