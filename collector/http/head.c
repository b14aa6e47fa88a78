#include "http/head.h"

#include <microhttpd.h>

#include "base/ascii.h"
#include "base/num.h"

#define BAD(what) ((struct http_fault){ MHD_HTTP_BAD_REQUEST, (what) })
#define FINE ((struct http_fault){ 0 })

struct scan {
	struct http_head *head;
	struct http_fault fault;
	unsigned nlength, nencoding, nhost;
	const char *line_end; /* of what was read last */
};

/* Versions before look at neither line ends nor NULs. Later ones do, and put
 * the head elsewhere in memory. */
#if MHD_VERSION < 0x00097601
#define LOOK_AT_LINES true
#else
#define LOOK_AT_LINES false
#endif

/* The library cuts the head into texts where it lies, and writes a NUL over
 * each of the bytes that end a line: behind a text and a CRLF comes the next
 * line. One byte less was a bare LF or CR, more a NUL in the text; a folded
 * line lies elsewhere. */
static bool
comes_behind(const char *end, size_t gap, const char *begin)
{
	return !LOOK_AT_LINES || (uintptr_t)end + gap == (uintptr_t)begin;
}

/* RFC 9110 s5.6.2 */
static bool
is_token(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_alnum(s.p[i]) &&
		    !ascii_is_one_of(s.p[i], "!#$%&'*+-.^_`|~"))
			return false;
	return s.len > 0;
}

/* RFC 9112 s3.2: no white space. */
static bool
is_target(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	return true;
}

/* RFC 9110 s5.5 */
static bool
is_value(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') ||
		    s.p[i] == 0x7f)
			return false;
	return true;
}

/* -- fields -- */

/* RFC 9112 s6.3 */
static struct http_fault
read_length(struct scan *scan, struct span value)
{
	struct http_head *h = scan->head;
	int64_t length;
	enum err e = num_parse(value, 0, INT64_MAX, &length);

	if (e == E_RANGE)
		return (struct http_fault){ MHD_HTTP_CONTENT_TOO_LARGE,
			"no body may be that large" };
	if (e != E_OK || !ascii_is_digit(value.p[0]))
		return BAD("Content-Length is not a number");
	if (scan->nlength++ > 0)
		return BAD("there is more than one Content-Length");
	h->has_length = true;
	h->length = (uint64_t)length;
	return FINE;
}

/* RFC 9112 s6.1: nothing else is understood here. */
static struct http_fault
read_encoding(struct scan *scan, struct span value)
{
	if (!span_eq_nocase(value, SPAN_LIT("chunked")))
		return (struct http_fault){ MHD_HTTP_NOT_IMPLEMENTED,
			"Transfer-Encoding is not chunked" };
	if (scan->nencoding++ > 0)
		return BAD("there is more than one Transfer-Encoding");
	scan->head->is_chunked = true;
	return FINE;
}

static struct http_fault
read_field(struct scan *scan, struct span name, struct span value)
{
	if (!is_token(name))
		return BAD("the name of a field is malformed");
	if (!is_value(value))
		return BAD("the value of a field has control characters");
	if (span_eq_nocase(name, SPAN_LIT("Content-Length")))
		return read_length(scan, value);
	if (span_eq_nocase(name, SPAN_LIT("Transfer-Encoding")))
		return read_encoding(scan, value);
	/* RFC 9112 s3.2 */
	if (span_eq_nocase(name, SPAN_LIT("Host")) && scan->nhost++ > 0)
		return BAD("there is more than one Host");
	return FINE;
}

static enum MHD_Result
scan_field(void *arg, enum MHD_ValueKind kind, const char *name,
    size_t name_len, const char *value, size_t value_len)
{
	struct scan *scan = arg;

	(void)kind;
	if (!comes_behind(scan->line_end, 2, name))
		scan->fault = BAD("a line of the head does not end in CRLF");
	else
		scan->fault = read_field(scan, (struct span){ name, name_len },
		    (struct span){ value, value_len });
	scan->line_end = value + value_len;
	return scan->fault.status == 0 ? MHD_YES : MHD_NO;
}

/* -- the whole -- */

static size_t
head_size(struct MHD_Connection *c)
{
	return MHD_get_connection_info(c,
	    MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
	    ->header_size;
}

/* RFC 9112 s3: one space between the three. */
static bool
request_line_is_whole(const struct http_head *h)
{
	return comes_behind(h->method + strlen(h->method), 1, h->url) &&
	    comes_behind(h->url + h->target.len, 1, h->version);
}

struct http_fault
http_head_check(struct MHD_Connection *c, struct http_head *h, size_t head_max)
{
	struct scan scan = { .head = h };
	size_t size = head_size(c);

	if (size > head_max)
		return (struct http_fault){
			MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
			"the head is too large"
		};
	if (!request_line_is_whole(h) || !is_target(h->target) ||
	    !is_token((struct span){ h->method, strlen(h->method) }))
		return BAD("the request line is malformed");
	scan.line_end = h->version + strlen(h->version);
	(void)MHD_get_connection_values_n(c, MHD_HEADER_KIND, scan_field,
	    &scan);
	if (scan.fault.status != 0)
		return scan.fault;
	/* The last line's CRLF, and the empty line. */
	if (!comes_behind(scan.line_end, 4, h->method + size))
		return BAD("a line of the head does not end in CRLF");
	/* RFC 9112 s3.2 */
	if (scan.nhost == 0 && strcmp(h->version, MHD_HTTP_VERSION_1_1) == 0)
		return BAD("there is no Host");
	/* RFC 9112 s6.3: whoever sends both wants two to disagree. */
	if (h->has_length && h->is_chunked)
		return BAD("Content-Length and Transfer-Encoding exclude each "
			   "other");
	if (h->is_chunked && strcmp(h->version, MHD_HTTP_VERSION_1_1) != 0)
		return BAD("HTTP/1.0 has no Transfer-Encoding");
	return FINE;
}
