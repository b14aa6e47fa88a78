/* api/guard.h -- whether a request is meant for us, and comes from our page.
 * Pure. */
#ifndef API_GUARD_H
#define API_GUARD_H

#include <stdbool.h>

#include "base/span.h"

/* A Host field that names an IP address, localhost or public_url's host. Any
 * other name is one that somebody else's DNS had lead here, so that his page
 * could ask us in its visitor's name. */
bool api_host_is_ours(struct span host, const char *public_url);

/* Whether a request that changes something may come from there. Without the
 * fields it comes from no browser of today.
 *   origin  of the Origin field
 *   site    of Sec-Fetch-Site */
bool api_origin_is_ours(struct span origin, struct span site, struct span host,
    const char *public_url);

#endif
