/* aggregate/ceiling.h -- how many distinct things there have been today, so
 * that a flood of ever new names meets a ceiling, in memory and in the store.
 *
 * It remembers 64-bit keyed hashes only: 16 bytes a thing, and after a restart
 * it starts at none. */
#ifndef AGGREGATE_CEILING_H
#define AGGREGATE_CEILING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct ceiling;

/* entries_max: things in all; past it nothing new is admitted. */
MUST_CHECK enum err ceiling_new(uint64_t entries_max, struct ceiling **ret);
void ceiling_free(struct ceiling *); /* NULL is fine */
void ceiling_clear(struct ceiling *);

/* May child stand below parent, of which there may be max children? Yes for all
 * that were admitted before. Hashes are siphash_table's. */
bool ceiling_admit(struct ceiling *, uint64_t parent, uint64_t child,
    uint32_t max);

#endif
