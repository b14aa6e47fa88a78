/* codec/mime_decode.c -- transfer encodings, RFC 2045 s6. */
#include "base/ascii.h"
#include "codec/mime_lex.h"
#include "codec/mime_read.h"

/* RFC 4648 s4; -1: no letter of the alphabet. */
static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* RFC 2045 s6.8: others are ignored. Padding ends what went before, but more
 * may follow, since some encode in pieces. */
static void
add_base64(struct span s, struct buf *out)
{
	unsigned bits = 0, nbits = 0;

	for (size_t i = 0; i < s.len; i++) {
		int v = base64_value(s.p[i]);

		if (s.p[i] == '=')
			nbits = 0;
		if (v < 0)
			continue;
		bits = (bits << 6 | (unsigned)v) & 0xffff;
		nbits += 6;
		if (nbits < 8)
			continue;
		nbits -= 8;
		buf_addc(out, (char)(bits >> nbits & 0xff));
	}
}

/* RFC 2045 s6.7 (3): blanks at the end of a line came on the way. */
static void
add_quoted_printable_line(struct span line, struct buf *out)
{
	struct span text = mime_without_end(line), end;
	bool is_soft = false;

	end = span_skip(line, text.len);
	while (text.len > 0 && ascii_is_one_of(text.p[text.len - 1], " \t"))
		text.len--;
	if (text.len > 0 && text.p[text.len - 1] == '=') {
		text.len--;
		is_soft = true;
	}
	for (size_t i = 0; i < text.len; i++) {
		int high = i + 2 < text.len ? ascii_hex_value(text.p[i + 1])
					    : -1;
		int low = high < 0 ? -1 : ascii_hex_value(text.p[i + 2]);

		if (text.p[i] != '=' || low < 0) {
			buf_addc(out, text.p[i]);
			continue;
		}
		buf_addc(out, (char)(high << 4 | low));
		i += 2;
	}
	if (!is_soft)
		buf_add(out, end);
}

static void
add_quoted_printable(struct span s, struct buf *out)
{
	while (s.len > 0)
		add_quoted_printable_line(mime_take_line(&s), out);
}

enum err
mime_decode(const struct mime_part *part, struct buf *out)
{
	switch (part->encoding) {
	case MIME_IDENTITY:
		buf_add(out, part->body);
		break;
	case MIME_BASE64:
		add_base64(part->body, out);
		break;
	case MIME_QUOTED_PRINTABLE:
		add_quoted_printable(part->body, out);
		break;
	case MIME_OTHER_ENCODING:
		return E_SYNTAX;
	}
	return out->err;
}
