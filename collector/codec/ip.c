#include "codec/ip.h"

#include <arpa/inet.h>

_Static_assert(IP_TEXT_SIZE == INET6_ADDRSTRLEN, "room for any address");

static struct span
unwrap(struct span s)
{
	if (s.len >= 2 && s.p[0] == '[' && s.p[s.len - 1] == ']')
		s = (struct span){ s.p + 1, s.len - 2 };
	if (s.len > 5 && span_eq_nocase(span_head(s, 5), SPAN_LIT("IPv6:")))
		s = span_skip(s, 5);
	return s;
}

size_t
ip_canonical(struct span text, char ret[IP_TEXT_SIZE])
{
	struct span s = unwrap(text);
	char terminated[IP_TEXT_SIZE];
	struct in6_addr six;
	struct in_addr four;

	if (s.len == 0 || s.len >= sizeof(terminated))
		return 0;
	memcpy(terminated, s.p, s.len);
	terminated[s.len] = '\0';
	if (strlen(terminated) != s.len)
		return 0;
	if (inet_pton(AF_INET, terminated, &four) == 1) {
		(void)inet_ntop(AF_INET, &four, ret, IP_TEXT_SIZE);
	} else if (inet_pton(AF_INET6, terminated, &six) != 1) {
		return 0;
	} else if (IN6_IS_ADDR_V4MAPPED(&six)) {
		memcpy(&four, six.s6_addr + 12, sizeof(four));
		(void)inet_ntop(AF_INET, &four, ret, IP_TEXT_SIZE);
	} else {
		(void)inet_ntop(AF_INET6, &six, ret, IP_TEXT_SIZE);
	}
	return strlen(ret);
}
