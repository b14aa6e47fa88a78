#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "measure.h"

#define REQUEST_MAX ((size_t)1 << 20)
#define ANSWER_MAX 2048
#define EVENTS 256
#define GZIP_TIME 4 /* offset of four bytes that mean little */
#define WAIT_MS 5000

struct client {
	int fd;
	SSL *tls;      /* NULL: plain */
	bool is_ready; /* the handshake is done */
	bool is_idle;  /* it is to ask nothing */
	size_t sent;   /* bytes of the request */
	int64_t since_ns;
	size_t len;
	char answer[ANSWER_MAX];
};

struct generator {
	const struct load *load;
	size_t first; /* address of the first client */
	size_t nclients;
	SSL_CTX *tls;
	int epoll;
	struct client *clients;
	struct buf request;
	size_t body_at; /* in the request */
	struct load_result *result;
};

/* -- a connection -- */

static struct sockaddr_in
loopback(uint32_t host, uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host) };
}

static int
reach(uint16_t port, size_t address)
{
	const struct sockaddr_in to = loopback(0, port);
	const struct sockaddr_in from = loopback(1 + (uint32_t)address, 0);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
	    sizeof(on));
	if (bind(fd, (const struct sockaddr *)&from, sizeof(from)) != 0 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		bench_fail("load: %s", strerror(errno));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static void
begin(struct generator *g, struct client *c)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLET,
		.data.ptr = c,
	};

	c->since_ns = mono_ns();
	c->fd = reach(g->load->port,
	    g->first + (size_t)(c - g->clients) / LOAD_PER_ADDRESS);
	(void)fcntl(c->fd, F_SETFL, O_NONBLOCK);
	if (g->tls != NULL) {
		c->tls = SSL_new(g->tls);
		if (c->tls == NULL || SSL_set_fd(c->tls, c->fd) != 1)
			bench_fail("load: no TLS");
		SSL_set_connect_state(c->tls);
	}
	c->is_ready = g->tls == NULL;
	c->sent = c->len = 0;
	(void)epoll_ctl(g->epoll, EPOLL_CTL_ADD, c->fd, &event);
}

static void
end(struct client *c)
{
	SSL_free(c->tls);
	c->tls = NULL;
	(void)close(c->fd);
}

/* -- bytes; 0: none for now -- */

static size_t
of_tls(const struct client *c, int n)
{
	int why = n > 0 ? 0 : SSL_get_error(c->tls, n);

	if (n <= 0 && why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
		bench_fail("load: TLS ended (%d)", why);
	return n > 0 ? (size_t)n : 0;
}

static size_t
of_plain(ssize_t n)
{
	if (n == 0 || (n < 0 && errno != EAGAIN))
		bench_fail("load: the connection ended");
	return n > 0 ? (size_t)n : 0;
}

static size_t
give(const struct client *c, const char *p, size_t n)
{
	return c->tls != NULL ? of_tls(c, SSL_write(c->tls, p, (int)n))
			      : of_plain(send(c->fd, p, n, MSG_NOSIGNAL));
}

static size_t
take(struct client *c)
{
	char *p = c->answer + c->len;
	size_t room = sizeof(c->answer) - 1 - c->len;

	return c->tls != NULL ? of_tls(c, SSL_read(c->tls, p, (int)room))
			      : of_plain(recv(c->fd, p, room, 0));
}

/* -- a post -- */

static void
make_request(struct generator *g)
{
	g->request = BUF_INIT(REQUEST_MAX);
	buf_addf(&g->request,
	    "POST /tlsrpt HTTP/1.1\r\nHost: receiver.example\r\n"
	    "User-Agent: reporter\r\nAccept: */*\r\n"
	    "Content-Type: application/tlsrpt+gzip\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    g->load->body.len);
	g->body_at = g->request.len;
	buf_add(&g->request, g->load->body);
	if (g->request.err != E_OK)
		bench_fail("load: no request");
}

/* The clock: bodies of one run differ from those of the next as well. */
static void
change_body(struct generator *g)
{
	static atomic_uint last;
	unsigned none = 0, number;

	(void)atomic_compare_exchange_strong(&last, &none, (unsigned)mono_ns());
	number = atomic_fetch_add(&last, 1);
	memcpy(g->request.p + g->body_at + GZIP_TIME, &number, sizeof(number));
}

/* False: the whole answer is not there. */
static bool
is_answered(struct client *c)
{
	const char *end, *length;

	c->answer[c->len] = '\0';
	end = strstr(c->answer, "\r\n\r\n");
	length = strcasestr(c->answer, "content-length:");
	if (end == NULL)
		return false;
	if (strncmp(c->answer, "HTTP/1.1 20", 11) != 0 || length == NULL)
		bench_fail("load: refused: %s", c->answer);
	return c->len >=
	    (size_t)(end + 4 - c->answer) + strtoul(length + 15, NULL, 10);
}

static void
count(struct generator *g, struct client *c)
{
	int64_t ns = mono_ns() - c->since_ns;

	g->result->posts++;
	if (ns > g->result->longest_ns)
		g->result->longest_ns = ns;
	c->sent = c->len = 0;
	if (!g->load->anew) {
		c->since_ns = mono_ns();
		return;
	}
	end(c);
	begin(g, c);
}

/* Requests are small: the socket takes them whole. */
static bool
send_request(struct generator *g, struct client *c)
{
	if (c->sent == 0)
		change_body(g);
	c->sent += give(c, g->request.p + c->sent, g->request.len - c->sent);
	return c->sent == g->request.len;
}

/* As far as it goes. */
static void
go_on(struct generator *g, struct client *c)
{
	size_t n;

	if (!c->is_ready)
		c->is_ready = of_tls(c, SSL_do_handshake(c->tls)) > 0;
	if (!c->is_ready || c->is_idle)
		return;
	if (c->sent < g->request.len && !send_request(g, c))
		return;
	while ((n = take(c)) > 0) {
		c->len += n;
		if (is_answered(c)) {
			count(g, c);
			if (!c->is_ready || !send_request(g, c))
				return;
		}
	}
}

/* -- all of them -- */

static SSL_CTX *
make_tls(void)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	if (tls == NULL)
		bench_fail("load: no TLS");
	return tls;
}

static void
open_all(struct generator *g, bool idle)
{
	g->tls = g->load->has_tls ? make_tls() : NULL;
	g->epoll = epoll_create1(EPOLL_CLOEXEC);
	g->clients = calloc(g->nclients, sizeof(*g->clients));
	if (g->clients == NULL || g->epoll < 0)
		bench_fail("load: no memory");
	for (size_t i = 0; i < g->nclients; i++) {
		g->clients[i].is_idle = idle;
		begin(g, &g->clients[i]);
	}
}

static void
close_all(struct generator *g)
{
	for (size_t i = 0; i < g->nclients; i++)
		end(&g->clients[i]);
	free(g->clients);
	(void)close(g->epoll);
	SSL_CTX_free(g->tls);
	buf_free(&g->request);
}

static void
go_on_with_all(struct generator *g)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(g->epoll, events, EVENTS, WAIT_MS);

	if (n == 0)
		bench_fail("load: no answer in %d ms", WAIT_MS);
	for (int i = 0; i < n; i++)
		go_on(g, events[i].data.ptr);
}

static bool
all_are_ready(const struct generator *g)
{
	for (size_t i = 0; i < g->nclients; i++)
		if (!g->clients[i].is_ready)
			return false;
	return true;
}

static void
open_still(struct generator *g)
{
	open_all(g, true);
	while (!all_are_ready(g))
		go_on_with_all(g);
}

/* Connections that are kept are made before the time begins. */
static void
open_asking(struct generator *g)
{
	make_request(g);
	if (g->load->anew) {
		open_all(g, false);
		return;
	}
	open_still(g);
	for (size_t i = 0; i < g->nclients; i++)
		g->clients[i].is_idle = false;
}

static int64_t
cpu_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

struct share {
	struct generator g;
	struct load_result result;
	pthread_t thread;
};

static void *
run_share(void *arg)
{
	struct share *s = arg;
	struct generator *g = &s->g;
	int64_t start, cpu;
	double ns;

	open_asking(g);
	start = mono_ns();
	cpu = cpu_ns();
	for (size_t i = 0; !g->load->anew && i < g->nclients; i++) {
		g->clients[i].since_ns = start;
		go_on(g, &g->clients[i]);
	}
	while (mono_ns() - start < g->load->ns)
		go_on_with_all(g);
	ns = (double)(mono_ns() - start);
	s->result.rate = (double)s->result.posts * 1e9 / ns;
	s->result.busy = (double)(cpu_ns() - cpu) / ns;
	close_all(g);
	return NULL;
}

static void
add(struct load_result *sum, const struct load_result *result)
{
	sum->posts += result->posts;
	sum->rate += result->rate;
	sum->busy += result->busy;
	if (result->longest_ns > sum->longest_ns)
		sum->longest_ns = result->longest_ns;
}

void
load_run(const struct load *load, struct load_result *ret)
{
	struct share shares[LOAD_THREADS_MAX] = { { .thread = 0 } };
	size_t n = load->threads == 0 ? 1 : load->threads;
	size_t each = load->clients / n;

	for (size_t i = 0; i < n; i++) {
		struct share *s = &shares[i];

		s->g = (struct generator){ .load = load,
			.first = i * (each / LOAD_PER_ADDRESS + 1),
			.nclients = each,
			.result = &s->result };
		if (i > 0 && pthread_create(&s->thread, NULL, run_share, s))
			bench_fail("load: no thread");
	}
	(void)run_share(&shares[0]);
	*ret = shares[0].result;
	for (size_t i = 1; i < n; i++) {
		(void)pthread_join(shares[i].thread, NULL);
		add(ret, &shares[i].result);
	}
}

/* -- those that keep still -- */

struct load_idle {
	struct load load;
	struct generator g;
};

struct load_idle *
load_idle_begin(const struct load *load)
{
	struct load_idle *idle = calloc(1, sizeof(*idle));

	if (idle == NULL)
		bench_fail("load: no memory");
	idle->load = *load;
	idle->g.load = &idle->load;
	idle->g.nclients = load->clients;
	open_still(&idle->g);
	return idle;
}

void
load_idle_end(struct load_idle *idle)
{
	close_all(&idle->g);
	free(idle);
}

/* -- large ones -- */

static void
send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent <= 0)
			bench_fail("load: %s", strerror(errno));
		p += sent;
		n -= (size_t)sent;
	}
}

static void
post_large(int fd, const struct load_large *l, char *body)
{
	char text[ANSWER_MAX];
	ssize_t n;

	(void)snprintf(text, sizeof(text),
	    "POST /tlsrpt HTTP/1.1\r\nHost: receiver.example\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    l->bytes);
	(void)snprintf(body, l->bytes, "%llu", (unsigned long long)mono_ns());
	send_all(fd, text, strlen(text));
	send_all(fd, body, l->bytes);
	n = recv(fd, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	if (strncmp(text, "HTTP/1.1 20", 11) != 0)
		bench_fail("load: refused: %s", text);
}

void *
load_large_run(void *arg)
{
	struct load_large *l = arg;
	char *body = calloc(1, l->bytes);
	int fd = reach(l->port, 0);

	if (body == NULL)
		bench_fail("load: no memory");
	for (; !__atomic_load_n(l->stop, __ATOMIC_RELAXED); l->posts++)
		post_large(fd, l, body);
	(void)close(fd);
	free(body);
	return NULL;
}
