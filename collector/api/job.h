/* api/job.h -- a request on its way from the thread that read it to the one
 * that answers. */
#ifndef API_JOB_H
#define API_JOB_H

#include <sys/queue.h>

#include "api/route.h"
#include "http/address.h"
#include "http/request.h"

#define API_JOB_BYTES ((size_t)64 * 1024 * 1024) /* of a job's arena */

struct api_job {
	STAILQ_ENTRY(api_job) next;
	struct http_request *http;
	const struct api_route *route; /* NULL: it only notes that a session
					* or a token was used */
	struct arena arena;	       /* has all texts */
	struct span segments[API_SEGMENTS_MAX];
	struct api_query query;
	struct span body;
	/* As they came, SPAN_NONE: none; where it only notes, the session's key
	 * and the token's id. */
	struct span session, token;
	struct span csrf, if_none_match;
	bool takes_gzip;
	struct span path, query_text; /* as they stand in the request */
	char address[HTTP_ADDRESS_TEXT_SIZE];
	char block[HTTP_ADDRESS_TEXT_SIZE]; /* the same; of IPv6 its /64 */
};

STAILQ_HEAD(api_jobs, api_job);

/* What only notes, of copies. NULL: out of memory. */
struct api_job *api_job_new_note(struct span session, struct span token);
/* Fields and body of the request are copied. NULL: out of memory. */
struct api_job *api_job_new(struct http_request *, const char *cookie_name);
void api_job_free(struct api_job *); /* NULL is fine */

/* The value of a cookie out of a Cookie field. Pure. SPAN_NONE: there is none,
 * or there are two. */
struct span api_cookie_value(struct span field, struct span name);

#endif
