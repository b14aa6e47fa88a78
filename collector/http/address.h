/* http/address.h -- IP addresses of clients and networks of them. Pure. */
#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/span.h"

#define HTTP_NETWORKS_MAX 64
#define HTTP_ADDRESS_TEXT_SIZE 56 /* "[IPv6]:65535" */

/* IPv4 as ::ffff:192.0.2.1. */
struct http_address {
	uint8_t bytes[16];
	bool is_known; /* not that of a Unix socket */
};

struct http_networks {
	struct {
		uint8_t bytes[16];
		unsigned bits; /* of the prefix, of 128 */
	} v[HTTP_NETWORKS_MAX];
	size_t n;
	bool unix_sockets; /* whoever comes by one belongs to it */
};

/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]"; no port. False: it is none. */
bool http_address_parse(struct span text, struct http_address *ret);
struct http_address http_address_of(const struct sockaddr *, size_t len);

/* "192.0.2.1:443", without the port if that is 0; "unix". */
void http_address_text(const struct http_address *, uint16_t port,
    char ret[HTTP_ADDRESS_TEXT_SIZE]);

/* What one subscriber has: an IPv4 address, the /64 of an IPv6 address. */
struct http_address http_address_block(const struct http_address *);
bool http_address_eq(const struct http_address *, const struct http_address *);

/* "10.0.0.0/8", "fd00::/8", "192.0.2.1", or "unix". E_SYNTAX, E_RANGE: too
 * many. */
MUST_CHECK enum err http_networks_add(struct http_networks *, struct span,
    struct why *why);
bool http_networks_have(const struct http_networks *,
    const struct http_address *);

#endif
