/* alert/send_webhook.c -- JSON by HTTPS, signed: docs/operations.md. */
#include "alert/send_private.h"
#include "base/file.h"
#include "codec/hmac_sha256.h"
#include "net/http_client.h"
#include "tlsrptd_version.h"

#define SECRET_MAX 4096
#define TEXT_MAX 1024

/* -- what is sent -- */

/* Over "TIME.BODY", so that neither can be put to another. */
static enum err
add_signature(struct span secret, int64_t now_s, struct span body,
    struct buf *out)
{
	unsigned char mac[SHA256_BYTES];
	struct buf text = BUF_INIT(body.len + TEXT_MAX);
	enum err e;

	buf_addf(&text, "%lld.", (long long)now_s);
	buf_add(&text, body);
	if ((e = text.err) == E_OK)
		e = hmac_sha256(secret, buf_span(&text), mac);
	buf_free(&text);
	buf_addf(out, "Tlsrpt-Signature: t=%lld,v1=", (long long)now_s);
	for (size_t i = 0; e == E_OK && i < sizeof(mac); i++)
		buf_addf(out, "%02x", mac[i]);
	return e == E_OK ? out->err : e;
}

static enum err
sign(const struct alert_sender *s, struct span body, struct buf *out,
    struct why *why)
{
	struct buf secret = BUF_INIT(SECRET_MAX);
	const char *path = s->config->alert_secret_file;
	enum err e = file_read_secret(path, &secret, why);

	if (e == E_OK && secret.len == 0)
		e = why_set(why, E_USAGE, "%s: there is no secret in it", path);
	if (e == E_OK)
		e = add_signature(buf_span(&secret), clock_wall_s(s->clock),
		    body, out);
	if (secret.p != NULL)
		explicit_bzero(secret.p, secret.len);
	buf_free(&secret);
	return e;
}

/* -- what comes of it -- */

static void
answered(void *arg, const struct http_result *r)
{
	struct alert_outcome *o = arg;

	switch (r->outcome) {
	case HTTP_ANSWERED:
		o->retry_after_s = r->retry_after_s;
		alert_outcome_set(o,
		    r->status >= 200 && r->status < 300 ? ALERT_FATE_TOLD
							: ALERT_FATE_FAILED,
		    "HTTP status %ld", r->status);
		break;
	case HTTP_UNREACHABLE:
		/* Whom we were connected to may have taken it. */
		alert_outcome_set(o,
		    r->peer.len > 0 ? ALERT_FATE_UNCERTAIN : ALERT_FATE_FAILED,
		    "%.*s", SPAN_ARG(r->why));
		break;
	case HTTP_UNTRUSTED:
	case HTTP_REFUSED:
		alert_outcome_set(o, ALERT_FATE_FAILED, "%.*s",
		    SPAN_ARG(r->why));
		break;
	case HTTP_ABANDONED:
		break;
	}
}

/* -- sending -- */

static enum err
make_filter(const struct list *list, struct address_filter *ret,
    struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < list->n; i++)
		e = address_filter_add(ret, span_str(list->v[i]), why);
	return e;
}

static enum err
post(const struct alert_sender *s, const struct http_post *post,
    struct alert_outcome *ret, struct why *why)
{
	const struct config *c = s->config;
	struct address_filter filter = { .n = 0 };
	struct transfers *transfers = NULL;
	struct http_client *http = NULL;
	enum err e = make_filter(&c->alert_allow_networks, &filter, why);

	if (e == E_OK)
		e = transfers_open(&transfers, why);
	if (e == E_OK)
		e = http_client_open(transfers,
		    &(const struct http_client_options){
			.filter = &filter,
			.ca_file = c->alert_ca_file[0] == '\0'
			    ? NULL
			    : c->alert_ca_file,
			.user_agent = "tlsrptd/" TLSRPTD_VERSION,
			.any_port = true,
			.allow_http = c->alert_allow_http,
			.connect_ms = c->alert_timeout_ms,
			.total_ms = c->alert_timeout_ms,
			.per_host = 1,
			.total = 1,
		    },
		    &http, why);
	if (e == E_OK)
		e = http_client_post(http, post, answered, ret, why);
	if (e == E_OK)
		alert_wait(s, transfers);
	http_client_close(http);
	transfers_close(transfers);
	return e;
}

enum err
alert_by_webhook(const struct alert_sender *s, const struct route_word *r,
    const struct alert_message *m, struct alert_outcome *ret, struct why *why)
{
	struct buf json = BUF_INIT(ALERT_MESSAGE_MAX);
	struct buf url = BUF_INIT(4096), signature = BUF_INIT(TEXT_MAX);
	const char *headers[] = { NULL, NULL };
	enum err e = alert_message_json(m, &json);

	buf_add(&url, r->way);
	if (e == E_OK)
		e = url.err;
	if (e == E_OK)
		e = sign(s, buf_span(&json), &signature, why);
	headers[0] = buf_str(&signature);
	if (e == E_OK)
		e = post(s,
		    &(const struct http_post){ .url = buf_str(&url),
			.content_type = "application/json",
			.headers = headers,
			.body = buf_span(&json),
			.verify = true },
		    ret, why);
	buf_free(&signature);
	buf_free(&url);
	buf_free(&json);
	return e;
}
