#include "base/escape.h"

#include "base/ascii.h"
#include "base/utf8.h"

static void
add_escaped(struct buf *out, char c)
{
	switch (c) {
	case '\n':
		buf_adds(out, "\\n");
		break;
	case '\r':
		buf_adds(out, "\\r");
		break;
	case '\t':
		buf_adds(out, "\\t");
		break;
	case '"':
	case '\\':
		buf_addc(out, '\\');
		buf_addc(out, c);
		break;
	default:
		buf_addf(out, "\\x%02x", (unsigned char)c);
	}
}

void
escape_log(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (ascii_is_printable(c) && c != '"' && c != '\\')
			buf_addc(out, c);
		else
			add_escaped(out, c);
	}
}

/* C1 controls, zero-width and bidirectional controls, line separators: what a
 * terminal acts on instead of showing it. */
static bool
steers(struct span c)
{
	const unsigned char *p = (const unsigned char *)c.p;

	if (c.len == 2)
		return (p[0] == 0xc2 && p[1] < 0xa0) || /* U+0080-009F */
		    (p[0] == 0xd8 && p[1] == 0x9c);	/* U+061C */
	if (c.len == 3 && p[0] == 0xe2 && p[1] == 0x80)
		return (p[2] >= 0x8b && p[2] <= 0x8f) || /* U+200B-200F */
		    (p[2] >= 0xa8 && p[2] <= 0xae);	 /* U+2028-202E */
	if (c.len == 3 && p[0] == 0xe2 && p[1] == 0x81)
		return p[2] >= 0xa0 && p[2] <= 0xaf; /* U+2060-206F */
	if (c.len == 3 && p[0] == 0xef)
		return p[1] == 0xbb && p[2] == 0xbf; /* U+FEFF */
	/* Tag characters U+E0000-E0FFF say things that nobody sees. */
	return c.len == 4 && p[0] == 0xf3 && p[1] == 0xa0;
}

void
escape_terminal(struct buf *out, struct span s)
{
	while (s.len > 0) {
		size_t n = utf8_char(s);
		struct span c = span_head(s, n == 0 ? 1 : n);

		if (n == 1 && ascii_is_printable(c.p[0]) && c.p[0] != '\\')
			buf_addc(out, c.p[0]);
		else if (n > 1 && !steers(c))
			buf_add(out, c);
		else
			for (size_t i = 0; i < c.len; i++)
				add_escaped(out, c.p[i]);
		s = span_skip(s, c.len);
	}
}
