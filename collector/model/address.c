#include "model/address.h"

#include "base/ascii.h"
#include "model/limits.h"

#define LOCAL_PART_MAX 64 /* RFC 5321 s4.5.3.1.1 */

typedef bool byte_fn(char c);

static bool
is_atext(char c)
{
	return ascii_is_alnum(c) || ascii_is_one_of(c, "!#$%&'*+-/=?^_`{|}~");
}

static bool
is_host_byte(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_';
}

/* Words of such bytes with single dots between them. */
static bool
is_dotted(struct span s, byte_fn *is_word, size_t max)
{
	bool after_dot = true;

	if (s.len == 0 || s.len > max || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		bool dot = s.p[i] == '.';

		if (dot ? after_dot : !is_word(s.p[i]))
			return false;
		after_dot = dot;
	}
	return !after_dot;
}

bool
address_host_is_valid(struct span host)
{
	return is_dotted(host, is_host_byte, DOMAIN_TEXT_MAX);
}

bool
address_is_valid(struct span address)
{
	struct span host = address, local = span_until(&host, '@');

	return is_dotted(local, is_atext, LOCAL_PART_MAX) &&
	    address_host_is_valid(host);
}

struct span
address_host(struct span address)
{
	(void)span_until(&address, '@');
	return address;
}
