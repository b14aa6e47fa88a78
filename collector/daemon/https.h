/* daemon/https.h -- an HTTP server of a role: its certificate and its proxies
 * as the configuration names them, and what no client may do. */
#ifndef DAEMON_HTTPS_H
#define DAEMON_HTTPS_H

#include "config/config.h"
#include "http/server.h"

struct https;

/* All that it points to outlives the server. */
struct https_options {
	const struct http_route *routes;
	size_t nroutes;
	const struct http_field *fields; /* on each answer; NULL: none */
	const struct clock *clock;
	const char *certificate, *key; /* files; empty: no TLS */
	const struct list *proxies;    /* networks that are trusted */
	/* As in http/server.h. */
	int64_t request_ms, answer_ms;
	size_t per_address, bodies_max;
};

/* The socket is taken over on E_OK. E_USAGE: the certificate or a network;
 * E_NOMEM, E_IO. */
MUST_CHECK enum err https_open(const struct https_options *, int listen_fd,
    struct https **ret, struct why *why);
/* Show the certificate as its files have it now, to who connects from now on.
 * One that cannot be shown is logged, and the old one stays. By any thread;
 * NULL is fine. */
void https_reload(struct https *);
void https_close(struct https *); /* as http_server_close; NULL is fine */

#endif
