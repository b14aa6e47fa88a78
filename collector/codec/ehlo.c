#include "codec/ehlo.h"

#include "base/ascii.h"

static bool
has_code(struct span s)
{
	return s.len >= 4 && ascii_is_digit(s.p[0]) && ascii_is_digit(s.p[1]) &&
	    ascii_is_digit(s.p[2]) && (s.p[3] == '-' || s.p[3] == ' ');
}

struct span
ehlo_name(struct span reply)
{
	struct span name = has_code(reply) ? span_skip(reply, 4) : reply;
	size_t n = 0;

	name = span_trim(name);
	while (n < name.len && !ascii_is_one_of(name.p[n], " \t\r\n"))
		n++;
	return span_head(name, n);
}
