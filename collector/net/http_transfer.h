/* net/http_transfer.h -- one POST, from its URL to its result; of http_client
 * alone. */
#ifndef NET_HTTP_TRANSFER_H
#define NET_HTTP_TRANSFER_H

#include "net/easy.h"
#include "net/http_client.h"
#include "net/transfer.h"

struct http_workers;

struct http_transfer {
	struct transfer base; /* first */
	const struct http_client_options *options;
	http_done_fn *done;
	void *arg;
	struct span body;
	bool verify;
	CURLU *url;
	char *host; /* of the URL, by curl's allocator */
	struct curl_slist *headers;
	struct http_workers *workers;
	STAILQ_ENTRY(http_transfer) given; /* of http_workers, */
	LIST_ENTRY(http_transfer) going;   /* likewise */
	CURL *easy;			   /* while it goes on */
	struct why refusal;		   /* why not by us */
	bool is_allowed;		   /* to one address at least */
	size_t head, read; /* bytes of header and content seen */
	char answer[HTTP_ANSWER_MAX];
	char error[CURL_ERROR_SIZE];
	struct http_result result; /* once it has ended, of these */
	char peer[EASY_PEER_MAX], status[sizeof("HTTP status 999")];
};

STAILQ_HEAD(http_transfer_queue, http_transfer);
LIST_HEAD(http_transfer_list, http_transfer);

/* A post that is refused has a refusal and need not be started. E_NOMEM. */
MUST_CHECK enum err http_transfer_new(const struct http_client_options *,
    const struct http_post *, struct http_transfer **ret);
void http_transfer_free(struct http_transfer *); /* NULL is fine */

static inline bool
http_transfer_is_refused(const struct http_transfer *t)
{
	return t->refusal.text[0] != '\0';
}

/* Have the handle, which is as if it were new, carry it out. False: out of
 * memory. */
MUST_CHECK bool http_transfer_prepare(struct http_transfer *, CURL *);

/* http_result.c: it has ended, or never begun and easy is NULL; what came of it
 * is read from the handle. */
void http_transfer_end(struct http_transfer *, CURLcode);
/* As in struct transfer_kind. */
void http_transfer_tell(struct transfer *, CURLcode);
void http_transfer_abandon(struct transfer *);

extern const struct transfer_kind http_transfer_kind;

#endif
