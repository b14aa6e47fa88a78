/* intake/endpoint.h -- reports as they are posted: POST /tlsrpt and
 * /tlsrpt/TOKEN (s5.4). Nothing here tells who a client is: the token stands
 * in public DNS, it only routes. */
#ifndef INTAKE_ENDPOINT_H
#define INTAKE_ENDPOINT_H

#include "base/clock.h"
#include "http/route.h"
#include "intake/posted.h"

#define ENDPOINT_ROUTES 2
#define ENDPOINT_TOKEN_MAX 64

struct endpoint;

struct endpoint_options {
	struct receipt_sink sink;
	struct posted *posted;	   /* outlives the sink; NULL: each is kept */
	const struct clock *clock; /* outlives the endpoint */
	size_t body_max;	   /* bytes as posted */
	/* Posts of one IPv4 address or IPv6 /64; 0 hourly: any. */
	uint64_t hourly, burst;
	size_t addresses_max; /* that are remembered for it */
};

/* E_NOMEM. */
MUST_CHECK enum err endpoint_open(const struct endpoint_options *,
    struct endpoint **ret, struct why *why);
/* After the server that has its routes. What the sink has is answered without
 * it. NULL is fine. */
void endpoint_close(struct endpoint *);

/* For the server's table. */
void endpoint_routes(struct endpoint *, struct http_route ret[ENDPOINT_ROUTES]);

#endif
