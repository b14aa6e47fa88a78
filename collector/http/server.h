/* http/server.h -- an HTTP/1.1 server, with TLS or plain behind a proxy: gives
 * whole requests to handlers, and lets no client wait, ask or send without end.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/span.h"
#include "http/forwarded.h"
#include "http/request.h"
#include "http/route.h"

struct http_server;

struct http_limits {
	/* Of a client, whatever it does meanwhile. */
	int64_t idle_ms;       /* to a request's first line; TLS included */
	int64_t request_ms;    /* from there to the end of the body; then again
				* to take the answer */
	int64_t connection_ms; /* no further request after that */
	int64_t answer_ms;     /* of a handler; then 503 is said for it */
	size_t connections;    /* those past it wait to be accepted */
	size_t per_address;    /* connections of an IPv4 address, an IPv6 /64;
				* 0: any. Trusted proxies may have more */
	size_t head_max;       /* bytes of a request before its body */
	size_t bodies_max;     /* bytes of all bodies; past it 503 */
};

struct http_options {
	const struct http_route *routes; /* outlive the server, as does clock */
	size_t nroutes;
	const struct clock *clock;
	struct http_limits limits;
	unsigned threads; /* at least 1; more where connections need them */
	struct http_networks trusted;  /* proxies */
	enum http_forwarded forwarded; /* the field that they write */
	/* PEM: the chain and its key. Both empty: no TLS. */
	struct span certificate, key;
	/* On each answer; they outlive the server. NULL: none. */
	const struct http_field *fields;
};

/* Serve what comes to a listening socket, which is taken over on E_OK.
 * E_USAGE: the certificate; E_NOMEM, E_IO. */
MUST_CHECK enum err http_server_open(const struct http_options *, int listen_fd,
    struct http_server **ret, struct why *why);

/* No more connections; what came is handled for up to grace_ms, then answered
 * with 503. Handlers may answer still later. NULL is fine. */
void http_server_close(struct http_server *, int64_t grace_ms);

/* For connections from now on. On failure what was there stays. Thread-safe.
 * E_USAGE: as above, or the server has none. */
MUST_CHECK enum err http_server_set_certificate(struct http_server *,
    struct span certificate, struct span key, struct why *why);

/* Clients that are connected. */
size_t http_server_connections(struct http_server *);

#endif
