#include "poster.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "measure.h"

#define HOST "h0.sink.localhost"
#define REQUEST_MAX ((size_t)1 << 20)
#define ANSWER_MAX 4096
#define THREADS_MAX 64

struct work {
	const struct poster *poster;
	SSL_CTX *tls;
	struct span request;
	size_t posts; /* of this thread */
};

static int
reach(uint16_t port)
{
	const struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)))
		bench_fail("poster: %s", strerror(errno));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static SSL *
begin(const struct work *w)
{
	SSL *tls = SSL_new(w->tls);

	if (tls == NULL || SSL_set_fd(tls, reach(w->poster->port)) != 1 ||
	    SSL_set_tlsext_host_name(tls, HOST) != 1 ||
	    SSL_set1_host(tls, HOST) != 1 || SSL_connect(tls) != 1)
		bench_fail("poster: no TLS");
	return tls;
}

static void
end(SSL *tls)
{
	int fd = SSL_get_fd(tls);

	(void)SSL_shutdown(tls);
	SSL_free(tls);
	(void)close(fd);
}

static void
post(const struct work *w, SSL *tls)
{
	char answer[ANSWER_MAX];
	int n = 0, more;

	if (SSL_write(tls, w->request.p, (int)w->request.len) <= 0)
		bench_fail("poster: no post");
	do {
		more = SSL_read(tls, answer + n, (int)sizeof(answer) - n);
		if (more <= 0)
			bench_fail("poster: no answer");
		n += more;
	} while (memmem(answer, (size_t)n, "\r\n\r\n", 4) == NULL);
}

static void *
run(void *arg)
{
	const struct work *w = arg;
	SSL *tls = NULL;

	for (size_t i = 0; i < w->posts; i++) {
		if (tls == NULL)
			tls = begin(w);
		post(w, tls);
		if (w->poster->anew || i == w->posts - 1) {
			end(tls);
			tls = NULL;
		}
	}
	return NULL;
}

static SSL_CTX *
make_context(const struct poster *p)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	if (tls == NULL ||
	    SSL_CTX_load_verify_locations(tls, p->ca_file, NULL) != 1)
		bench_fail("poster: %s cannot be used", p->ca_file);
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	return tls;
}

double
poster_run(const struct poster *p)
{
	struct buf request = BUF_INIT(REQUEST_MAX);
	struct work work = { .poster = p, .tls = make_context(p) };
	pthread_t threads[THREADS_MAX];
	int64_t start;

	buf_addf(&request,
	    "POST /report HTTP/1.1\r\nHost: " HOST ":%u\r\n"
	    "User-Agent: tlsrptd\r\nAccept: */*\r\n"
	    "Content-Type: application/tlsrpt+gzip\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    p->port, p->body.len);
	buf_add(&request, p->body);
	work.request = buf_span(&request);
	work.posts = p->posts / p->connections;
	start = mono_ns();
	for (size_t i = 0; i < p->connections; i++)
		if (pthread_create(&threads[i], NULL, run, &work) != 0)
			bench_fail("poster: no thread");
	for (size_t i = 0; i < p->connections; i++)
		(void)pthread_join(threads[i], NULL);
	SSL_CTX_free(work.tls);
	buf_free(&request);
	return (double)(mono_ns() - start) / 1e9;
}
