/* deliver/retry.h -- when a delivery is tried, and tried again: s4.1, s5.5.
 * Pure. */
#ifndef DELIVER_RETRY_H
#define DELIVER_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* A number for retry_first_s: for as long as the process lives the same for all
 * reports to host (as in struct destination) of the UTC day, so that a host is
 * visited once; nobody else can know it. */
uint64_t retry_random(struct span host, int64_t day);

/* s4.1: the first attempt, a delay of min_s to max_s seconds, both possible and
 * all alike, behind from_s. Who wants one visit gives the same from_s for all
 * reports of it. 0 <= min_s <= max_s. Stays at INT64_MAX where it would be
 * later. */
int64_t retry_first_s(int64_t from_s, int64_t min_s, int64_t max_s,
    uint64_t random);

/* The attempt after one that failed: in 5 minutes, twice that after each
 * further one up to 4 hours, and up to a fifth less or more (s5.5).
 *   first_s        when the first attempt was
 *   attempts       how many there were, with the one that failed
 *   now_s          when that one failed
 *   retry_after_s  from now what the host asked for, negative: nothing; waited
 *                  for if it is longer, but not past the end of the 24 hours
 *   random         any number: the jitter
 * False: it would be more than 24 hours after the first; *ret_at_s is left
 * alone. A clock that went back is seen by less time having passed than was
 * waited for: then each wait counts as its longest, so that the clock buys no
 * further attempts. */
bool retry_next_s(int64_t first_s, unsigned attempts, int64_t now_s,
    int64_t retry_after_s, uint64_t random, int64_t *ret_at_s);

#endif
