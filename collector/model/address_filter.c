#include "model/address_filter.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/num.h"

struct row {
	uint8_t bytes[16];
	unsigned bits;
	const char *why;
};

/* The special-purpose registries of IANA (RFC 6890). First match decides. */
static const struct row four[] = {
	{ { 0 }, 32, "unspecified" },
	{ { 0 }, 8, "this network" },
	{ { 10 }, 8, "private" },
	{ { 100, 64 }, 10, "shared by a provider's customers" },
	{ { 127 }, 8, "loopback" },
	{ { 169, 254 }, 16, "link-local" },
	{ { 172, 16 }, 12, "private" },
	{ { 192, 0, 0 }, 24, "protocol assignments" },
	{ { 192, 0, 2 }, 24, "documentation" },
	{ { 192, 88, 99 }, 24, "6to4 relay" },
	{ { 192, 168 }, 16, "private" },
	{ { 198, 18 }, 15, "benchmarking" },
	{ { 198, 51, 100 }, 24, "documentation" },
	{ { 203, 0, 113 }, 24, "documentation" },
	{ { 224 }, 4, "multicast" },
	{ { 255, 255, 255, 255 }, 32, "broadcast" },
	{ { 240 }, 4, "reserved" },
};

/* Without a reason: the IPv4 address in the last four bytes decides. */
static const struct row six[] = {
	{ { 0 }, 128, "unspecified" },
	{ { [15] = 1 }, 128, "loopback" },
	{ { 0 }, 96, NULL },			    /* ::192.0.2.1 */
	{ { [10] = 0xff, [11] = 0xff }, 96, NULL }, /* ::ffff:192.0.2.1 */
	{ { 0x00, 0x64, 0xff, 0x9b }, 96, NULL },   /* NAT64 */
	{ { 0x00, 0x64, 0xff, 0x9b, 0, 1 }, 48, "local NAT64" },
	{ { 0x01 }, 64, "discard-only" },
	{ { 0x20, 0x01, 0, 0 }, 32, "Teredo" },
	{ { 0x20, 0x01 }, 23, "protocol assignments" },
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, "documentation" },
	{ { 0x20, 0x02 }, 16, "6to4" },
	{ { 0x3f, 0xff }, 20, "documentation" },
	{ { 0xfc }, 7, "unique local" },
	{ { 0xfe, 0x80 }, 10, "link-local" },
	{ { 0xfe, 0xc0 }, 10, "site-local" },
	{ { 0xff }, 8, "multicast" },
	/* Global unicast is 2000::/3 alone. */
	{ { 0x00 }, 3, "reserved" },
	{ { 0x40 }, 2, "reserved" },
	{ { 0x80 }, 1, "reserved" },
};

static bool
prefix_matches(const uint8_t *address, const uint8_t *network, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(address, network, whole) != 0)
		return false;
	return rest == 0 ||
	    (address[whole] ^ network[whole]) >> (8 - rest) == 0;
}

static const struct row *
find_row(const struct row *rows, size_t n, const uint8_t *address)
{
	for (size_t i = 0; i < n; i++)
		if (prefix_matches(address, rows[i].bytes, rows[i].bits))
			return &rows[i];
	return NULL;
}

static bool
is_listed(const struct address_filter *f, const uint8_t *address, size_t size)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->allowed[i].size == size &&
		    prefix_matches(address, f->allowed[i].bytes,
			f->allowed[i].bits))
			return true;
	return false;
}

static bool
allows_four(const struct address_filter *f, const uint8_t *address,
    const char **ret_why)
{
	const struct row *row;

	row = find_row(four, sizeof(four) / sizeof(four[0]), address);
	if (row == NULL || is_listed(f, address, 4))
		return true;
	*ret_why = row->why;
	return false;
}

static bool
allows_six(const struct address_filter *f, const uint8_t *address,
    const char **ret_why)
{
	const struct row *row;

	row = find_row(six, sizeof(six) / sizeof(six[0]), address);
	if (row == NULL || is_listed(f, address, 16))
		return true;
	if (row->why == NULL)
		return allows_four(f, address + 12, ret_why);
	*ret_why = row->why;
	return false;
}

bool
address_filter_allows(const struct address_filter *f, const struct sockaddr *sa,
    size_t len, const char **ret_why)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	if (len >= sizeof(in) && sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof(in));
		return allows_four(f, (const uint8_t *)&in.sin_addr, ret_why);
	}
	if (len >= sizeof(in6) && sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof(in6));
		return allows_six(f, in6.sin6_addr.s6_addr, ret_why);
	}
	*ret_why = "not an IP address";
	return false;
}

/* -- the networks of the configuration -- */

static bool
parse_address(struct span text, struct address_network *ret)
{
	char terminated[INET6_ADDRSTRLEN];

	if (text.len >= sizeof(terminated) || span_has(text, '\0'))
		return false;
	memcpy(terminated, text.p == NULL ? "" : text.p, text.len);
	terminated[text.len] = '\0';
	if (inet_pton(AF_INET, terminated, ret->bytes) == 1)
		ret->size = 4;
	else if (inet_pton(AF_INET6, terminated, ret->bytes) == 1)
		ret->size = 16;
	else
		return false;
	return true;
}

static bool
has_host_bits(const struct address_network *n)
{
	for (unsigned bit = n->bits; bit < n->size * 8; bit++)
		if ((n->bytes[bit / 8] >> (7 - bit % 8) & 1) != 0)
			return true;
	return false;
}

static enum err
parse_network(struct span text, struct address_network *ret, struct why *why)
{
	struct address_network n = { .size = 0 };
	struct span bits = text, address = span_until(&bits, '/');
	int64_t value;

	if (!parse_address(address, &n))
		return why_set(why, E_SYNTAX,
		    "\"%.*s\" is no IP address or network", SPAN_ARG(text));
	value = (int64_t)n.size * 8;
	if (span_has(text, '/') && num_parse(bits, 0, value, &value) != E_OK)
		return why_set(why, E_SYNTAX,
		    "\"%.*s\": behind the \"/\" goes a number up to %zu",
		    SPAN_ARG(text), n.size * 8);
	n.bits = (unsigned)value;
	if (has_host_bits(&n))
		return why_set(why, E_SYNTAX,
		    "\"%.*s\" has bits set behind its prefix", SPAN_ARG(text));
	*ret = n;
	return E_OK;
}

enum err
address_filter_add(struct address_filter *f, struct span network,
    struct why *why)
{
	struct address_network n;
	enum err e;

	if ((e = parse_network(network, &n, why)) != E_OK)
		return e;
	if (f->n == ADDRESS_NETWORKS_MAX)
		return why_set(why, E_RANGE,
		    "\"%.*s\" is one network more than the %d there may be",
		    SPAN_ARG(network), ADDRESS_NETWORKS_MAX);
	f->allowed[f->n++] = n;
	return E_OK;
}
