/* base/arena.h -- memory that is given back all at once, under a ceiling. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/span.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used;		    /* bytes handed out */
	size_t max;		    /* bytes: past it arena_alloc gives NULL */
};

#define ARENA_INIT(max_bytes) ((struct arena){ .max = (max_bytes) })

void arena_free(struct arena *);  /* gives everything back; usable again */
void arena_reset(struct arena *); /* the same, but keeps the largest block */

/* Aligned for any type, not zeroed. NULL: out of memory or past the ceiling. */
void *arena_alloc(struct arena *, size_t n);
void *arena_zalloc(struct arena *, size_t n);

/* Room for text, aligned for nothing else. */
char *arena_bytes(struct arena *, size_t n);

/* A copy with a NUL behind it that is not counted. p is NULL on failure, and
 * for SPAN_NONE, which needs no copy. */
struct span arena_copy(struct arena *, struct span);

/* A copy of an array of n elements of size bytes with room for cap, for lists
 * that grow while their length is not known. NULL on failure. */
void *arena_grow(struct arena *, const void *old, size_t n, size_t cap,
    size_t size);

#endif
