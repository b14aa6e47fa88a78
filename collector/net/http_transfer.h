/* net/http_transfer.h -- one POST, from its URL to its result; of http_client
 * alone. */
#ifndef NET_HTTP_TRANSFER_H
#define NET_HTTP_TRANSFER_H

#include <curl/curl.h>
#include <sys/queue.h>

#include "net/host_queue.h"
#include "net/http_client.h"

struct http_transfer {
	struct host_item item;
	LIST_ENTRY(http_transfer) next; /* among the refused or the started */
	const struct http_client_options *options;
	http_done_fn *done;
	void *arg;
	struct span body;
	bool verify;
	CURLU *url;
	char *host; /* of the URL, by curl's allocator */
	struct curl_slist *headers;
	CURL *easy;	    /* while it is under way */
	struct why refusal; /* why not by us */
	bool is_allowed;    /* to one address at least */
	size_t head, read;  /* bytes of header and content seen */
	char answer[HTTP_ANSWER_MAX];
	char error[CURL_ERROR_SIZE];
};

/* A post that is refused has a refusal and need not be started. E_NOMEM. */
MUST_CHECK enum err http_transfer_new(const struct http_client_options *,
    const struct http_post *, struct http_transfer **ret);
void http_transfer_free(struct http_transfer *); /* NULL is fine */

static inline bool
http_transfer_is_refused(const struct http_transfer *t)
{
	return t->refusal.text[0] != '\0';
}

/* Have its easy handle made, for a multi handle to take. E_NOMEM. */
MUST_CHECK enum err http_transfer_prepare(struct http_transfer *);

/* http_result.c: tell what came of it, how curl ended it or that it was given
 * up. */
void http_transfer_tell(const struct http_transfer *, CURLcode);
void http_transfer_abandon(const struct http_transfer *);

#endif
