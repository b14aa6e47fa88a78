/* aggregate/repeat.h -- datagrams that a table has counted, so that the same
 * bytes again need no decoding: most sessions of a domain are told in the same
 * words. Private to aggregate/, but for the key.
 *
 * A datagram is known by a hash under a key of this process; which counters its
 * first coming raised is kept, and each repeat raises them again (ADR 7). */
#ifndef AGGREGATE_REPEAT_H
#define AGGREGATE_REPEAT_H

#include "base/arena.h"
#include "base/id_table.h"

/* Of a datagram on a UTC day. */
struct id repeat_key_of(int64_t day, struct span datagram);

/* Counters that one session raises; with more it is not worth keeping. */
#define REPEAT_COUNTS_MAX 8

/* Count it once more. False: it is not known. */
bool repeat_count(const struct id_table *known, const struct id *key);

/* Keep it; without memory it is left out. */
void repeat_keep(struct id_table *known, const struct id *key,
    uint64_t *const *counts, size_t n, struct arena *);

#endif
