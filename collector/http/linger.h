/* http/linger.h -- a connection is closed while its client still sends: what
 * nobody reads would have the kernel reset it, and the answer be lost. So it is
 * read for a while, and thrown away. */
#ifndef HTTP_LINGER_H
#define HTTP_LINGER_H

#include "base/clock.h"
#include "base/err.h"

/* Past any of these it is closed as it is. */
#define HTTP_LINGER_MAX 256		     /* at a time */
#define HTTP_LINGER_MS 10000		     /* of each */
#define HTTP_LINGER_BYTES ((size_t)64 << 20) /* of each */

struct http_linger;

/* Starts a thread. The clock outlives it. */
MUST_CHECK enum err http_linger_open(const struct clock *,
    struct http_linger **ret, struct why *why);
/* Closes all. NULL is fine. */
void http_linger_close(struct http_linger *);

/* fd stays the caller's, who has sent all, and closes it. Thread-safe. */
void http_linger_take(struct http_linger *, int fd);

#endif
