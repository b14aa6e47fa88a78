/* model/address_filter.h -- which addresses we connect to when a stranger's DNS
 * names the destination: public ones, and what the configuration allows. Pure.
 */
#ifndef MODEL_ADDRESS_FILTER_H
#define MODEL_ADDRESS_FILTER_H

#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/span.h"

#define ADDRESS_NETWORKS_MAX 64

struct address_network {
	uint8_t bytes[16]; /* network order; the first 4 for IPv4 */
	size_t size;	   /* of the address: 4 or 16 */
	unsigned bits;	   /* of the prefix */
};

/* The networks allowed beyond the public ones. All zero: none. */
struct address_filter {
	struct address_network allowed[ADDRESS_NETWORKS_MAX];
	size_t n;
};

/* Allow one network, "10.0.0.0/8" or "fd00::/8", or one address. E_SYNTAX: it
 * is neither, or has bits behind its prefix; E_RANGE: too many. The reason
 * names it. */
MUST_CHECK enum err address_filter_add(struct address_filter *,
    struct span network, struct why *why);

/* Whether to connect to an address of len bytes. If not, *ret_why is a constant
 * such as "loopback". Addresses that carry an IPv4 address are allowed or
 * refused as that one is. */
bool address_filter_allows(const struct address_filter *,
    const struct sockaddr *, size_t len, const char **ret_why);

#endif
