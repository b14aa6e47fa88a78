#include "codec/dkim_canonical.h"

#include "base/ascii.h"

static bool
is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

/* Append s with one SP for each run of WSP, and none at the end. */
static void
add_reduced(struct span s, struct buf *out)
{
	bool gap = false;

	for (size_t i = 0; i < s.len; i++) {
		if (is_wsp(s.p[i])) {
			gap = true;
			continue;
		}
		if (gap)
			buf_addc(out, ' ');
		gap = false;
		buf_addc(out, s.p[i]);
	}
}

/* -- header fields -- */

static void
add_name(struct span name, struct buf *out)
{
	name = span_trim(name);
	for (size_t i = 0; i < name.len; i++)
		buf_addc(out, ascii_lower(name.p[i]));
}

static bool
is_crlf(struct span s)
{
	return s.len >= 2 && s.p[0] == '\r' && s.p[1] == '\n';
}

/* RFC 6376 s3.4.2: unfolded before white space is reduced. The WSP of the line
 * that follows is what separates, if anything. */
static void
unfold(struct span s, struct buf *out)
{
	while (s.len > 0) {
		if (is_crlf(s)) {
			s = span_skip(s, 2);
			continue;
		}
		buf_addc(out, s.p[0]);
		s = span_skip(s, 1);
	}
}

void
dkim_canonical_field(struct span field, struct buf *out)
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

/* -- body -- */

/* Cut a line off, without its CRLF. */
static struct span
take_line(struct span *s)
{
	struct span line = { s->p, 0 };

	while (line.len < s->len && !is_crlf(span_skip(*s, line.len)))
		line.len++;
	*s = span_skip(*s, line.len);
	if (s->len > 0)
		*s = span_skip(*s, 2);
	return line;
}

static bool
is_blank(struct span line)
{
	return span_trim(line).len == 0;
}

void
dkim_canonical_body(struct span body, struct buf *out)
{
	size_t blank_lines = 0;

	while (body.len > 0) {
		struct span line = take_line(&body);

		/* RFC 6376 s3.4.4: lines of nothing, or of WSP, which is cut
		 * first, are ignored at the end. */
		if (is_blank(line)) {
			blank_lines++;
			continue;
		}
		for (; blank_lines > 0; blank_lines--)
			buf_adds(out, "\r\n");
		add_reduced(line, out);
		buf_adds(out, "\r\n");
	}
}
