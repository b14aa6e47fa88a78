/* http/route.h -- which handler a method and a path lead to. Pure. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include <stdbool.h>

#include "base/buf.h"

#define HTTP_PARAMETER_MAX \
	256 /* bytes of a segment that a pattern leaves open */

struct http_request;

/* Called by a thread that serves many connections: it does not wait. */
typedef void http_handler_fn(void *arg, struct http_request *);

struct http_route {
	const char *method; /* "GET" takes HEAD as well */
	/* "/tlsrpt/{token}": at most one segment is open, it is not empty;
	 * "/api/{*}": whatever is below, for the handler to look at */
	const char *path;
	size_t body_max; /* bytes; 0: it takes no body */
	/* With the head alone, before the client is told to go on: it answers,
	 * or lets the body come. NULL: the body may come. */
	http_handler_fn *check;
	/* With the whole body. It answers, now or later, from any thread. */
	http_handler_fn *handle;
	void *arg;
};

enum http_match {
	HTTP_MATCH,
	HTTP_NO_PATH,
	HTTP_NO_METHOD, /* the path leads somewhere by another method */
};

/* path as it stands in the request. On HTTP_MATCH *ret is the route, and
 * parameter what the open segment has, its %XX decoded. */
enum http_match http_route_find(const struct http_route *, size_t n,
    struct span method, struct span path, const struct http_route **ret,
    struct buf *parameter);

/* "GET, HEAD, POST": the methods by which the path leads somewhere. */
void http_route_methods(const struct http_route *, size_t n, struct span path,
    struct buf *out);

#endif
