/* net/http_transfer.h -- one POST, from its URL to its result; of http_client
 * alone. */
#ifndef NET_HTTP_TRANSFER_H
#define NET_HTTP_TRANSFER_H

#include "net/http_client.h"
#include "net/transfer.h"

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

/* http_result.c: as in struct transfer_kind. */
void http_transfer_tell(struct transfer *, CURLcode);
void http_transfer_abandon(struct transfer *);

extern const struct transfer_kind http_transfer_kind;

#endif
