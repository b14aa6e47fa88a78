/* http/request_private.h -- a request between the library's thread, which it
 * comes by, its handler, and whoever loses patience. */
#ifndef HTTP_REQUEST_PRIVATE_H
#define HTTP_REQUEST_PRIVATE_H

#include <pthread.h>
#include <stdbool.h>

#include "base/buf.h"
#include "http/body.h"
#include "http/connection.h"
#include "http/request.h"
#include "http/route.h"

struct MHD_Connection;
struct MHD_Response;

enum http_request_state {
	REQUEST_READ,	   /* it comes in */
	REQUEST_HANDLED,   /* its handler has it */
	REQUEST_SUSPENDED, /* and the library waits for an answer */
	REQUEST_ANSWERED,  /* the answer goes out */
	REQUEST_OVER,	   /* the library has forgotten it */
};

struct http_request {
	pthread_mutex_t lock; /* over the next five */
	enum http_request_state state;
	unsigned refs; /* the library's, and one for each handler's call */
	bool has_answer;
	struct MHD_Response *answer; /* NULL: there was no memory for it */
	unsigned status;

	/* Of the library's thread. */
	struct MHD_Connection *mhd;
	struct http_connection *connection;
	bool has_head;
	const struct http_route *route; /* NULL: none yet */
	struct span method, path, query;
	struct buf parameter;
	struct http_address address;
	char peer[HTTP_ADDRESS_TEXT_SIZE];
	struct http_body body;
	enum err body_fault; /* why the rest of the body is thrown away */
	size_t thrown_away;  /* bytes */
	char target[];	     /* as it stands in the request */
};

/* NULL: out of memory. */
struct http_request *http_request_new(struct MHD_Connection *,
    struct http_connection *, struct span target);
/* By the library: what it is answered from now on is dropped. */
void http_request_over(struct http_request *);

/* To be answered by http_answer, once more. */
void http_request_lend(struct http_request *);
/* It was not answered after all. */
void http_request_take_back(struct http_request *);

/* To its route's handler, by the thread that calls that. */
void http_request_hand_over(struct http_request *);
bool http_request_has_answer(struct http_request *);
bool http_request_is_handled(struct http_request *);
/* 503, unless its handler has answered or it has none yet. */
void http_request_give_up(struct http_request *);
/* True: it waits until it is answered. False: it is answered already, or
 * may_wait is false. */
bool http_request_suspend(struct http_request *, bool may_wait);
/* Hand the answer over to the library, with fields, which may be NULL, beside
 * its own. False: that does not work. */
bool http_request_send(struct http_request *, bool close,
    const struct http_field *fields);

#endif
