/* support/http_fixture.h -- an http_client, servers for it, and what came of
 * its posts. */
#ifndef TESTS_SUPPORT_HTTP_FIXTURE_H
#define TESTS_SUPPORT_HTTP_FIXTURE_H

#include "support/test.h"

#include "net/http_client.h"
#include "support/https_server.h"
#include "support/names.h"

/* Longer than a test may last: who sleeps it out fails. */
#define FOR_EVER (3600 * NS_PER_S)

struct outcome {
	int n; /* times told */
	enum http_outcome outcome;
	long status;
	size_t answer_len;
	char answer[HTTP_ANSWER_MAX + 1], peer[64], why[600];
	bool verified;
	int64_t retry_after_s;
};

extern struct https_server server;

/* For cmocka_run_group_tests. */
int start_server(void **state);
int stop_server(void **state);

/* Those of the client that is open: one at a time. */
extern struct transfers *transfers;

/* Of patience, that allow loopback and trust the server. */
struct http_client_options options(void);
struct http_client *open_client(const struct http_client_options *);
void close_client(struct http_client *);

/* An http_done_fn for a struct outcome. */
void note(void *arg, const struct http_result *);
void post_url(struct http_client *, const char *url, bool verify,
    struct outcome *);
void post_at(struct http_client *, const char *host, int port, const char *path,
    struct outcome *);
void run_until(size_t left);

/* One post by a client of its own. */
struct outcome post_with(const struct http_client_options *, const char *url,
    bool verify);
struct outcome post_path(int port, const char *path, bool verify);

#define assert_why(part, o) assert_non_null(strstr((o)->why, part))

#endif
