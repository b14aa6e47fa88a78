/* base/siphash.h -- SipHash-1-3, the keyed hash of hash tables: whoever
 * chooses the keys cannot make them collide. */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t k0, k1;
};

/* c and d are the rounds a block and at the end: 1 and 3 for tables, 2 and 4
 * for comparison with other implementations. */
uint64_t siphash(const struct siphash_key *, const void *data, size_t len,
    unsigned c, unsigned d);

/* The same with a result of twice the length. */
void siphash_128(const struct siphash_key *, const void *data, size_t len,
    unsigned c, unsigned d, uint64_t ret[2]);

/* SipHash-1-3 under a key drawn once a process from the system's entropy. */
uint64_t siphash_table(const void *data, size_t len);
void siphash_table_128(const void *data, size_t len, uint64_t ret[2]);

#endif
