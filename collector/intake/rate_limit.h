/* intake/rate_limit.h -- so many an hour from one address, with a burst. Takes
 * as much memory for all addresses of the world as for one. */
#ifndef INTAKE_RATE_LIMIT_H
#define INTAKE_RATE_LIMIT_H

#include <stdint.h>

#include "base/err.h"
#include "http/address.h"

struct rate_limit;

/* hourly, burst  of one IPv4 address, one IPv6 /64; at least 1
 * places         addresses that are remembered; past it those that have used
 *                least are forgotten
 * E_NOMEM. */
MUST_CHECK enum err rate_limit_open(uint64_t hourly, uint64_t burst,
    size_t places, struct rate_limit **ret);
void rate_limit_close(struct rate_limit *); /* NULL is fine */

/* 0: it may, and that is counted. Else the nanoseconds until it may, not
 * counted. Thread-safe. */
int64_t rate_limit_take(struct rate_limit *, const struct http_address *,
    int64_t mono_ns);
/* The same for whoever has a name. */
int64_t rate_limit_take_name(struct rate_limit *, struct span name,
    int64_t mono_ns);

#endif
