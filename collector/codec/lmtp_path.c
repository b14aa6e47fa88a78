#include "codec/lmtp_path.h"

/* The length of what stands before a ">" outside of quotes; s.len: nowhere. */
static size_t
path_length(struct span s)
{
	bool quoted = false;
	size_t n = 0;

	while (n < s.len && (quoted || s.p[n] != '>')) {
		if (quoted && s.p[n] == '\\' && n + 1 < s.len)
			n++;
		else if (s.p[n] == '"')
			quoted = !quoted;
		n++;
	}
	return n;
}

/* A source route before the address is to be ignored, RFC 5321 s3.3. */
bool
lmtp_path_take(struct span *s, struct span *ret)
{
	struct span rest = span_trim(*s), path;

	if (!span_take(&rest, SPAN_LIT("<")))
		return false;
	path = span_head(rest, path_length(rest));
	rest = span_skip(rest, path.len);
	if (!span_take(&rest, SPAN_LIT(">")) ||
	    (rest.len > 0 && rest.p[0] != ' '))
		return false;
	if (path.len > 0 && path.p[0] == '@')
		(void)span_until(&path, ':');
	*s = span_trim(rest);
	*ret = path;
	return true;
}

/* Behind the last "@", as a quoted local part may have one. */
struct span
lmtp_path_host(struct span address)
{
	size_t n = address.len;

	while (n > 0 && address.p[n - 1] != '@')
		n--;
	return n == 0 ? SPAN_NONE : span_skip(address, n);
}

struct span
lmtp_path_subaddress(struct span address)
{
	struct span local = span_until(&address, '@');

	if (local.len > 0 && local.p[0] == '"')
		return SPAN_LIT("");
	(void)span_until(&local, '+');
	return local;
}
