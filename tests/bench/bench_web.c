/* bench_web.c -- the page's API under people's hands: 20 clients, each of which
 * opens the overview, then a domain's view, and so on without a pause, over the
 * stores of views_bed.h and the real tlsrptd. A table goes to stderr; the
 * figures are each call's 95th percentile, the first view after a start, and
 * what the page weighs. */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/uuid.h"
#include "codec/secret.h"
#include "measure.h"
#include "store/store_account.h"
#include "views_bed.h"
#include "web/web_files.h"

#define CLIENTS 20
#define RUN_NS (10 * INT64_C(1000000000))
#define START_NS (30 * INT64_C(1000000000))
#define TIMES_MAX 100000 /* of a call */
#define ANSWER_MAX ((size_t)32 << 20)
#define RANGE "from=2026-10-23&to=2026-11-21" /* the 30 days to VIEWS_LAST */
#define LONG_RANGE "from=2026-08-24&to=2026-11-21"

/* -- the calls: begin, the domain if there is an end, end -- */

static const struct call {
	const char *name, *begin, *end;
} calls[] = {
	{ "overview", "/overview?" RANGE, NULL },
	{ "overview_90", "/overview?" LONG_RANGE, NULL },
	{ "domains", "/domains?" RANGE, NULL },
	{ "days", "/domains/", "/days?" RANGE },
	{ "failures_type", "/domains/", "/failures?group=type&" RANGE },
	{ "failures_mx", "/domains/", "/failures?group=mx&" RANGE },
	{ "failures_reporter", "/domains/", "/failures?group=reporter&" RANGE },
	{ "failures_sender", "/domains/", "/failures?group=sending-ip&" RANGE },
	{ "policies", "/domains/", "/policies?" RANGE },
	{ "compare", "/domains/", "/compare?" RANGE },
	{ "readiness", "/domains/", "/readiness?" RANGE },
	{ "reports", "/reports?domain=", "&" RANGE },
};

#define NCALLS (sizeof(calls) / sizeof(calls[0]))

/* -- the service -- */

static struct service {
	char folder[64];
	uint16_t port;
	pid_t pid;
	char token[SECRET_TEXT_SIZE];
} service;

static uint16_t
free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&at, len) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		bench_fail("no port: %s", strerror(errno));
	(void)close(fd);
	return ntohs(at.sin_port);
}

static void
write_config(const struct bed *b)
{
	char path[96];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/tlsrptd.conf", service.folder);
	if ((f = fopen(path, "w")) == NULL)
		bench_fail("%s: %s", path, strerror(errno));
	(void)fprintf(f,
	    "[daemon]\ndata_dir = %s/data\nroles = web\n[store]\nurl = %s\n"
	    "[web]\nlisten = 127.0.0.1:%u\n",
	    service.folder, b->url, service.port);
	if (fclose(f) != 0)
		bench_fail("%s: %s", path, strerror(errno));
}

static void
run_tlsrptd(void)
{
	char config[96], log[96];

	(void)snprintf(config, sizeof(config), "%s/tlsrptd.conf",
	    service.folder);
	(void)snprintf(log, sizeof(log), "%s/tlsrptd.log", service.folder);
	if (freopen(log, "a", stderr) != NULL)
		(void)execl(TLSRPTD, "tlsrptd", "-c", config, (char *)NULL);
	_exit(EXIT_FAILURE);
}

static void
remove_folder(void)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf %s", service.folder);
	if (system(command) != 0)
		(void)fprintf(stderr, "%s stays\n", service.folder);
}

static void
start(const struct bed *b)
{
	(void)snprintf(service.folder, sizeof(service.folder),
	    "/tmp/tlsrptd-bench-XXXXXX");
	if (mkdtemp(service.folder) == NULL)
		bench_fail("%s: %s", service.folder, strerror(errno));
	service.port = free_port();
	write_config(b);
	if ((service.pid = fork()) == 0)
		run_tlsrptd();
}

static void
stop(void)
{
	int status;

	(void)kill(service.pid, SIGTERM);
	if (waitpid(service.pid, &status, 0) != service.pid || status != 0)
		bench_fail("tlsrptd has failed: see %s", service.folder);
	remove_folder();
}

/* A user with a token, in the store. */
static void
make_token(const struct bed *b)
{
	const unsigned char bytes[SECRET_BYTES] = "not a secret of anybody";
	const struct account account = { .name = SPAN_LIT("bench"),
		.role = ACCOUNT_VIEWER,
		.password = SPAN_LIT("*") };
	struct uuid id = uuid_new(VIEWS_NOW_S);
	unsigned char key[SHA256_BYTES];
	char text[UUID_TEXT_SIZE];
	struct why why = { { 0 } };
	struct store *store;
	enum err e;

	uuid_text(&id, text);
	secret_text(bytes, service.token);
	views_must(secret_key(span_str(service.token), key), &why);
	views_must(store_open(b->url, &store, &why), &why);
	e = store_account_add(store, &account, &why);
	if (e == E_OK)
		e = store_token_add(store,
		    (struct span){ (const char *)key, sizeof(key) },
		    &(const struct token_row){ .id = span_str(text),
			.name = account.name,
			.expires_s = INT64_C(4102444800) },
		    &why);
	if (e != E_EXISTS)
		views_must(e, &why);
	store_close(store);
}

/* -- one client -- */

struct client {
	int fd;
	struct buf answer; /* with its head */
	size_t body_at;
};

/* -1: nobody listens. */
static int
reach(void)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(service.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static void
receive_more(struct client *c)
{
	static _Thread_local char bytes[262144];
	ssize_t n = recv(c->fd, bytes, sizeof(bytes), 0);

	if (n <= 0)
		bench_fail("the connection ended: see %s", service.folder);
	buf_add(&c->answer, (struct span){ bytes, (size_t)n });
}

/* Bytes of the body, once the head is there. */
static size_t
content_length(const struct client *c)
{
	const char *field = strstr(buf_str(&c->answer), "\r\nContent-Length: ");
	int64_t n = -1;

	if (field != NULL)
		n = strtoll(field + strlen("\r\nContent-Length: "), NULL, 10);
	if (n < 0)
		bench_fail("an answer without a length");
	return (size_t)n;
}

/* The status. */
static int
ask(struct client *c, const char *path)
{
	char request[512];
	int len = snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
	    "Accept-Encoding: gzip\r\n\r\n",
	    path, service.token);
	const char *end = NULL;

	buf_clear(&c->answer);
	if (send(c->fd, request, (size_t)len, MSG_NOSIGNAL) != len)
		bench_fail("a request is not taken");
	while (end == NULL) {
		receive_more(c);
		end = strstr(buf_str(&c->answer), "\r\n\r\n");
	}
	c->body_at = (size_t)(end - c->answer.p) + 4;
	while (c->answer.len < c->body_at + content_length(c))
		receive_more(c);
	return atoi(buf_str(&c->answer) + strlen("HTTP/1.1 "));
}

static void
must_ask(struct client *c, const char *path)
{
	int status = ask(c, path);

	if (status != 200)
		bench_fail("%s: status %d: see %s", path, status,
		    service.folder);
}

/* -- all of them -- */

static struct times {
	pthread_mutex_t lock;
	double ms[TIMES_MAX];
	size_t n;
} times[NCALLS];

static int64_t until_ns;

static void
take_time(size_t call, double ms)
{
	struct times *t = &times[call];

	(void)pthread_mutex_lock(&t->lock);
	if (t->n < TIMES_MAX)
		t->ms[t->n++] = ms;
	(void)pthread_mutex_unlock(&t->lock);
}

/* Whoever looks, looks at one domain for all of the calls. */
static void *
look(void *arg)
{
	const struct bed *b = arg;
	struct client c = { .fd = reach(), .answer = BUF_INIT(ANSWER_MAX) };
	static _Atomic unsigned visits;
	char path[256], domain[32];

	while (mono_ns() < until_ns) {
		(void)snprintf(domain, sizeof(domain), "d%u.example",
		    visits++ * 7919 % (unsigned)b->domains);
		for (size_t i = 0; i < NCALLS; i++) {
			int64_t began = mono_ns();

			(void)snprintf(path, sizeof(path), "/api/v1%s%s%s",
			    calls[i].begin, calls[i].end == NULL ? "" : domain,
			    calls[i].end == NULL ? "" : calls[i].end);
			must_ask(&c, path);
			take_time(i, (double)(mono_ns() - began) / 1e6);
		}
	}
	(void)close(c.fd);
	buf_free(&c.answer);
	return NULL;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
show(const struct bed *b)
{
	char name[64];

	(void)fprintf(stderr, "%-8s %-20s %9s %9s %9s\n", "", "call", "times",
	    "p50 ms", "p95 ms");
	for (size_t i = 0; i < NCALLS; i++) {
		struct times *t = &times[i];

		qsort(t->ms, t->n, sizeof(t->ms[0]), compare);
		(void)fprintf(stderr, "%-8s %-20s %9zu %9.2f %9.2f\n", b->name,
		    calls[i].name, t->n, t->ms[t->n / 2],
		    t->ms[t->n * 95 / 100]);
		(void)snprintf(name, sizeof(name), "web.%s.%s", b->name,
		    calls[i].name);
		figure_print(&(struct figure){ .name = name,
		    .value = t->ms[t->n * 95 / 100],
		    .unit = "ms p95",
		    .kind = GOAL_VALUE_AT_MOST,
		    .goal = 100 });
		t->n = 0;
	}
}

static void
look_all(const struct bed *b)
{
	pthread_t threads[CLIENTS];

	until_ns = mono_ns() + RUN_NS;
	for (size_t i = 0; i < CLIENTS; i++)
		if (pthread_create(&threads[i], NULL, look,
			(void *)(uintptr_t)b) != 0)
			bench_fail("no thread");
	for (size_t i = 0; i < CLIENTS; i++)
		(void)pthread_join(threads[i], NULL);
	show(b);
}

/* -- the first view, and what the page weighs -- */

/* A store of an older program is brought up to date first. */
static void
wait_for_it(struct client *c)
{
	int64_t until = mono_ns() + START_NS;

	while (c->fd < 0 || ask(c, "/api/v1/health") != 200) {
		if (mono_ns() > until ||
		    waitpid(service.pid, NULL, WNOHANG) != 0)
			bench_fail("tlsrptd does not start: see %s",
			    service.folder);
		(void)usleep(1000);
		(void)close(c->fd);
		c->fd = reach();
	}
}

/* Bytes of all that the page is. */
static size_t
ask_page(struct client *c)
{
	size_t bytes = 0;

	for (size_t i = 0; i < nweb_files; i++) {
		must_ask(c, web_files[i].path);
		bytes += c->answer.len - c->body_at;
	}
	return bytes;
}

/* From a start on all that a browser asks for, one after the other. */
static void
first_view(const struct bed *b)
{
	struct client c = { .fd = -1, .answer = BUF_INIT(ANSWER_MAX) };
	int64_t began;
	size_t bytes;
	char name[64];

	wait_for_it(&c);
	began = mono_ns();
	bytes = ask_page(&c);
	must_ask(&c, "/api/v1/session");
	must_ask(&c, "/api/v1/overview?" RANGE);
	(void)snprintf(name, sizeof(name), "web.%s.first_view", b->name);
	figure_print(&(struct figure){ .name = name,
	    .value = (double)(mono_ns() - began) / 1e6,
	    .unit = "ms",
	    .kind = GOAL_VALUE_AT_MOST,
	    .goal = 1000 });
	(void)snprintf(name, sizeof(name), "web.%s.overview_bytes", b->name);
	figure_print(&(struct figure){ .name = name,
	    .value = (double)(c.answer.len - c.body_at) / 1024,
	    .unit = "KiB" });
	if (nweb_files > 0 && !b->is_pgsql)
		figure_print(&(struct figure){ .name = "web.page",
		    .value = (double)bytes / 1024,
		    .unit = "KiB",
		    .kind = GOAL_VALUE_AT_MOST,
		    .goal = 60 });
	(void)close(c.fd);
	buf_free(&c.answer);
}

static void
run(const struct bed *b)
{
	start(b);
	make_token(b);
	first_view(b);
	look_all(b);
	stop();
}

int
main(void)
{
	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "bench");
	for (size_t i = 0; i < NCALLS; i++)
		(void)pthread_mutex_init(&times[i].lock, NULL);
	views_beds(run);
	return 0;
}
