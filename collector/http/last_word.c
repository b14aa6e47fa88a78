#include "http/last_word.h"

#include <microhttpd.h>
#include <sys/socket.h>
#include <time.h>

#include "http/problem.h"
#include "http/tls.h"

#define HEAD_MAX 4096
#define DATE_MAX 40

/* Sun, 06 Nov 1994 08:49:37 GMT */
static void
add_date(const struct clock *clock, struct buf *out)
{
	time_t now = (time_t)clock_wall_s(clock);
	char text[DATE_MAX];
	struct tm tm;

	if (gmtime_r(&now, &tm) != NULL &&
	    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0)
		buf_addf(out, "Date: %s\r\n", text);
}

static void
write_answer(unsigned status, const char *detail, const struct http_options *o,
    struct buf *out)
{
	struct buf body = BUF_INIT(HTTP_PROBLEM_MAX);

	http_problem_text(status, detail, &body);
	buf_addf(out, "HTTP/1.1 %u %s\r\n", status,
	    MHD_get_reason_phrase_for(status));
	add_date(o->clock, out);
	for (const struct http_field *f = o->fields;
	     f != NULL && f->name != NULL; f++)
		buf_addf(out, "%s: %s\r\n", f->name, f->value);
	buf_addf(out,
	    "Connection: close\r\nContent-Type: " HTTP_PROBLEM_TYPE
	    "\r\nContent-Length: %zu\r\n\r\n",
	    body.len);
	buf_add(out, buf_span(&body));
	buf_free(&body);
}

/* The library's thread is ours while it is called: nobody else uses the
 * session. */
static void
put(const struct http_request *r, struct span text)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->mhd,
	    MHD_CONNECTION_INFO_GNUTLS_SESSION);

	if (info != NULL && info->tls_session != NULL)
		(void)gnutls_record_send(info->tls_session, text.p, text.len);
	else
		(void)!send(r->connection->fd, text.p, text.len,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
}

void
http_last_word(struct http_request *r, unsigned status, const char *detail,
    const struct http_options *o)
{
	struct buf answer = BUF_INIT(HEAD_MAX);

	write_answer(status, detail, o, &answer);
	if (answer.err == E_OK)
		put(r, buf_span(&answer));
	buf_free(&answer);
}
