#include "net/smtp_probe.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/smtp_reply.h"

#define QUIT_MS 1000 /* nobody waits longer for the answer to QUIT */

struct talk {
	const struct smtp_probe_options *options;
	struct smtp_probe *probe;
	struct clock clock;
	int64_t deadline_ns;
	int fd;
	SSL *ssl; /* once there was a handshake */
	size_t len, at;
	size_t heard;
	char bytes[1024];
	bool has_starttls;
};

/* -- waiting -- */

static bool
wait_for(const struct talk *t, short events)
{
	struct pollfd p = { .fd = t->fd, .events = events };
	int64_t left_ms;
	int n;

	do {
		left_ms = (t->deadline_ns - clock_mono_ns(&t->clock)) /
		    NS_PER_MS;
		n = left_ms <= 0 ? 0 : poll(&p, 1, (int)left_ms);
	} while (n == -1 && errno == EINTR);
	return n > 0;
}

static bool
away(struct talk *t, const char *what)
{
	(void)why_set(&t->probe->why, E_AWAY, "%s", what);
	return false;
}

/* -- connecting -- */

static struct addrinfo *
address_of(const char *text, uint16_t port)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	char service[8];

	(void)snprintf(service, sizeof(service), "%u", port);
	return getaddrinfo(text, service, &hints, &found) == 0 ? found : NULL;
}

static bool
finish_connect(struct talk *t)
{
	int code = 0;
	socklen_t len = sizeof(code);

	if (!wait_for(t, POLLOUT))
		return away(t, "no connection in time");
	if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &code, &len) == -1)
		code = errno;
	errno = code;
	if (code != 0)
		(void)why_errno(&t->probe->why, "no connection to %s",
		    t->probe->address);
	return code == 0;
}

static bool
connect_to(struct talk *t, const char *address)
{
	struct addrinfo *a = address_of(address, t->options->port);
	bool done = false;

	(void)snprintf(t->probe->address, sizeof(t->probe->address), "%s",
	    address);
	if (a == NULL)
		return away(t, "no address");
	t->fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	if (t->fd != -1)
		done = connect(t->fd, a->ai_addr, a->ai_addrlen) == 0 ||
		    (errno == EINPROGRESS && finish_connect(t));
	if (!done)
		(void)why_errno(&t->probe->why, "no connection to %s", address);
	if (!done && t->fd != -1) {
		(void)close(t->fd);
		t->fd = -1;
	}
	freeaddrinfo(a);
	return done;
}

/* Of a host with several the first that can be reached counts. */
static bool
connect_any(struct talk *t)
{
	int64_t end_ns = t->deadline_ns;
	bool done = false;

	for (size_t i = 0; !done && i < t->options->naddresses; i++) {
		int64_t now = clock_mono_ns(&t->clock);

		t->deadline_ns = now +
		    (end_ns - now) / (int64_t)(t->options->naddresses - i);
		t->probe->why = (struct why){ { 0 } };
		done = connect_to(t, t->options->addresses[i]);
	}
	t->deadline_ns = end_ns;
	return done || away(t, "the host has no address");
}

/* -- talking -- */

static bool
fill(struct talk *t)
{
	ssize_t n;

	do {
		if (!wait_for(t, POLLIN))
			return away(t, "no answer in time");
		n = recv(t->fd, t->bytes, sizeof(t->bytes), 0);
	} while (n == -1 && (errno == EINTR || errno == EAGAIN));
	if (n <= 0)
		return away(t, "the connection was closed");
	t->at = 0;
	t->len = (size_t)n;
	t->heard += t->len;
	if (t->heard > PROBE_REPLY_BYTES_MAX)
		return away(t, "it says more than a mail server does");
	return true;
}

/* With its end; what is past max is dropped. */
static bool
read_line(struct talk *t, char *line, size_t max, struct span *ret)
{
	size_t n = 0;
	char c = '\0';

	while (c != '\n') {
		if (t->at == t->len && !fill(t))
			return false;
		c = t->bytes[t->at++];
		if (n < max)
			line[n++] = c;
	}
	*ret = (struct span){ line, n };
	return true;
}

static void
note_extension(struct talk *t, struct span line)
{
	if (line.len < 4)
		return;
	line = span_skip(line, 4);
	while (line.len > 0 && (unsigned char)line.p[line.len - 1] <= ' ')
		line.len--;
	if (span_eq_nocase(line, SPAN_LIT("STARTTLS")))
		t->has_starttls = true;
}

static bool
read_reply(struct talk *t, struct smtp_reply *ret)
{
	struct smtp_reply reply = SMTP_REPLY_NONE;
	char bytes[SMTP_ANSWER_MAX];
	struct span line;

	do {
		if (!read_line(t, bytes, sizeof(bytes), &line))
			return false;
		smtp_reply_add(&reply, line);
		note_extension(t, line);
	} while (reply.goes_on);
	if (reply.code < 200)
		return away(t, "what it says is no SMTP");
	*ret = reply;
	return true;
}

static bool
say(struct talk *t, const char *command, const char *word)
{
	char line[512];
	int len = snprintf(line, sizeof(line), "%s%s\r\n", command, word);

	return len > 0 && (size_t)len < sizeof(line) && wait_for(t, POLLOUT) &&
	    send(t->fd, line, (size_t)len, MSG_NOSIGNAL) == len;
}

static bool
ask(struct talk *t, const char *command, const char *word,
    struct smtp_reply *ret)
{
	return say(t, command, word) ? read_reply(t, ret)
				     : away(t, "the connection was closed");
}

static bool
refused(struct talk *t, const struct smtp_reply *reply, const char *what)
{
	(void)why_set(&t->probe->why, E_DENIED, "%s: %.*s", what,
	    (int)reply->len, reply->text);
	return false;
}

static void
quit(struct talk *t)
{
	int64_t end_ns = clock_mono_ns(&t->clock) + QUIT_MS * NS_PER_MS;
	struct why before = t->probe->why;
	struct smtp_reply reply;

	if (end_ns < t->deadline_ns)
		t->deadline_ns = end_ns;
	(void)ask(t, "QUIT", "", &reply);
	t->probe->why = before;
}

/* True: TLS is next. A 4xx to STARTTLS may be of this time alone, but it is
 * what a sender reports as starttls-not-supported (s4.3.1). */
static bool
ask_for_tls(struct talk *t)
{
	struct smtp_reply reply;

	if (!read_reply(t, &reply))
		return false;
	if (reply.code != 220)
		return refused(t, &reply, "it takes no mail");
	t->has_starttls = false;
	if (!ask(t, "EHLO ", t->options->helo, &reply))
		return false;
	if (reply.code >= 400 && reply.code < 500)
		return refused(t, &reply, "it refused EHLO");
	if (reply.code != 250 || !t->has_starttls) {
		t->probe->outcome = PROBE_NO_STARTTLS;
		(void)away(t, "STARTTLS is not offered");
		quit(t);
		return false;
	}
	if (!ask(t, "STARTTLS", "", &reply))
		return false;
	if (reply.code != 220) {
		t->probe->outcome = PROBE_NO_STARTTLS;
		(void)refused(t, &reply, "STARTTLS was refused");
		quit(t);
		return false;
	}
	t->probe->outcome = PROBE_NO_HANDSHAKE;
	if (t->at < t->len)
		return away(t, "it said more before TLS began");
	return true;
}

/* -- TLS -- */

static bool
tls_wait(struct talk *t, int n)
{
	switch (SSL_get_error(t->ssl, n)) {
	case SSL_ERROR_WANT_READ:
		return wait_for(t, POLLIN);
	case SSL_ERROR_WANT_WRITE:
		return wait_for(t, POLLOUT);
	default:
		return false;
	}
}

static void
say_openssl(struct why *why, const char *what)
{
	unsigned long code = ERR_get_error();
	const char *reason = code == 0 ? NULL : ERR_reason_error_string(code);

	(void)why_set(why, E_DENIED, "%s: %s", what,
	    reason == NULL ? "closed, or no answer in time" : reason);
}

static bool
handshake(struct talk *t)
{
	int n;

	ERR_clear_error();
	while ((n = SSL_connect(t->ssl)) != 1) {
		if (!tls_wait(t, n)) {
			say_openssl(&t->probe->why, "TLS");
			return false;
		}
	}
	return true;
}

/* RFC 7672 s3.2.2: with DANE-TA(2) a name has to match, of the host or of the
 * domain; RFC 7672 s3.1.1: with DANE-EE(3) none. */
static bool
set_dane(SSL *ssl, const struct smtp_probe_options *o)
{
	if (o->tlsa.n == 0)
		return true;
	if (SSL_dane_enable(ssl, o->tlsa_base) <= 0 ||
	    SSL_add1_host(ssl, o->domain) != 1)
		return false;
	(void)SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
	for (size_t i = 0; i < o->tlsa.n; i++) {
		const unsigned char *p = (const unsigned char *)o->tlsa.v[i].p;

		/* 0: OpenSSL makes nothing of this one. */
		if (SSL_dane_tlsa_add(ssl, p[0], p[1], p[2], p + 3,
			o->tlsa.v[i].len - 3) < 0)
			return false;
	}
	return true;
}

static SSL *
new_ssl(SSL_CTX *ctx, const struct talk *t)
{
	const struct smtp_probe_options *o = t->options;
	const char *name = o->tlsa.n > 0 ? o->tlsa_base : o->host;
	SSL *ssl = SSL_new(ctx);

	/* RFC 7672 s8.1: SNI is sent in any case. */
	if (ssl == NULL || SSL_set_fd(ssl, t->fd) != 1 ||
	    SSL_set_tlsext_host_name(ssl, name) != 1 || !set_dane(ssl, o)) {
		SSL_free(ssl);
		return NULL;
	}
	/* Whatever the certificate: it is judged afterwards. */
	SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
	return ssl;
}

/* -- the certificate -- */

static enum smtp_probe_trust
trust_of(int code)
{
	switch (code) {
	case X509_V_OK:
		return PROBE_TRUSTED;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return PROBE_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return PROBE_NOT_YET_VALID;
	case X509_V_ERR_HOSTNAME_MISMATCH:
		return PROBE_OTHER_NAME;
	default:
		return PROBE_NOT_TRUSTED;
	}
}

/* RFC 8461 s4.2: a chain to a CA that is trusted, and a DNS-ID that is the
 * host; the subject's common name is none. */
static enum err
judge_by_ca(struct talk *t, X509 *cert)
{
	X509_STORE *cas = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(t->ssl));
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	int code;

	if (ctx == NULL ||
	    X509_STORE_CTX_init(ctx, cas, cert,
		SSL_get_peer_cert_chain(t->ssl)) != 1) {
		X509_STORE_CTX_free(ctx);
		return E_NOMEM;
	}
	(void)X509_STORE_CTX_set_default(ctx, "ssl_server");
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_hostflags(param,
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	(void)X509_VERIFY_PARAM_set1_host(param, t->options->host, 0);
	code = X509_verify_cert(ctx) == 1 ? X509_V_OK
					  : X509_STORE_CTX_get_error(ctx);
	t->probe->trust = trust_of(code);
	if (code != X509_V_OK)
		(void)why_set(&t->probe->trust_why, E_DENIED, "%s",
		    X509_verify_cert_error_string(code));
	X509_STORE_CTX_free(ctx);
	return E_OK;
}

static void
judge_by_dane(struct talk *t)
{
	long code = SSL_get_verify_result(t->ssl);

	if (t->options->tlsa.n == 0)
		return;
	t->probe->dane_matches = code == X509_V_OK &&
	    SSL_get0_dane_authority(t->ssl, NULL, NULL) >= 0;
	if (!t->probe->dane_matches)
		(void)why_set(&t->probe->dane_why, E_DENIED, "%s",
		    code == X509_V_OK ? "no record matches"
				      : X509_verify_cert_error_string(code));
}

static int64_t
expiry_s(const struct talk *t, const X509 *cert)
{
	int days = 0, seconds = 0;

	if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(cert)) !=
	    1)
		return 0;
	return clock_wall_s(&t->clock) + days * S_PER_DAY + seconds;
}

static enum err
look_at_tls(struct talk *t)
{
	X509 *cert = SSL_get1_peer_certificate(t->ssl);
	struct smtp_probe *p = t->probe;
	enum err e;

	if (cert == NULL) {
		(void)away(t, "no certificate");
		return E_OK;
	}
	p->outcome = PROBE_TLS;
	(void)snprintf(p->protocol, sizeof(p->protocol), "%s",
	    SSL_get_version(t->ssl));
	(void)snprintf(p->cipher, sizeof(p->cipher), "%s",
	    SSL_get_cipher_name(t->ssl));
	(void)X509_NAME_oneline(X509_get_subject_name(cert), p->subject,
	    sizeof(p->subject));
	p->expires_s = expiry_s(t, cert);
	judge_by_dane(t);
	e = judge_by_ca(t, cert);
	X509_free(cert);
	return e;
}

/* Nobody waits for the answer. */
static void
quit_tls(struct talk *t)
{
	static const char command[] = "QUIT\r\n";

	if (SSL_write(t->ssl, command, sizeof(command) - 1) > 0)
		(void)SSL_shutdown(t->ssl);
}

static enum err
probe_tls(struct talk *t, SSL_CTX *ctx)
{
	enum err e = E_OK;

	if ((t->ssl = new_ssl(ctx, t)) == NULL)
		return E_NOMEM;
	if (handshake(t)) {
		e = look_at_tls(t);
		quit_tls(t);
	}
	SSL_free(t->ssl);
	return e;
}

/* -- all of it -- */

static enum err
open_context(const char *ca_file, SSL_CTX **ret, struct why *why)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (ctx == NULL || SSL_CTX_dane_enable(ctx) <= 0) {
		SSL_CTX_free(ctx);
		return why_set(why, E_NOMEM, "out of memory");
	}
	(void)SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
	if (ca_file == NULL)
		(void)SSL_CTX_set_default_verify_paths(ctx);
	else if (SSL_CTX_load_verify_file(ctx, ca_file) != 1) {
		SSL_CTX_free(ctx);
		return why_set(why, E_USAGE, "%s: no certificates", ca_file);
	}
	*ret = ctx;
	return E_OK;
}

enum err
smtp_probe_run(const struct smtp_probe_options *o, struct smtp_probe *ret,
    struct why *why)
{
	struct talk t = { .options = o, .probe = ret, .fd = -1 };
	SSL_CTX *ctx = NULL;
	enum err e = open_context(o->ca_file, &ctx, why);

	assert(o->timeout_ms > 0);
	if (e != E_OK)
		return e;
	*ret = (struct smtp_probe){ .outcome = PROBE_AWAY };
	t.clock = clock_machine(0);
	t.deadline_ns = clock_mono_ns(&t.clock) + o->timeout_ms * NS_PER_MS;
	if (connect_any(&t) && ask_for_tls(&t))
		e = probe_tls(&t, ctx);
	if (t.fd != -1)
		(void)close(t.fd);
	SSL_CTX_free(ctx);
	return e == E_OK ? e : why_set(why, e, "out of memory");
}
