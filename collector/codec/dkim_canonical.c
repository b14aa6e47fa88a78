#include "codec/dkim_canonical.h"

#include "base/ascii.h"

static bool
is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

/* The bytes in front that are WSP, or that are none. */
static size_t
run_length(struct span s, bool wsp)
{
	size_t n = 0;

	while (n < s.len && is_wsp(s.p[n]) == wsp)
		n++;
	return n;
}

/* Append s with one SP for each run of WSP, and none at the end. */
static void
add_reduced(struct span s, struct buf *out)
{
	while (s.len > 0) {
		size_t gap = run_length(s, true), word;

		s = span_skip(s, gap);
		if (gap > 0 && s.len > 0)
			buf_addc(out, ' ');
		word = run_length(s, false);
		buf_add(out, span_head(s, word));
		s = span_skip(s, word);
	}
}

/* Cut a line off, without its CRLF. *ret_ended: it had one. */
static struct span
take_line(struct span *s, bool *ret_ended)
{
	struct span rest = *s, line;

	do {
		(void)span_until(&rest, '\n');
		line = span_head(*s, s->len - rest.len);
		*ret_ended = line.len >= 2 &&
		    memcmp(line.p + line.len - 2, "\r\n", 2) == 0;
	} while (!*ret_ended && rest.len > 0);
	if (*ret_ended)
		line.len -= 2;
	*s = rest;
	return line;
}

/* -- header fields -- */

static void
add_name(struct span name, struct buf *out)
{
	name = span_trim(name);
	for (size_t i = 0; i < name.len; i++)
		buf_addc(out, ascii_lower(name.p[i]));
}

/* RFC 6376 s3.4.2: unfolded before white space is reduced. The WSP of the line
 * that follows is what separates, if anything. */
static void
unfold(struct span s, struct buf *out)
{
	bool ended;

	while (s.len > 0)
		buf_add(out, take_line(&s, &ended));
}

static void
add_relaxed_field(struct span field, struct buf *out)
{
	struct span value = field, name = span_until(&value, ':');
	struct buf line = BUF_INIT(field.len);

	unfold(name, &line);
	add_name(buf_span(&line), out);
	buf_addc(out, ':');
	buf_clear(&line);
	unfold(value, &line);
	add_reduced(span_trim(buf_span(&line)), out);
	if (line.err != E_OK && out->err == E_OK)
		out->err = line.err;
	buf_free(&line);
}

void
dkim_canonical_field(enum dkim_canonical way, struct span field,
    struct buf *out)
{
	if (way == DKIM_RELAXED) {
		add_relaxed_field(field, out);
		return;
	}
	if (field.len >= 2 && memcmp(field.p + field.len - 2, "\r\n", 2) == 0)
		field.len -= 2;
	buf_add(out, field);
}

/* -- body -- */

static void
add_relaxed_body(struct span body, struct buf *out)
{
	size_t blank_lines = 0;
	bool ended;

	while (body.len > 0) {
		struct span line = take_line(&body, &ended);

		/* RFC 6376 s3.4.4: lines of nothing, or of WSP, which is cut
		 * first, are ignored at the end. */
		if (span_trim(line).len == 0) {
			blank_lines++;
			continue;
		}
		for (; blank_lines > 0; blank_lines--)
			buf_adds(out, "\r\n");
		add_reduced(line, out);
		buf_adds(out, "\r\n");
	}
}

/* RFC 6376 s3.4.3: the empty lines at the end become one CRLF, which is added
 * where there is none. */
static void
add_simple_body(struct span body, struct buf *out)
{
	while (body.len >= 2 && memcmp(body.p + body.len - 2, "\r\n", 2) == 0)
		body.len -= 2;
	buf_add(out, body);
	buf_adds(out, "\r\n");
}

void
dkim_canonical_body(enum dkim_canonical way, struct span body, struct buf *out)
{
	if (way == DKIM_RELAXED)
		add_relaxed_body(body, out);
	else
		add_simple_body(body, out);
}
