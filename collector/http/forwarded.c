#include "http/forwarded.h"

/* Up to the first c that is not inside quotes; cut off with it. */
static struct span
until_unquoted(struct span *s, char c)
{
	bool quoted = false;
	struct span head = *s;

	for (size_t i = 0; i < s->len; i++) {
		if (s->p[i] == '"')
			quoted = !quoted;
		else if (s->p[i] == '\\' && quoted)
			i++;
		else if (s->p[i] == c && !quoted) {
			*s = span_skip(*s, i + 1);
			return span_head(head, i);
		}
	}
	*s = span_skip(*s, s->len);
	return head;
}

static struct span
without_quotes(struct span s)
{
	if (s.len >= 2 && s.p[0] == '"' && s.p[s.len - 1] == '"')
		return (struct span){ s.p + 1, s.len - 2 };
	return s;
}

/* A port may follow an IPv4 address, or an IPv6 address in brackets. */
static bool
parse_node(struct span node, struct http_address *ret)
{
	struct span rest = node, ip;

	if (node.len > 0 && node.p[0] == '[') {
		rest = span_skip(node, 1);
		if (!span_has(rest, ']'))
			return false;
		ip = span_until(&rest, ']');
		return (rest.len == 0 || rest.p[0] == ':') &&
		    http_address_parse(ip, ret);
	}
	ip = span_until(&rest, ':');
	return http_address_parse(span_has(rest, ':') ? node : ip, ret);
}

/* RFC 7239 s4: pairs in any order, names in any case. */
static struct span
for_of(struct span element)
{
	while (element.len > 0) {
		struct span value = until_unquoted(&element, ';');
		struct span name = span_trim(span_until(&value, '='));

		if (span_eq_nocase(name, SPAN_LIT("for")))
			return without_quotes(span_trim(value));
	}
	return SPAN_NONE;
}

struct http_address
http_forwarded_client(enum http_forwarded kind, struct span list,
    const struct http_networks *trusted, const struct http_address *peer)
{
	struct http_address client = *peer, a;
	bool is_open = true; /* what comes next is the first that counts */

	while (list.len > 0) {
		struct span element = span_trim(until_unquoted(&list, ','));

		if (element.len == 0)
			continue;
		if (kind == HTTP_FORWARDED)
			element = for_of(element);
		if (!parse_node(element, &a)) {
			is_open = true;
		} else if (is_open || !http_networks_have(trusted, &a)) {
			client = a;
			is_open = false;
		}
	}
	return is_open ? *peer : client;
}
