/* base/buf.h -- growable bytes with a ceiling and a sticky error. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* The first failure stays in err and turns what follows into nothing, so that
 * one check at the end is enough. p is NUL-terminated whenever it is set. */
struct buf {
	char *p;
	size_t len;
	size_t cap;
	size_t max;   /* bytes: one more gives E_RANGE */
	enum err err; /* E_OK, E_NOMEM or E_RANGE */
};

/* An empty buffer that holds at most max_bytes. Allocates nothing yet. */
#define BUF_INIT(max_bytes) ((struct buf){ .max = (max_bytes) })

void buf_free(struct buf *);  /* NULL is fine; the buffer is empty after */
void buf_clear(struct buf *); /* empties, forgets the error, keeps memory */

void buf_add(struct buf *, struct span);
void buf_adds(struct buf *, const char *);
void buf_addc(struct buf *, char);
void buf_addf(struct buf *, const char *fmt, ...) PRINTF(2, 3);
/* Room for n more bytes at the end, counted as written; NULL on failure. */
char *buf_extend(struct buf *, size_t n);

/* 32- and 64-bit little-endian, for keys and files. */
void buf_add_u32(struct buf *, uint32_t);
void buf_add_u64(struct buf *, uint64_t);

static inline struct span
buf_span(const struct buf *b)
{
	return (struct span){ b->p == NULL ? "" : b->p, b->len };
}

/* The text, "" while empty. Valid until the next change. */
static inline const char *
buf_str(const struct buf *b)
{
	return b->p == NULL ? "" : b->p;
}

#endif
