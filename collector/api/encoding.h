/* api/encoding.h -- whether an answer goes out compressed (RFC 9110 s12.5.3).
 */
#ifndef API_ENCODING_H
#define API_ENCODING_H

#include "api/answer.h"
#include "api/job.h"

/* Of an Accept-Encoding field; SPAN_NONE: there is none. Pure. */
bool api_takes_gzip(struct span accept_encoding);

/* Whether what that route answers depends on Accept-Encoding. */
bool api_may_gzip(const struct api_route *);
/* Whether this answer to the job does. */
bool api_is_for_gzip(const struct api_job *, const struct api_answer *);

/* Have it compressed, unless it is. False: out of memory. */
bool api_answer_compress(struct api_answer *);

#endif
