/* http/request.h -- what a handler may ask of a request, and its answer. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/span.h"
#include "http/address.h"

struct http_request;

/* Until the handler returns; also from a route's check, but for the body. */
struct span http_request_method(const struct http_request *);
struct span http_request_path(const struct http_request *);
struct span http_request_query(const struct http_request *); /* behind "?" */
/* What the route's open segment has, decoded: any bytes. */
struct span http_request_parameter(const struct http_request *);
struct span http_request_body(const struct http_request *);
/* The first field of the name; SPAN_NONE without one. Untrusted bytes. */
struct span http_request_field(const struct http_request *, const char *name);

/* The client: of a trusted proxy's connection whom it speaks for. */
const struct http_address *http_request_address(const struct http_request *);
/* The same with the port, if the client came itself: "192.0.2.1:4711". */
const char *http_request_peer(const struct http_request *);

struct http_field {
	const char *name, *value; /* a NULL name ends a list of them */
};

/* To be called exactly once for each call of a handler, from any thread, before
 * or after it returned, even once the server is closed. All is copied; what
 * nobody waits for any more is dropped. The request is gone with it.
 *   status        200 to 599; from 400 on the connection is closed as well
 *   content_type  NULL: without
 *   fields        NULL: none */
void http_answer(struct http_request *, unsigned status,
    const char *content_type, struct span body,
    const struct http_field *fields);

/* The same with a body that says why (RFC 9457).
 *   detail  a sentence of ours, without '"' and '\' */
void http_refuse(struct http_request *, unsigned status, const char *detail,
    const struct http_field *fields);

#endif
