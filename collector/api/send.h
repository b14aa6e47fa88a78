/* api/send.h -- an answer with its head: validators, encoding, link. */
#ifndef API_SEND_H
#define API_SEND_H

#include "api/answer.h"
#include "api/job.h"

/* Of one encoding of an answer: a strong tag says that the bytes are the same
 * (RFC 9110 s8.8.3.3). */
#define API_TAG_SIZE (API_ETAG_SIZE + 8)
void api_tag(const char *etag, bool is_gzip, char ret[API_TAG_SIZE]);
/* RFC 9110 s13.1.2: whether a list of tags, weak ones as well, has it. Pure. */
bool api_has_tag(struct span list, const char *tag);

/* Hashed from the plain body, unless it is there. */
void api_etag_make(struct api_answer *);

/* The job's request is gone with it. */
void api_send(struct api_job *, struct api_answer *);

#endif
