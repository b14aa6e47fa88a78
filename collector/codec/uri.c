#include "codec/uri.h"

#include "base/ascii.h"

/* RFC 3986 s2: visible ASCII without delimiters of others; and of that, what
 * has a meaning here. */
enum { OTHER = 1, PERCENT = 2, COLON = 4 };

static unsigned
classes_of(struct span s)
{
	static const unsigned char classes[256] = {
		[0 ... ' '] = OTHER,
		['"'] = OTHER,
		['%'] = PERCENT,
		[':'] = COLON,
		['<'] = OTHER,
		['>'] = OTHER,
		['\\'] = OTHER,
		['^'] = OTHER,
		['`'] = OTHER,
		['{' ... '}'] = OTHER,
		[0x7f ... 0xff] = OTHER,
	};

	return ascii_classify(s.p, s.len, classes).any;
}

bool
uri_is_text(struct span s)
{
	return s.len > 0 && (classes_of(s) & OTHER) == 0;
}

/* RFC 3986 s3.1 */
static bool
is_scheme(struct span s)
{
	if (s.len == 0 || !ascii_is_alpha(s.p[0]))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!ascii_is_alnum(s.p[i]) && !ascii_is_one_of(s.p[i], "+-."))
			return false;
	return true;
}

/* RFC 3986 s2.1 */
int
uri_encoded_byte(struct span s)
{
	int high, low;

	if (s.len < 3 || s.p[0] != '%')
		return -1;
	high = ascii_hex_value(s.p[1]);
	low = ascii_hex_value(s.p[2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static bool
is_encoded(struct span s)
{
	for (; s.len > 0; s = span_skip(s, 1))
		if (s.p[0] == '%' && uri_encoded_byte(s) < 0)
			return false;
	return true;
}

bool
uri_is_valid(struct span uri)
{
	unsigned classes = classes_of(uri);
	struct span rest = uri;

	if ((classes & OTHER) != 0 || (classes & COLON) == 0 ||
	    !is_scheme(span_until(&rest, ':')))
		return false;
	return (classes & PERCENT) == 0 || is_encoded(rest);
}

/* RFC 3986 s3.2 */
struct span
uri_authority(struct span rest)
{
	size_t n = 0;

	if (!span_take(&rest, SPAN_LIT("//")))
		return SPAN_NONE;
	while (n < rest.len && !ascii_is_one_of(rest.p[n], "/?#"))
		n++;
	return span_head(rest, n);
}
