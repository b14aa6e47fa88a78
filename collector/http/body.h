/* http/body.h -- the body of a request as it comes, under its own ceiling and
 * one for all bodies together. */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/span.h"

/* Of all bodies in memory. */
struct http_budget {
	atomic_size_t used;
	size_t max; /* bytes */
};

struct http_body {
	struct http_budget *budget;
	char *p;
	size_t len, cap;
	size_t max; /* bytes: one more is E_RANGE */
};

/* Append. E_RANGE: too large; E_FULL: no room beside the others; E_NOMEM. */
MUST_CHECK enum err http_body_add(struct http_body *, struct span);
/* Gives back what it has. */
void http_body_free(struct http_body *);

/* Whether n more bytes would fit now. */
bool http_budget_has_room(struct http_budget *, size_t n);

#endif
