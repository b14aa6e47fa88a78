#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"
#include "sink.h"

#define HEAD_END "\r\n\r\n"
#define LENGTH_FIELD "content-length:"

static bool
begin(struct sink_peer *p, void *arg)
{
	SSL *tls = SSL_new(arg);

	if (tls == NULL || SSL_set_fd(tls, p->fd) != 1)
		bench_fail("sink: no TLS");
	SSL_set_accept_state(tls);
	p->own = tls;
	return true;
}

/* Bytes of the request that stands first; 0: it is not whole. */
static size_t
request_len(const struct sink_peer *p)
{
	const char *end = memmem(p->in, p->len, HEAD_END, sizeof(HEAD_END) - 1);
	const char *field;
	size_t len;

	if (end == NULL)
		return 0;
	/* Bound by the empty line, which is there. */
	field = strcasestr(p->in, LENGTH_FIELD);
	len = (size_t)(end - p->in) + sizeof(HEAD_END) - 1;
	if (field != NULL && field < end)
		len += strtoul(field + sizeof(LENGTH_FIELD) - 1, NULL, 10);
	return len <= p->len ? len : 0;
}

static bool
answer(struct sink_peer *p, _Atomic uint64_t *taken)
{
	static const char created[] =
	    "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
	size_t len;

	while ((len = request_len(p)) > 0) {
		p->len -= len;
		memmove(p->in, p->in + len, p->len);
		(*taken)++;
		if (SSL_write(p->own, created, sizeof(created) - 1) <= 0)
			return false;
	}
	return true;
}

static bool
serve(struct sink_peer *p, _Atomic uint64_t *taken)
{
	int n;

	do {
		size_t room = sizeof(p->in) - 1 - p->len;

		n = SSL_read(p->own, p->in + p->len, (int)room);
		if (n <= 0)
			break;
		p->len += (size_t)n;
		p->in[p->len] = '\0';
		if (!answer(p, taken))
			return false;
	} while (p->len < sizeof(p->in) - 1);
	return SSL_get_error(p->own, n) == SSL_ERROR_WANT_READ;
}

static void
end(struct sink_peer *p)
{
	SSL_free(p->own);
}

void
sink_https_start(struct sink *s, const char *cert_file, const char *key_file)
{
	static const struct sink_kind kind = { begin, serve, end };
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

	if (tls == NULL ||
	    SSL_CTX_use_certificate_chain_file(tls, cert_file) != 1 ||
	    SSL_CTX_use_PrivateKey_file(tls, key_file, SSL_FILETYPE_PEM) != 1)
		bench_fail("sink: %s cannot be used", cert_file);
	sink_start(s, &kind, tls);
	SSL_CTX_free(tls);
}
