/* api/route.h -- which resource a method and a path lead to. Pure. */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include "api/resource.h"

#define API_PREFIX "/api/v1"

enum api_scope { API_OPEN, API_READ, API_OWN, API_ANALYST, API_ADMIN };
enum api_reach { API_ANY, API_DOMAIN, API_ROWS, API_WHOLE };
enum api_does { API_READS, API_VIEWS, API_WRITES };

struct api_route {
	const char *method, *path; /* below API_PREFIX */
	const char *name;	   /* "get_overview" */
	api_resource_fn *resource;
	enum api_scope scope;
	enum api_reach reach;
	enum api_does does;
	unsigned parameters; /* bits */
	const char *sentence;
};

extern const struct api_route api_routes[];
extern const size_t api_nroutes;

enum api_match { API_MATCH, API_NO_PATH, API_NO_METHOD };

/* path: as it stands in the request, from API_PREFIX on. Segments are decoded
 * into the arena; one that is empty, or has control characters or no UTF-8,
 * leads nowhere. On API_NO_METHOD allow gets "GET, HEAD, POST". */
enum api_match api_route_find(struct span method, struct span path,
    struct arena *, const struct api_route **ret,
    struct span segments[API_SEGMENTS_MAX], struct buf *allow);

#endif
