#include "net/smtp_client.h"

#include <arpa/inet.h>
#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/ascii.h"
#include "model/address.h"
#include "net/smtp_workers.h"

#define TEXTS_MAX ((size_t)64 * 1024)
#define HOST_MAX 255
#define HELO_MAX 255 /* RFC 5321 s4.5.3.1.2 */

struct smtp_client {
	struct transfer_group group;
	struct smtp_server server;
	struct smtp_workers *workers;
};

/* -- its kind of transfer -- */

static enum err
start(struct transfer *base)
{
	struct smtp_transfer *t = (void *)base; /* its first member */

	return smtp_workers_take(t->workers, t);
}

static void
tell(struct transfer *base, CURLcode code)
{
	smtp_transfer_tell((void *)base, code);
}

static void
abandon(struct transfer *base)
{
	tell(base, CURLE_ABORTED_BY_CALLBACK);
}

static void
free_one(struct transfer *base)
{
	smtp_transfer_free((void *)base);
}

static const struct transfer_kind smtp_kind = {
	.start = start,
	.tell = tell,
	.abandon = abandon,
	.free = free_one,
};

/* -- its options -- */

static bool
is_loopback(const char *host)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
	if (inet_pton(AF_INET6, host, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6);
	/* RFC 6761 s6.3 */
	return span_eq_nocase(span_str(host), SPAN_LIT("localhost"));
}

static bool
is_helo(const char *s)
{
	struct span helo = span_str(s);

	for (size_t i = 0; i < helo.len; i++)
		if (!ascii_is_alnum(s[i]) && !ascii_is_one_of(s[i], "-.:[]_"))
			return false;
	return helo.len > 0 && helo.len <= HELO_MAX;
}

static bool
is_login(const char *s)
{
	for (size_t i = 0; s[i] != '\0'; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == '\x7f')
			return false;
	return s[0] != '\0';
}

static enum err
check_login(const struct smtp_client_options *o, struct why *why)
{
	if (o->user == NULL && o->password == NULL)
		return E_OK;
	if (o->user == NULL || o->password == NULL || !is_login(o->user) ||
	    !is_login(o->password))
		return why_set(why, E_USAGE,
		    "user and password belong together, without control "
		    "characters");
	if (o->tls == SMTP_TLS_NONE && !is_loopback(o->host))
		return why_set(why, E_USAGE,
		    "the password is not sent to %s without TLS", o->host);
	return E_OK;
}

static enum err
check_files(const struct smtp_client_options *o, struct why *why)
{
	const char *const files[] = { o->ca_file, o->cert_file, o->key_file };
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < sizeof(files) / sizeof(files[0]);
	     i++)
		if (files[i] != NULL)
			e = easy_check_file(files[i], why);
	return e;
}

static enum err
check_options(const struct smtp_client_options *o, struct why *why)
{
	enum err e;

	assert(o->connect_ms > 0 && o->total_ms > 0 && o->connections > 0);
	assert(o->port != 0);
	assert(o->cert_file != NULL || o->key_file == NULL);
	if (strlen(o->host) > HOST_MAX)
		return why_set(why, E_USAGE, "the host's name is too long");
	if (o->helo != NULL && !is_helo(o->helo))
		return why_set(why, E_USAGE, "%s is no name to say in EHLO",
		    o->helo);
	if ((e = check_login(o, why)) != E_OK)
		return e;
	return check_files(o, why);
}

/* -- opening -- */

/* Part by part: none reaches into another. */
static CURLUcode
fill_url(CURLU *url, const struct smtp_client_options *o)
{
	const bool is_v6 = strchr(o->host, ':') != NULL;
	char host[HOST_MAX + 3], port[8], path[HELO_MAX + 2];
	CURLUcode code;

	(void)snprintf(host, sizeof(host), is_v6 ? "[%s]" : "%s", o->host);
	(void)snprintf(port, sizeof(port), "%u", o->port);
	(void)snprintf(path, sizeof(path), "/%s", o->helo);
	code = curl_url_set(url, CURLUPART_SCHEME,
	    o->tls == SMTP_TLS_IMPLICIT ? "smtps" : "smtp", 0);
	if (code == CURLUE_OK)
		code = curl_url_set(url, CURLUPART_HOST, host, 0);
	if (code == CURLUE_OK)
		code = curl_url_set(url, CURLUPART_PORT, port, 0);
	if (code == CURLUE_OK)
		code = curl_url_set(url, CURLUPART_PATH, path, 0);
	return code;
}

static enum err
make_url(struct smtp_server *s, struct why *why)
{
	CURLU *url = curl_url();
	CURLUcode code;

	if (url == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	if ((code = fill_url(url, &s->options)) == CURLUE_OK)
		code = curl_url_get(url, CURLUPART_URL, &s->url, 0);
	curl_url_cleanup(url);
	if (code == CURLUE_OK)
		return E_OK;
	if (code == CURLUE_OUT_OF_MEMORY)
		return why_set(why, E_NOMEM, "out of memory");
	return why_set(why, E_USAGE, "%s is no host: %s", s->options.host,
	    curl_url_strerror(code));
}

static long
use_ssl_of(const struct smtp_client_options *o)
{
	switch (o->tls) {
	case SMTP_TLS_REQUIRED:
		return CURLUSESSL_ALL;
	case SMTP_TLS_OPPORTUNISTIC:
		return o->password != NULL && !is_loopback(o->host)
		    ? CURLUSESSL_ALL
		    : CURLUSESSL_TRY;
	case SMTP_TLS_IMPLICIT:
	case SMTP_TLS_NONE:
		break;
	}
	return CURLUSESSL_NONE;
}

/* RFC 5321 s4.1.4: or what stands for that of a host that has none. */
static const char *
host_name(char host[HOST_NAME_MAX + 1])
{
	if (gethostname(host, HOST_NAME_MAX + 1) != 0)
		return "[127.0.0.1]";
	host[HOST_NAME_MAX] = '\0';
	return is_helo(host) ? host : "[127.0.0.1]";
}

static enum err
fill_server(struct smtp_server *s, const struct smtp_client_options *from,
    struct why *why)
{
	struct smtp_client_options *o = &s->options;
	char host[HOST_NAME_MAX + 1];
	const char **texts[] = { &o->host, &o->helo, &o->user, &o->password,
		&o->ca_file, &o->cert_file, &o->key_file };

	*o = *from;
	if (o->helo == NULL)
		o->helo = host_name(host);
	s->use_ssl = use_ssl_of(from);
	s->texts = ARENA_INIT(TEXTS_MAX);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (*texts[i] == NULL)
			continue;
		*texts[i] = arena_copy(&s->texts, span_str(*texts[i])).p;
		if (*texts[i] == NULL)
			return why_set(why, E_NOMEM, "out of memory");
	}
	return make_url(s, why);
}

enum err
smtp_client_open(struct transfers *transfers,
    const struct smtp_client_options *options, struct smtp_client **ret,
    struct why *why)
{
	struct smtp_client *c;
	enum err e;

	if ((e = check_options(options, why)) != E_OK)
		return e;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	transfers_join(transfers, &c->group, &smtp_kind, options->connections,
	    options->connections);
	e = fill_server(&c->server, options, why);
	if (e == E_OK &&
	    smtp_workers_open(options->connections, &c->workers) != E_OK)
		e = why_set(why, E_NOMEM, "out of memory");
	if (e == E_OK)
		*ret = c;
	else
		smtp_client_close(c);
	return e;
}

void
smtp_client_close(struct smtp_client *c)
{
	if (c == NULL)
		return;
	transfers_stop(&c->group);
	smtp_workers_close(c->workers);
	transfers_leave(&c->group);
	curl_free(c->server.url);
	arena_free(&c->server.texts);
	free(c);
}

/* -- mails -- */

enum err
smtp_client_send(struct smtp_client *c, const struct smtp_mail *mail,
    smtp_done_fn *done, void *arg, struct why *why)
{
	struct smtp_transfer *t;
	enum err e;

	if (mail->sender.len > 0 && !address_is_valid(mail->sender))
		return why_set(why, E_SYNTAX, "the sender is no address");
	if (!address_is_valid(mail->recipient))
		return why_set(why, E_SYNTAX, "the recipient is no address");
	if ((t = smtp_transfer_new(&c->server, mail)) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	t->workers = c->workers;
	t->done = done;
	t->arg = arg;
	e = transfers_add(&c->group, &t->base, c->server.options.host, why);
	if (e != E_OK)
		smtp_transfer_free(t);
	return e;
}
