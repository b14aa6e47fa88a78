#include "codec/quoted_printable.h"

#include "base/ascii.h"

#define LINE_MAX_BYTES 76

/* The first byte of s stands for itself: any printable one but "=" and a blank
 * at the end of a line. */
static bool
is_literal(struct span s)
{
	bool last = s.len == 1 || s.p[1] == '\n';

	return ascii_is_printable(s.p[0]) && s.p[0] != '=' &&
	    !(s.p[0] == ' ' && last);
}

void
quoted_printable_encode(struct span text, struct buf *out)
{
	size_t column = 0, n;

	for (; text.len > 0; text = span_skip(text, 1)) {
		if (text.p[0] == '\n') {
			buf_adds(out, "\r\n");
			column = 0;
			continue;
		}
		n = is_literal(text) ? 1 : 3;
		/* The "=" of a soft line break has room on each line. */
		if (column + n >= LINE_MAX_BYTES) {
			buf_adds(out, "=\r\n");
			column = 0;
		}
		if (n == 1)
			buf_addc(out, text.p[0]);
		else
			buf_addf(out, "=%02X", (unsigned char)text.p[0]);
		column += n;
	}
}
