/* api/api.h -- the API and the page behind an HTTP server: requests are read by
 * its threads and answered by a few of our own, each with a store of its own.
 */
#ifndef API_API_H
#define API_API_H

#include "base/clock.h"
#include "http/request.h"
#include "http/route.h"
#include "store/store.h"

struct api;

struct api_options {
	const struct clock *clock; /* outlives it */
	/* Called by our threads. */
	enum err (*open_store)(void *arg, bool read_only, struct store **ret,
	    struct why *why);
	void *arg;
	unsigned threads; /* that read; one more writes */
	const char *version;
	/* Under which people reach it: "https://tls.example.com"; empty: by an
	 * IP address or as localhost. It outlives it. */
	const char *public_url;
	const char *listen; /* where the server listens, for the log */
	bool is_tls;	    /* the server's own connections are encrypted */
	int64_t session_idle_s, session_max_s, audit_keep_s;
	int64_t answer_age_ns; /* of VIEWS; 0: each is made anew */
};

#define API_HTTP_ROUTES 5

MUST_CHECK enum err api_open(const struct api_options *, struct api **ret,
    struct why *why);
/* For the server, which is closed before it. */
void api_http_routes(struct api *, struct http_route ret[API_HTTP_ROUTES]);
/* What each answer has, ended by a NULL name: constant. */
const struct http_field *api_http_fields(const struct api *);
/* Nothing comes any more; what waits is answered. NULL is fine. */
void api_close(struct api *);

#endif
