#include "net/http_transfer.h"

#include <netdb.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "net/http_workers.h"

#define HTTPS_PORT "443"
#define HEADER_LINE_MAX 1024
#define HEAD_MAX ((size_t)32 * 1024)   /* bytes of all header fields */
#define CONTENT_MAX ((size_t)4 * 1024) /* bytes of content that are read */

/* -- the address -- */

/* False and the refusal set: we do not connect there. */
static bool
address_is_allowed(struct http_transfer *t, const struct sockaddr *sa,
    socklen_t len)
{
	char text[NI_MAXHOST] = "the address";
	const char *what;

	if (address_filter_allows(t->options->filter, sa, len, &what))
		return true;
	(void)getnameinfo(sa, len, text, sizeof(text), NULL, 0, NI_NUMERICHOST);
	(void)why_set(&t->refusal, E_DENIED, "%s is refused: %s", text, what);
	return false;
}

static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct http_transfer *t = arg;

	(void)purpose;
	if (!address_is_allowed(t, &a->addr, (socklen_t)a->addrlen))
		return CURL_SOCKET_BAD;
	t->is_allowed = true;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* A host that is an address is judged before a proxy can be asked for it. */
static void
judge_literal(struct http_transfer *t)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST }, *found;
	char host[NI_MAXHOST];
	size_t len = strlen(t->host);
	bool bracketed = t->host[0] == '[';

	if (bracketed)
		len -= 2;
	if (len >= sizeof(host))
		return;
	memcpy(host, t->host + bracketed, len);
	host[len] = '\0';
	if (getaddrinfo(host, NULL, &hints, &found) != 0)
		return;
	(void)address_is_allowed(t, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
}

/* -- the URL -- */

static enum err
check_scheme(struct http_transfer *t)
{
	char *scheme;

	if (curl_url_get(t->url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
		return E_NOMEM;
	if (strcmp(scheme, "https") != 0 &&
	    (!t->options->allow_http || strcmp(scheme, "http") != 0))
		(void)why_set(&t->refusal, E_DENIED,
		    "scheme %s is refused: only https is allowed", scheme);
	curl_free(scheme);
	return E_OK;
}

static enum err
check_port(struct http_transfer *t)
{
	char *port;

	if (curl_url_get(t->url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) !=
	    CURLUE_OK)
		return E_NOMEM;
	if (!t->options->any_port && strcmp(port, HTTPS_PORT) != 0)
		(void)why_set(&t->refusal, E_DENIED,
		    "port %s is refused: only " HTTPS_PORT " is allowed", port);
	curl_free(port);
	return E_OK;
}

/* What curl will connect to is what is judged here: it is given this URL, not
 * the text to parse again. */
static enum err
read_url(struct http_transfer *t, const char *text)
{
	CURLUcode code;
	enum err e;

	if ((t->url = curl_url()) == NULL)
		return E_NOMEM;
	code = curl_url_set(t->url, CURLUPART_URL, text,
	    CURLU_DISALLOW_USER | CURLU_NON_SUPPORT_SCHEME);
	if (code == CURLUE_OUT_OF_MEMORY)
		return E_NOMEM;
	if (code == CURLUE_USER_NOT_ALLOWED)
		(void)why_set(&t->refusal, E_DENIED,
		    "a user in the URL is refused");
	else if (code != CURLUE_OK)
		(void)why_set(&t->refusal, E_SYNTAX, "the URL is malformed: %s",
		    curl_url_strerror(code));
	if (http_transfer_is_refused(t))
		return E_OK;
	if ((e = check_scheme(t)) != E_OK || http_transfer_is_refused(t))
		return e;
	if ((e = check_port(t)) != E_OK || http_transfer_is_refused(t))
		return e;
	if (curl_url_get(t->url, CURLUPART_HOST, &t->host, 0) != CURLUE_OK)
		return E_NOMEM;
	judge_literal(t);
	return E_OK;
}

/* -- what is answered -- */

static size_t
read_head(char *p, size_t size, size_t n, void *arg)
{
	struct http_transfer *t = arg;

	(void)p;
	t->head += size * n;
	return t->head > HEAD_MAX ? 0 : size * n;
}

static size_t
read_content(char *p, size_t size, size_t n, void *arg)
{
	struct http_transfer *t = arg;
	size_t len = size * n, room;

	if (t->read < sizeof(t->answer)) {
		room = sizeof(t->answer) - t->read;
		memcpy(t->answer + t->read, p, len < room ? len : room);
	}
	t->read += len;
	return t->read > CONTENT_MAX ? 0 : len;
}

/* -- starting -- */

static enum err
add_header(struct http_transfer *t, const char *line)
{
	struct curl_slist *longer = curl_slist_append(t->headers, line);

	if (longer == NULL)
		return E_NOMEM;
	t->headers = longer;
	return E_OK;
}

static enum err
make_headers(struct http_transfer *t, const struct http_post *post)
{
	const char *const *more = post->headers;
	struct buf line = BUF_INIT(HEADER_LINE_MAX);
	enum err e;

	buf_addf(&line, "Content-Type: %s", post->content_type);
	if ((e = line.err) == E_OK)
		e = add_header(t, buf_str(&line));
	buf_free(&line);
	for (; e == E_OK && more != NULL && *more != NULL; more++)
		e = add_header(t, *more);
	/* Many servers know no "100 Continue": do not wait for it. */
	return e == E_OK ? add_header(t, "Expect:") : e;
}

static bool
set_reach(struct http_transfer *t, CURL *easy)
{
	const struct http_client_options *o = t->options;
	unsigned bad = 0;

	bad |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
	    o->allow_http ? "http,https" : "https");
	bad |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	if (!o->use_proxy)
		bad |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
	bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
	return bad == 0;
}

static bool
set_request(struct http_transfer *t, CURL *easy)
{
	const char *body = t->body.p == NULL ? "" : t->body.p;
	unsigned bad = 0;

	bad |= curl_easy_setopt(easy, CURLOPT_CURLU, t->url);
	bad |= curl_easy_setopt(easy, CURLOPT_POST, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
	bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)t->body.len);
	bad |= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
	bad |= curl_easy_setopt(easy, CURLOPT_USERAGENT,
	    t->options->user_agent);
	bad |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, read_head);
	bad |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, read_content);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	bad |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
	bad |= curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
	return bad == 0;
}

bool
http_transfer_prepare(struct http_transfer *t, CURL *easy)
{
	const struct http_client_options *o = t->options;

	return set_reach(t, easy) &&
	    easy_set_times(easy, o->connect_ms, o->total_ms) &&
	    easy_set_trust(easy, o->ca_file, t->verify) && set_request(t, easy);
}

static enum err
start(struct transfer *base)
{
	struct http_transfer *t = (void *)base; /* its first member */

	http_workers_take(t->workers, t);
	return E_OK;
}

static int64_t
now_ns(void)
{
	const struct clock clock = clock_machine(0);

	return clock_mono_ns(&clock);
}

enum err
http_transfer_new(const struct http_client_options *options,
    const struct http_post *post, struct http_transfer **ret)
{
	struct http_transfer *t = calloc(1, sizeof(*t));
	enum err e;

	if (t == NULL)
		return E_NOMEM;
	t->options = options;
	t->body = post->body;
	t->verify = post->verify;
	if (post->begin_within_ns > 0)
		t->base.begin_by_ns = now_ns() + post->begin_within_ns;
	if ((e = read_url(t, post->url)) == E_OK)
		e = make_headers(t, post);
	if (e == E_OK)
		*ret = t;
	else
		http_transfer_free(t);
	return e;
}

void
http_transfer_free(struct http_transfer *t)
{
	if (t == NULL)
		return;
	curl_slist_free_all(t->headers);
	curl_free(t->host);
	curl_url_cleanup(t->url);
	free(t);
}

static void
free_one(struct transfer *base)
{
	http_transfer_free((void *)base);
}

const struct transfer_kind http_transfer_kind = {
	.start = start,
	.tell = http_transfer_tell,
	.abandon = http_transfer_abandon,
	.free = free_one,
};
