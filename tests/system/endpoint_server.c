/* endpoint_server LISTEN [NAME=VALUE ...]: the HTTPS endpoint with a sink that
 * only remembers, until stdin ends.
 *
 * LISTEN is what http_listen takes, or "fd:N". Prints "port N", then a line for
 * each receipt. Names: cert and key (files), trusted, forwarded (a field's
 * name), threads, posted (so many are remembered), and those of limits below.
 * Words on stdin, one a line:
 *
 * ok         what is received is kept at once, by another thread
 * hold       it is not; release: what was held is kept
 * full, big  the sink takes nothing; fail: it took it, and cannot keep it
 * cert A B   shows the certificate of the files A and B
 * count      prints "connections N"
 *
 * Each but cert and count is answered by "done". */
#include <arpa/inet.h>
#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/num.h"
#include "http/listen.h"
#include "http/request.h"
#include "http/server.h"
#include "intake/endpoint.h"

#define FILE_MAX ((size_t)100 * 1024)

static struct clock the_clock;

static void
must(enum err e, const struct why *why)
{
	if (e == E_OK)
		return;
	(void)fprintf(stderr, "%s: %s\n", err_text(e), why->text);
	exit(EXIT_FAILURE);
}

/* -- the sink -- */

struct held {
	STAILQ_ENTRY(held) next;
	void (*done)(void *, enum err, const struct uuid *);
	void *arg;
	enum err e;
};

static struct {
	pthread_mutex_t lock; /* over all below */
	pthread_cond_t changed;
	STAILQ_HEAD(, held) held;
	enum { OK, HOLD, FULL, BIG, FAIL } mode;
	bool release, stop;
} sink = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER,
	.held = STAILQ_HEAD_INITIALIZER(sink.held),
};

static void
add_text(struct buf *b, const char *name, struct span s)
{
	buf_addf(b, " %s=\"", name);
	escape_log(b, s);
	buf_addc(b, '"');
}

/* In one call: the main thread answers words meanwhile. */
static void
print_receipt(const struct receipt_facts *f, struct span body)
{
	struct buf line = BUF_INIT(32768);

	add_text(&line, "peer", f->peer);
	add_text(&line, "route", f->route);
	add_text(&line, "type", f->type);
	add_text(&line, "encoding", f->encoding);
	(void)printf("receipt%s length=\"%zu\" crc=\"%lu\"\n", buf_str(&line),
	    body.len, crc32_z(0, (const unsigned char *)body.p, body.len));
	(void)fflush(stdout);
	buf_free(&line);
}

static enum err
put(void *arg, const struct receipt_facts *facts, struct span body,
    void (*done)(void *, enum err, const struct uuid *), void *done_arg,
    struct why *why)
{
	struct held *h;
	enum err e = E_OK;

	(void)arg;
	(void)pthread_mutex_lock(&sink.lock);
	if (sink.mode == FULL || sink.mode == BIG) {
		e = why_set(why, sink.mode == FULL ? E_FULL : E_RANGE, "no");
	} else {
		assert(facts->way == RECEIPT_HTTPS && !facts->is_mail);
		assert((h = calloc(1, sizeof(*h))) != NULL);
		h->done = done;
		h->arg = done_arg;
		h->e = sink.mode == FAIL ? E_IO : E_OK;
		STAILQ_INSERT_TAIL(&sink.held, h, next);
		print_receipt(facts, body);
	}
	(void)pthread_cond_signal(&sink.changed);
	(void)pthread_mutex_unlock(&sink.lock);
	return e;
}

static void
tell(struct held *h)
{
	struct uuid id = uuid_new(clock_wall_ns(&the_clock));

	h->done(h->arg, h->e, h->e == E_OK ? &id : NULL);
	free(h);
}

/* The first that may go, or NULL at the end. */
static struct held *
next_held(void)
{
	struct held *h;

	(void)pthread_mutex_lock(&sink.lock);
	for (;;) {
		h = STAILQ_FIRST(&sink.held);
		if (h == NULL)
			sink.release = false;
		if (h != NULL &&
		    (sink.mode != HOLD || sink.release || sink.stop))
			break;
		if (sink.stop)
			break;
		(void)pthread_cond_wait(&sink.changed, &sink.lock);
	}
	if (h != NULL)
		STAILQ_REMOVE_HEAD(&sink.held, next);
	(void)pthread_mutex_unlock(&sink.lock);
	return h;
}

static void *
keep(void *arg)
{
	struct held *h;

	while ((h = next_held()) != NULL)
		tell(h);
	return arg;
}

/* -- beside the endpoint: what any handler may ask -- */

static void
greet(void *arg, struct http_request *r)
{
	struct buf text = BUF_INIT(8192);

	(void)arg;
	buf_addf(&text, "name=%.*s query=%.*s peer=%s body=%zu\n",
	    SPAN_ARG(http_request_parameter(r)),
	    SPAN_ARG(http_request_query(r)), http_request_peer(r),
	    http_request_body(r).len);
	http_answer(r, 200, "text/plain", buf_span(&text), NULL);
	buf_free(&text);
}

/* -- options -- */

static struct endpoint_options endpoint_options = {
	.sink = { .put = put },
	.clock = &the_clock,
	.body_max = (size_t)1024 * 1024,
	.burst = 1,
	.addresses_max = 1024,
};

static struct http_options options = {
	.clock = &the_clock,
	.threads = 2,
	.limits = {
	    .idle_ms = 30000,
	    .request_ms = 30000,
	    .connection_ms = 600000,
	    .answer_ms = 30000,
	    .connections = 2000,
	    .head_max = (size_t)16 * 1024,
	    .bodies_max = (size_t)64 * 1024 * 1024,
	},
};

static struct buf certificate = BUF_INIT(FILE_MAX);
static struct buf key = BUF_INIT(FILE_MAX);

static bool
set_number(const char *name, int64_t n)
{
	struct http_limits *l = &options.limits;
	const struct {
		const char *name;
		int64_t *ms;
		size_t *size;
		uint64_t *count;
	} numbers[] = {
		{ "idle_ms", &l->idle_ms, NULL, NULL },
		{ "request_ms", &l->request_ms, NULL, NULL },
		{ "connection_ms", &l->connection_ms, NULL, NULL },
		{ "answer_ms", &l->answer_ms, NULL, NULL },
		{ "connections", NULL, &l->connections, NULL },
		{ "per_address", NULL, &l->per_address, NULL },
		{ "head_max", NULL, &l->head_max, NULL },
		{ "bodies_max", NULL, &l->bodies_max, NULL },
		{ "body_max", NULL, &endpoint_options.body_max, NULL },
		{ "hourly", NULL, NULL, &endpoint_options.hourly },
		{ "burst", NULL, NULL, &endpoint_options.burst },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(numbers[i].name, name) != 0)
			continue;
		if (numbers[i].ms != NULL)
			*numbers[i].ms = n;
		if (numbers[i].size != NULL)
			*numbers[i].size = (size_t)n;
		if (numbers[i].count != NULL)
			*numbers[i].count = (uint64_t)n;
		return true;
	}
	return false;
}

static void
set_option(char *option)
{
	char *value = strchr(option, '=');
	struct why why = { { 0 } };
	int64_t n;

	assert(value != NULL);
	*value++ = '\0';
	if (strcmp(option, "cert") == 0) {
		must(file_read(value, &certificate, &why), &why);
	} else if (strcmp(option, "key") == 0) {
		must(file_read(value, &key, &why), &why);
	} else if (strcmp(option, "trusted") == 0) {
		must(http_networks_add(&options.trusted, span_str(value), &why),
		    &why);
	} else if (strcmp(option, "forwarded") == 0) {
		options.forwarded = strcmp(value, "Forwarded") == 0
		    ? HTTP_FORWARDED
		    : HTTP_X_FORWARDED_FOR;
	} else {
		must(num_parse(span_str(value), 0, INT64_MAX, &n), &why);
		if (strcmp(option, "threads") == 0)
			options.threads = (unsigned)n;
		else if (strcmp(option, "posted") == 0)
			must(posted_open((size_t)n, &endpoint_options.posted),
			    &why);
		else
			assert(set_number(option, n));
	}
}

/* -- words -- */

static void
show_certificate(struct http_server *server, char *files)
{
	char *second = strchr(files, ' ');
	struct why why = { { 0 } };
	enum err e;

	*second++ = '\0';
	buf_clear(&certificate);
	buf_clear(&key);
	must(file_read(files, &certificate, &why), &why);
	must(file_read(second, &key, &why), &why);
	e = http_server_set_certificate(server, buf_span(&certificate),
	    buf_span(&key), &why);
	(void)printf("cert %s\n", e == E_OK ? "ok" : why.text);
}

static void
obey(struct http_server *server, char *word)
{
	static const char *const modes[] = { "ok", "hold", "full", "big",
		"fail" };

	word[strcspn(word, "\n")] = '\0';
	if (strncmp(word, "cert ", 5) == 0) {
		show_certificate(server, word + 5);
	} else if (strcmp(word, "count") == 0) {
		(void)printf("connections %zu\n",
		    http_server_connections(server));
	} else {
		(void)pthread_mutex_lock(&sink.lock);
		for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
			if (strcmp(word, modes[i]) == 0)
				sink.mode = i;
		sink.release |= strcmp(word, "release") == 0;
		(void)pthread_cond_signal(&sink.changed);
		(void)pthread_mutex_unlock(&sink.lock);
		(void)printf("done\n");
	}
	(void)fflush(stdout);
}

static unsigned
port_of(int fd)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	struct sockaddr_in in;

	if (getsockname(fd, (struct sockaddr *)&ss, &len) != 0 ||
	    ss.ss_family == AF_UNIX)
		return 0;
	memcpy(&in, &ss, sizeof(in)); /* the port is at the same place */
	return ntohs(in.sin_port);
}

static int
listen_at(const char *where)
{
	struct why why = { { 0 } };
	int fd;

	if (strncmp(where, "fd:", 3) == 0) {
		int64_t n;

		must(num_parse(span_str(where + 3), 0, 1000, &n), &why);
		return (int)n;
	}
	must(http_listen(where, 0600, &fd, &why), &why);
	return fd;
}

int
main(int argc, char **argv)
{
	struct http_route routes[ENDPOINT_ROUTES + 2];
	struct http_server *server;
	struct why why = { { 0 } };
	struct endpoint *endpoint;
	pthread_t keeper;
	char word[1024];
	int fd;

	assert(argc >= 2);
	the_clock = clock_machine(0);
	for (int i = 2; i < argc; i++)
		set_option(argv[i]);
	must(endpoint_open(&endpoint_options, &endpoint, &why), &why);
	endpoint_routes(endpoint, routes);
	routes[ENDPOINT_ROUTES] = (struct http_route){ .method = "GET",
		.path = "/hello/{name}",
		.handle = greet };
	routes[ENDPOINT_ROUTES + 1] = (struct http_route){ .method = "PUT",
		.path = "/hello/{name}",
		.handle = greet,
		.body_max = 10 };
	options.routes = routes;
	options.nroutes = ENDPOINT_ROUTES + 2;
	options.certificate = buf_span(&certificate);
	options.key = buf_span(&key);
	fd = listen_at(argv[1]);
	must(http_server_open(&options, fd, &server, &why), &why);
	assert(pthread_create(&keeper, NULL, keep, NULL) == 0);
	(void)printf("port %u\n", port_of(fd));
	(void)fflush(stdout);
	while (fgets(word, sizeof(word), stdin) != NULL)
		obey(server, word);
	http_server_close(server, 200);
	endpoint_close(endpoint);
	/* What is held is answered now, when nobody waits for it any more. */
	(void)pthread_mutex_lock(&sink.lock);
	sink.stop = true;
	(void)pthread_cond_signal(&sink.changed);
	(void)pthread_mutex_unlock(&sink.lock);
	(void)pthread_join(keeper, NULL);
	posted_close(endpoint_options.posted);
	buf_free(&certificate);
	buf_free(&key);
	return 0;
}
