#include "daemon/intake_http.h"

#include <stdlib.h>
#include <unistd.h>

#include "daemon/https.h"
#include "daemon/listen_fds.h"
#include "intake/endpoint.h"

#define REQUEST_MS 60000
#define ANSWER_MS 30000
#define PER_ADDRESS 50
#define MESSAGES 8	 /* of the largest that may be coming in at a time */
#define ADDRESSES 100000 /* that are remembered for their rate */

struct intake_http {
	const struct role_context *context;
	struct endpoint *endpoint;
	struct http_route routes[ENDPOINT_ROUTES];
	struct https *server;
};

static enum err
serve(struct intake_http *h, struct why *why)
{
	const struct config *c = h->context->config;
	const struct https_options options = {
		.routes = h->routes,
		.nroutes = ENDPOINT_ROUTES,
		.clock = h->context->clock,
		.certificate = c->intake_http_certificate,
		.key = c->intake_http_key,
		.proxies = &c->intake_trusted_proxies,
		.request_ms = REQUEST_MS,
		.answer_ms = ANSWER_MS,
		.per_address = PER_ADDRESS,
		.bodies_max = MESSAGES * (size_t)c->intake_message_max_bytes,
	};
	int fd = -1;
	enum err e;

	if (listen_fds_stream(LISTEN_FDS_HTTP, &fd) != E_OK)
		return why_set(why, E_ABSENT,
		    "no HTTP socket was handed over: start tlsrptd without "
		    "--role, or by socket activation");
	e = https_open(&options, fd, &h->server, why);
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
		e = serve(h, why);
	if (e == E_OK)
		*ret = h;
	else
		intake_http_close(h);
	return e;
}

void
intake_http_reload(struct intake_http *h)
{
	if (h != NULL)
		https_reload(h->server);
}

void
intake_http_close(struct intake_http *h)
{
	if (h == NULL)
		return;
	https_close(h->server);
	endpoint_close(h->endpoint);
	free(h);
}
