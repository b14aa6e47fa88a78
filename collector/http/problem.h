/* http/problem.h -- what a refusal says: problem details, RFC 9457. */
#ifndef HTTP_PROBLEM_H
#define HTTP_PROBLEM_H

#include "base/buf.h"

#define HTTP_PROBLEM_TYPE "application/problem+json"
#define HTTP_PROBLEM_MAX 1024 /* bytes */

/* {"status":415,"title":"Unsupported Media Type","detail":"…"} */
void http_problem_text(unsigned status, const char *detail, struct buf *out);

#endif
