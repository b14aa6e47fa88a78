#include "api/text.h"

#include <stdint.h>

#include "base/utf8.h"
#include "codec/uri.h"

bool
api_is_plain(struct span s)
{
	while (s.len > 0) {
		size_t n = utf8_char(s);

		if (n == 0 || (unsigned char)s.p[0] < 0x20 || s.p[0] == 0x7f)
			return false;
		s = span_skip(s, n);
	}
	return true;
}

enum err
api_decode(struct span s, bool plus, struct arena *arena, struct span *ret)
{
	struct span decoded = { arena_bytes(arena, s.len + 1), 0 };
	char *at = (char *)(uintptr_t)decoded.p;
	int byte;

	if (at == NULL)
		return E_NOMEM;
	while (s.len > 0) {
		byte = uri_encoded_byte(s);
		if (byte < 0 && s.p[0] == '%')
			return E_SYNTAX;
		if (byte >= 0)
			at[decoded.len++] = (char)byte;
		else
			at[decoded.len++] = plus && s.p[0] == '+' ? ' '
								  : s.p[0];
		s = span_skip(s, byte < 0 ? 1 : 3);
	}
	at[decoded.len] = '\0';
	*ret = decoded;
	return api_is_plain(decoded) ? E_OK : E_SYNTAX;
}
