/* aggregate/repeat.h -- datagrams that a table has counted, so that the same
 * bytes again need no decoding: most sessions of a domain are told in the same
 * words. Private to aggregate/, but for the key.
 *
 * A datagram is known by a 128-bit hash under a key of this process; which
 * counters its first coming raised is kept, and each repeat raises them again
 * (ADR 7). */
#ifndef AGGREGATE_REPEAT_H
#define AGGREGATE_REPEAT_H

#include "base/arena.h"
#include "base/map.h"

struct repeat_key {
	uint64_t hash[2];
	int64_t day;
};

/* Counters that one session raises; with more it is not worth keeping. */
#define REPEAT_COUNTS_MAX 8

struct repeat {
	UT_hash_handle hh;
	struct repeat_key key;
	size_t n;
	uint64_t *counts[];
};

struct repeat_key repeat_key_of(int64_t day, struct span datagram);

/* Count it once more. False: it is not known. */
bool repeat_count(struct repeat *known, const struct repeat_key *);

/* Keep it; without memory it is left out. */
void repeat_keep(struct repeat **known, const struct repeat_key *,
    uint64_t *const *counts, size_t n, struct arena *);

#endif
