#include "daemon/intake_http.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "daemon/listen_fds.h"
#include "http/server.h"
#include "intake/endpoint.h"

#define THREADS 2
#define IDLE_MS 30000
#define REQUEST_MS 60000
#define CONNECTION_MS 600000
#define ANSWER_MS 30000
#define CONNECTIONS 2000
#define PER_ADDRESS 50
#define HEAD_MAX 16384
#define MESSAGES 8 /* of the largest that may be coming in at a time */
#define GRACE_MS 3000
#define ADDRESSES 100000 /* that are remembered for their rate */
#define PEM_MAX 1048576

struct intake_http {
	const struct role_context *context;
	struct endpoint *endpoint;
	struct http_route routes[ENDPOINT_ROUTES];
	struct http_server *server;
};

static enum err
read_pem(const char *path, struct buf *ret, struct why *why)
{
	return path[0] == '\0' ? E_OK : file_read(path, ret, why);
}

static enum err
trust_proxies(const struct config *c, struct http_networks *ret,
    struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < c->intake_trusted_proxies.n; i++)
		e = http_networks_add(ret,
		    span_str(c->intake_trusted_proxies.v[i]), why);
	return e;
}

/* What the configuration names, for as long as fn takes. */
static enum err
with_files(struct intake_http *h,
    enum err (*fn)(struct intake_http *, struct span certificate,
	struct span key, struct why *why),
    struct why *why)
{
	const struct config *c = h->context->config;
	struct buf certificate = BUF_INIT(PEM_MAX), key = BUF_INIT(PEM_MAX);
	enum err e = read_pem(c->intake_http_certificate, &certificate, why);

	if (e == E_OK)
		e = read_pem(c->intake_http_key, &key, why);
	if (e == E_OK)
		e = fn(h, buf_span(&certificate), buf_span(&key), why);
	if (key.p != NULL)
		explicit_bzero(key.p, key.len);
	buf_free(&key);
	buf_free(&certificate);
	return e;
}

static enum err
serve(struct intake_http *h, struct span certificate, struct span key,
    struct why *why)
{
	const struct config *c = h->context->config;
	struct http_options options = {
		.routes = h->routes,
		.nroutes = ENDPOINT_ROUTES,
		.clock = h->context->clock,
		.limits = { .idle_ms = IDLE_MS,
		    .request_ms = REQUEST_MS,
		    .connection_ms = CONNECTION_MS,
		    .answer_ms = ANSWER_MS,
		    .connections = CONNECTIONS,
		    .per_address = PER_ADDRESS,
		    .head_max = HEAD_MAX,
		    .bodies_max = MESSAGES *
			(size_t)c->intake_message_max_bytes },
		.threads = THREADS,
		.certificate = certificate,
		.key = key,
	};
	int fd = -1;
	enum err e = trust_proxies(c, &options.trusted, why);

	if (e == E_OK && listen_fds_stream(LISTEN_FDS_HTTP, &fd) != E_OK)
		e = why_set(why, E_ABSENT,
		    "no HTTP socket was handed over: start tlsrptd without "
		    "--role, or by socket activation");
	if (e != E_OK)
		return e;
	e = http_server_open(&options, fd, &h->server, why);
	if (e != E_OK)
		(void)close(fd);
	return e;
}

static enum err
open_endpoint(struct intake_http *h, struct receipt_sink sink,
    struct posted *posted, struct why *why)
{
	const struct config *c = h->context->config;
	enum err e = endpoint_open(
	    &(const struct endpoint_options){
		.sink = sink,
		.posted = posted,
		.clock = h->context->clock,
		.body_max = (size_t)c->intake_message_max_bytes,
		.hourly = (uint64_t)c->intake_hourly,
		.burst = (uint64_t)c->intake_hourly,
		.addresses_max = ADDRESSES,
	    },
	    &h->endpoint, why);

	if (e == E_OK)
		endpoint_routes(h->endpoint, h->routes);
	return e;
}

enum err
intake_http_open(const struct role_context *context, struct receipt_sink sink,
    struct posted *posted, struct intake_http **ret, struct why *why)
{
	struct intake_http *h;
	enum err e;

	if (context->config->intake_http_listen[0] == '\0')
		return E_OK;
	if ((h = calloc(1, sizeof(*h))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	h->context = context;
	if ((e = open_endpoint(h, sink, posted, why)) == E_OK)
		e = with_files(h, serve, why);
	if (e == E_OK)
		*ret = h;
	else
		intake_http_close(h);
	return e;
}

static enum err
show(struct intake_http *h, struct span certificate, struct span key,
    struct why *why)
{
	return http_server_set_certificate(h->server, certificate, key, why);
}

void
intake_http_reload(struct intake_http *h)
{
	struct why why = { { 0 } };

	if (h == NULL || h->context->config->intake_http_certificate[0] == '\0')
		return;
	if (with_files(h, show, &why) == E_OK)
		log_info("certificate read again",
		    LOG_STR("file",
			h->context->config->intake_http_certificate));
	else
		log_error("certificate not taken, the old one stays",
		    LOG_STR("file",
			h->context->config->intake_http_certificate),
		    LOG_WHY(&why));
}

void
intake_http_close(struct intake_http *h)
{
	if (h == NULL)
		return;
	http_server_close(h->server, GRACE_MS);
	endpoint_close(h->endpoint);
	free(h);
}
