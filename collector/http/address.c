#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/num.h"
#include "codec/ip.h"

#define MAPPED_BITS 96

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool
is_four(const struct http_address *a)
{
	return memcmp(a->bytes, mapped, sizeof(mapped)) == 0;
}

static void
set_four(struct http_address *ret, const void *four)
{
	memcpy(ret->bytes, mapped, sizeof(mapped));
	memcpy(ret->bytes + sizeof(mapped), four, 4);
	ret->is_known = true;
}

static void
set_six(struct http_address *ret, const void *six)
{
	memcpy(ret->bytes, six, sizeof(ret->bytes));
	ret->is_known = true;
}

bool
http_address_parse(struct span text, struct http_address *ret)
{
	char canonical[IP_TEXT_SIZE];
	struct in6_addr six;
	struct in_addr four;

	if (ip_canonical(text, canonical) == 0)
		return false;
	if (inet_pton(AF_INET, canonical, &four) == 1)
		set_four(ret, &four);
	else if (inet_pton(AF_INET6, canonical, &six) == 1)
		set_six(ret, &six);
	else
		return false;
	return true;
}

struct http_address
http_address_of(const struct sockaddr *sa, size_t len)
{
	struct http_address a = { .is_known = false };
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	if (len >= sizeof(four) && sa->sa_family == AF_INET) {
		memcpy(&four, sa, sizeof(four));
		set_four(&a, &four.sin_addr);
	} else if (len >= sizeof(six) && sa->sa_family == AF_INET6) {
		memcpy(&six, sa, sizeof(six));
		set_six(&a, &six.sin6_addr);
	}
	return a;
}

void
http_address_text(const struct http_address *a, uint16_t port,
    char ret[HTTP_ADDRESS_TEXT_SIZE])
{
	char ip[INET6_ADDRSTRLEN];
	bool four = is_four(a);
	const char *before = four || port == 0 ? "" : "[";
	const char *behind = four || port == 0 ? "" : "]";

	if (!a->is_known) {
		(void)snprintf(ret, HTTP_ADDRESS_TEXT_SIZE, "unix");
		return;
	}
	(void)inet_ntop(four ? AF_INET : AF_INET6,
	    a->bytes + (four ? sizeof(mapped) : 0), ip, sizeof(ip));
	if (port == 0)
		(void)snprintf(ret, HTTP_ADDRESS_TEXT_SIZE, "%s", ip);
	else
		(void)snprintf(ret, HTTP_ADDRESS_TEXT_SIZE, "%s%s%s:%u", before,
		    ip, behind, port);
}

struct http_address
http_address_block(const struct http_address *a)
{
	struct http_address block = *a;

	if (!is_four(a))
		memset(block.bytes + 8, 0, 8);
	return block;
}

bool
http_address_eq(const struct http_address *a, const struct http_address *b)
{
	return a->is_known == b->is_known &&
	    memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* -- networks -- */

static bool
prefix_matches(const uint8_t *address, const uint8_t *network, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(address, network, whole) != 0)
		return false;
	return rest == 0 ||
	    (address[whole] ^ network[whole]) >> (8 - rest) == 0;
}

static bool
has_bits_behind(const uint8_t *bytes, unsigned bits)
{
	for (; bits < 128; bits++)
		if ((bytes[bits / 8] >> (7 - bits % 8) & 1) != 0)
			return true;
	return false;
}

enum err
http_networks_add(struct http_networks *nets, struct span text, struct why *why)
{
	bool has_prefix = span_has(text, '/');
	struct span prefix = text, ip = span_until(&prefix, '/');
	struct http_address a;
	int64_t bits;

	if (span_eq(text, SPAN_LIT("unix"))) {
		nets->unix_sockets = true;
		return E_OK;
	}
	if (nets->n == HTTP_NETWORKS_MAX)
		return why_set(why, E_RANGE, "more than %d networks",
		    HTTP_NETWORKS_MAX);
	if (!http_address_parse(ip, &a))
		return why_set(why, E_SYNTAX, "%.*s is not an address",
		    SPAN_ARG(ip));
	bits = is_four(&a) ? 32 : 128;
	if (has_prefix && num_parse(prefix, 0, bits, &bits) != E_OK)
		return why_set(why, E_SYNTAX, "%.*s: no such prefix length",
		    SPAN_ARG(text));
	bits += is_four(&a) ? MAPPED_BITS : 0;
	if (has_bits_behind(a.bytes, (unsigned)bits))
		return why_set(why, E_SYNTAX, "%.*s has bits behind its prefix",
		    SPAN_ARG(text));
	memcpy(nets->v[nets->n].bytes, a.bytes, sizeof(a.bytes));
	nets->v[nets->n++].bits = (unsigned)bits;
	return E_OK;
}

bool
http_networks_have(const struct http_networks *nets,
    const struct http_address *a)
{
	if (!a->is_known)
		return nets->unix_sockets;
	for (size_t i = 0; i < nets->n; i++)
		if (prefix_matches(a->bytes, nets->v[i].bytes, nets->v[i].bits))
			return true;
	return false;
}
