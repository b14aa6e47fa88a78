/* net/http_workers.h -- threads that carry out posts, many at a time each: the
 * handshakes of one keep nobody from the store, which the caller waits for. */
#ifndef NET_HTTP_WORKERS_H
#define NET_HTTP_WORKERS_H

#include "net/http_transfer.h"

struct http_workers;

/* connections: kept open by each for posts to come, those in use included.
 * E_NOMEM: or no thread can be had. */
MUST_CHECK enum err http_workers_open(size_t connections,
    struct http_workers **ret);

/* What is not finished is put down, and the caller's again. NULL is fine. */
void http_workers_close(struct http_workers *);

/* Have a post carried out, one host's by the same thread, which has its
 * connections. It is finished by transfers_finish, its result set. */
void http_workers_take(struct http_workers *, struct http_transfer *);

#endif
