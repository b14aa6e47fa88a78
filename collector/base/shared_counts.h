/* base/shared_counts.h -- numbers of 64 bits in memory that processes share, so
 * that one can tell what the others count, and none starts anew because it was
 * killed. Thread-safe, without locks. */
#ifndef BASE_SHARED_COUNTS_H
#define BASE_SHARED_COUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SHARED_COUNTS 4096

/* The memory, all zero, as a descriptor to hand over, whose size nobody can
 * change; mapped here as well. */
MUST_CHECK enum err shared_counts_make(int *ret_fd, struct why *why);
/* Map what was handed over; the descriptor stays the caller's. Before any
 * thread counts. Without it a process counts for itself. */
MUST_CHECK enum err shared_counts_map(int fd, struct why *why);

/* i: below SHARED_COUNTS. */
void shared_counts_add(size_t i, uint64_t n);
void shared_counts_set(size_t i, uint64_t n);
uint64_t shared_counts_get(size_t i);

#endif
