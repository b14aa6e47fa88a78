#include "net/policy_fetch.h"

#include <stdio.h>

#include "net/easy.h"

#define HOST_MAX 300
#define ADDRESSES_MAX 4096

struct fetch {
	const struct policy_fetch_options *options;
	struct buf *body;
	struct curl_slist *resolve;
	char error[CURL_ERROR_SIZE];
};

static size_t
take_body(char *p, size_t size, size_t n, void *arg)
{
	struct buf *body = arg;

	buf_add(body, (struct span){ p, size * n });
	return body->err == E_OK ? size * n : 0;
}

/* The names are ours to look up, as those of the MX hosts. */
static bool
set_place(struct fetch *f, CURL *easy)
{
	const struct policy_fetch_options *o = f->options;
	char text[HOST_MAX + ADDRESSES_MAX];
	int len;

	len = snprintf(text, sizeof(text), "mta-sts.%s:%u:%s", o->domain,
	    o->port, o->addresses);
	if (len < 0 || (size_t)len >= sizeof(text) ||
	    (f->resolve = curl_slist_append(NULL, text)) == NULL)
		return false;
	len = snprintf(text, sizeof(text),
	    "https://mta-sts.%s:%u/.well-known/mta-sts.txt", o->domain,
	    o->port);
	return len > 0 && (size_t)len < sizeof(text) &&
	    curl_easy_setopt(easy, CURLOPT_RESOLVE, f->resolve) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_URL, text) == CURLE_OK;
}

/* RFC 8461 s3.3: certificate and name are verified, HTTP 3xx is not followed.
 */
static bool
prepare(struct fetch *f, CURL *easy)
{
	unsigned bad = 0;

	bad |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, f->error);
	bad |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
	bad |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, f->body);
	return bad == 0 &&
	    easy_set_times(easy, f->options->timeout_ms,
		f->options->timeout_ms) &&
	    easy_set_trust(easy, f->options->ca_file, true) &&
	    set_place(f, easy);
}

static enum policy_fetch_outcome
outcome_of(CURLcode code, long status)
{
	switch (code) {
	case CURLE_OK:
		return status == 200 ? POLICY_FETCHED : POLICY_REFUSED;
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_OPERATION_TIMEDOUT:
		return POLICY_AWAY;
	case CURLE_PEER_FAILED_VERIFICATION:
		return POLICY_UNTRUSTED;
	default:
		return POLICY_REFUSED;
	}
}

static void
say_why(const struct fetch *f, CURLcode code, struct policy_fetch *ret)
{
	if (f->body->err == E_RANGE)
		(void)why_set(&ret->why, E_RANGE, "more than %d bytes",
		    POLICY_FETCH_MAX);
	else if (code == CURLE_OK)
		(void)why_set(&ret->why, E_DENIED, "HTTP status %ld",
		    ret->status);
	else
		(void)why_set(&ret->why, E_AWAY, "%s",
		    f->error[0] == '\0' ? curl_easy_strerror(code) : f->error);
}

static void
read_end(const struct fetch *f, CURL *easy, CURLcode code,
    struct policy_fetch *ret)
{
	char *type = NULL;
	struct span rest, media;

	*ret = (struct policy_fetch){ .status = 0 };
	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &ret->status);
	(void)curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
	rest = span_str(type);
	media = span_trim(span_until(&rest, ';'));
	ret->is_plain_text = span_eq_nocase(media, SPAN_LIT("text/plain"));
	ret->outcome = outcome_of(code, ret->status);
	if (ret->outcome != POLICY_FETCHED)
		say_why(f, code, ret);
}

enum err
policy_fetch_run(const struct policy_fetch_options *o, struct buf *body,
    struct policy_fetch *ret, struct why *why)
{
	struct fetch f = { .options = o, .body = body };
	enum err e = easy_start(why);
	CURL *easy = NULL;

	if (e == E_OK && o->ca_file != NULL)
		e = easy_check_file(o->ca_file, why);
	if (e != E_OK)
		return e;
	if ((easy = curl_easy_init()) == NULL || !prepare(&f, easy))
		e = why_set(why, E_NOMEM, "out of memory");
	else
		read_end(&f, easy, curl_easy_perform(easy), ret);
	easy_hang_up(&easy);
	curl_slist_free_all(f.resolve);
	return e;
}
