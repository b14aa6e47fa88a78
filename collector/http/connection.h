/* http/connection.h -- who is connected, how many from one place, and until
 * when. The library times out nothing but silence: a byte a second would hold a
 * connection for ever, so each has a deadline here that no byte moves. */
#ifndef HTTP_CONNECTION_H
#define HTTP_CONNECTION_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/waker.h"
#include "http/address.h"
#include "http/server.h"

struct http_connections;
struct http_request;
struct http_tls_pair;

struct http_connection {
	LIST_ENTRY(http_connection) next;
	struct http_connections *all;
	int fd;
	struct http_address address; /* whoever connected, be it a proxy */
	char peer[HTTP_ADDRESS_TEXT_SIZE];
	bool is_trusted;
	bool is_done; /* what it was told last needs no more of its bytes */
	int64_t last_request_ns; /* when it is too old for another */
	_Atomic int64_t deadline_ns;
	struct http_request *request;	/* under the lock; or NULL */
	struct http_tls_pair *tls_pair; /* or NULL */
};

struct http_connections {
	const struct http_limits *limits;
	const struct clock *clock;
	const struct http_networks *trusted;
	struct waker waker;
	pthread_t reaper;
	atomic_bool stop;
	struct http_linger *linger;
	pthread_mutex_t lock; /* over all below */
	pthread_cond_t done;  /* nrequests has become 0 */
	LIST_HEAD(, http_connection) list;
	size_t n, nrequests;
};

/* Starts the thread that closes what is past its deadline. What it is given
 * outlives it. */
MUST_CHECK enum err http_connections_open(struct http_connections *,
    const struct http_limits *, const struct clock *,
    const struct http_networks *trusted, struct why *why);
void http_connections_close(struct http_connections *); /* none is left */

/* pair, which may be NULL, is given back with it. NULL: there are enough of the
 * address; or no memory. */
struct http_connection *http_connection_new(struct http_connections *, int fd,
    const struct sockaddr *, size_t len, struct http_tls_pair *pair);
/* Before the descriptor is closed. If it is not done, what it still sends is
 * read. */
void http_connection_free(struct http_connection *);

size_t http_connections_count(struct http_connections *);

void http_connection_begin(struct http_connection *, struct http_request *);
/* Its deadline is now that of the next request. */
void http_connection_end(struct http_connection *);
void http_connection_set_deadline(struct http_connection *, int64_t ms);
bool http_connection_is_old(const struct http_connection *);

/* Close those that no request is on. */
void http_connections_shut_idle(struct http_connections *);
/* Answer for all handlers that have not. */
void http_connections_give_up(struct http_connections *);
/* Until no request is on any, or ms have passed. */
void http_connections_wait(struct http_connections *, int64_t ms);

#endif
