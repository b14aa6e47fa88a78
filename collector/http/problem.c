#include "http/problem.h"

#include <microhttpd.h>

#include "http/request.h"

void
http_problem_text(unsigned status, const char *detail, struct buf *out)
{
	buf_addf(out, "{\"status\":%u,\"title\":\"%s\",\"detail\":\"%s\"}\n",
	    status, MHD_get_reason_phrase_for(status), detail);
}

void
http_refuse(struct http_request *r, unsigned status, const char *detail,
    const struct http_field *fields)
{
	struct buf text = BUF_INIT(HTTP_PROBLEM_MAX);

	http_problem_text(status, detail, &text);
	http_answer(r, status, HTTP_PROBLEM_TYPE, buf_span(&text), fields);
	buf_free(&text);
}
