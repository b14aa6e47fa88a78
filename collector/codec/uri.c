#include "codec/uri.h"

#include "base/ascii.h"

/* RFC 3986 s2: visible ASCII without delimiters of others. */
bool
uri_is_text(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_printable(s.p[i]) ||
		    ascii_is_one_of(s.p[i], " \"<>\\^`{|}"))
			return false;
	return s.len > 0;
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
	struct span rest = uri;

	return span_has(uri, ':') && is_scheme(span_until(&rest, ':')) &&
	    uri_is_text(uri) && is_encoded(rest);
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
