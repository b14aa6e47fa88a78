#include "codec/ip.h"

#include <arpa/inet.h>

#include "base/ascii.h"

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

static unsigned
digit_value(const char *p)
{
	return (unsigned char)*p - (unsigned)'0';
}

/* A number up to 255 without leading zeros. Returns what is behind it, NULL:
 * there is none. */
static const char *
skip_octet(const char *p, const char *end)
{
	unsigned v;

	if (p == end || (v = digit_value(p++)) > 9)
		return NULL;
	if (p == end || digit_value(p) > 9)
		return p;
	if (v == 0)
		return NULL;
	v = v * 10 + digit_value(p++);
	if (p == end || digit_value(p) > 9)
		return p;
	v = v * 10 + digit_value(p++);
	return v <= 255 ? p : NULL;
}

/* Four numbers, a dot between each two. */
static bool
is_dotted(struct span s)
{
	const char *p = s.p, *end = s.p + s.len;

	for (int n = 1; (p = skip_octet(p, end)) != NULL; n++) {
		if (n == 4)
			return p == end;
		if (p == end || *p++ != '.')
			return false;
	}
	return false;
}

/* How many digits of hexadecimal, in lower case, s begins with; 0 too if there
 * are more than four or one too many zeros. */
static size_t
group_len(struct span s)
{
	size_t n = 0;

	while (n < s.len &&
	    (ascii_is_digit(s.p[n]) || (s.p[n] >= 'a' && s.p[n] <= 'f')))
		n++;
	return n > 4 || (n > 1 && s.p[0] == '0') ? 0 : n;
}

/* True: an IPv6 address as RFC 5952 has it. Not all: no two groups of 0 beside
 * each other, "::" not in front, no IPv4 address inside. */
static bool
is_colon_separated(struct span s)
{
	bool gap = false, zero, before = false;
	size_t n;

	for (int groups = 1; groups <= 8; groups++) {
		if ((n = group_len(s)) == 0)
			return false;
		zero = n == 1 && s.p[0] == '0';
		if (zero && before)
			return false;
		before = zero;
		s = span_skip(s, n);
		/* "::" is for two groups or more. */
		if (s.len == 0)
			return gap ? groups < 7 : groups == 8;
		if (s.p[0] != ':')
			return false;
		s = span_skip(s, 1);
		if (s.len == 0 || s.p[0] != ':')
			continue;
		if (gap || zero)
			return false;
		gap = before = true; /* no 0 beside it */
		s = span_skip(s, 1);
		if (s.len == 0)
			return groups < 7;
	}
	return false;
}

bool
ip_is_canonical(struct span text)
{
	return text.len > 0 && (is_dotted(text) || is_colon_separated(text));
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
	if (ip_is_canonical(s)) {
		memcpy(ret, s.p, s.len);
		ret[s.len] = '\0';
		return s.len;
	}
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
