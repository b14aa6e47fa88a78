/* net/http_client.h -- many POSTs to https URLs at a time. The URLs come from
 * strangers: neither they nor what their names resolve to lead anywhere but to
 * public addresses and those of the filter. */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "model/address_filter.h"
#include "net/transfers.h"

#define HTTP_ANSWER_MAX 512 /* bytes of an answer that are kept */

struct http_client;

struct http_client_options {
	const struct address_filter *filter; /* outlives the client */
	const char *ca_file; /* PEM, and no others then; NULL: the system's */
	const char *user_agent;
	/* The proxy of the environment (https_proxy, no_proxy). It resolves the
	 * names then: the filter judges the proxy's address, and of
	 * destinations only those that are written as addresses. */
	bool use_proxy;
	bool any_port;		      /* else 443 alone */
	bool allow_http;	      /* else https alone */
	int64_t connect_ms, total_ms; /* of one post once started; not 0 */
	size_t per_host, total;	      /* posts at a time, at least 1 */
};

/* Its posts are carried on by transfers_run; one such client for each. The
 * texts of the options are copied. E_USAGE: ca_file cannot be read. E_NOMEM. */
MUST_CHECK enum err http_client_open(struct transfers *,
    const struct http_client_options *, struct http_client **ret,
    struct why *why);

/* What is pending is told: as HTTP_ABANDONED, unless it is refused anyway. NULL
 * is fine. */
void http_client_close(struct http_client *);

struct http_post {
	const char *url;	  /* copied */
	const char *content_type; /* ours, not a stranger's; copied */
	/* More lines of the header, the last NULL; likewise. NULL: none. */
	const char *const *headers;
	struct span body;	 /* stays as it is until the post is done */
	int64_t begin_within_ns; /* or it is abandoned; 0: it waits */
	bool verify;		 /* certificate and name */
};

enum http_outcome {
	/* The peer gave a status. A redirect is one; it is not followed. */
	HTTP_ANSWERED,
	/* No answer: name, connection, handshake, reset or time; or ca_file
	 * holds no certificates. */
	HTTP_UNREACHABLE,
	/* The certificate is not trusted or is another name's. */
	HTTP_UNTRUSTED,
	/* By us: scheme, port, user or address. */
	HTTP_REFUSED,
	HTTP_ABANDONED,
};

/* Valid during the call of http_done_fn. */
struct http_result {
	enum http_outcome outcome;
	long status;	       /* 200 to 999; 0 unless HTTP_ANSWERED */
	struct span answer;    /* its begin: untrusted bytes */
	struct span peer;      /* "192.0.2.1:443", empty: not connected */
	bool verified;	       /* answered by whom the certificate names */
	int64_t took_ns;       /* since it was started */
	int64_t retry_after_s; /* Retry-After, RFC 9110; -1: none */
	struct span why;       /* one line for a person; may quote the peer */
};

/* Called from transfers_run, where it may post anew, and http_client_close,
 * where it may not. It may neither run the transfers nor close the client. */
typedef void http_done_fn(void *arg, const struct http_result *);

/* Take on one post. done is called exactly once on E_OK, else never. E_NOMEM.
 */
MUST_CHECK enum err http_client_post(struct http_client *,
    const struct http_post *, http_done_fn *done, void *arg, struct why *why);

#endif
