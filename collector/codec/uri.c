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
static bool
is_encoded(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '%' &&
		    (s.len - i < 3 || ascii_hex_value(s.p[i + 1]) < 0 ||
			ascii_hex_value(s.p[i + 2]) < 0))
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
