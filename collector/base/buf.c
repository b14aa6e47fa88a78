#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BUF_FIRST 256

void
buf_free(struct buf *b)
{
	if (b == NULL)
		return;
	free(b->p);
	*b = BUF_INIT(b->max);
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->err = E_OK;
	if (b->p != NULL)
		b->p[0] = '\0';
}

/* Make room for n more bytes and the NUL. */
static bool
reserve(struct buf *b, size_t n)
{
	size_t cap = b->cap == 0 ? BUF_FIRST : b->cap;
	char *p;

	if (b->err != E_OK)
		return false;
	if (n > b->max - b->len) {
		b->err = E_RANGE;
		return false;
	}
	if (b->len + n < b->cap)
		return true;
	while (cap <= b->len + n)
		cap *= 2;
	if ((p = realloc(b->p, cap)) == NULL) {
		b->err = E_NOMEM;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

char *
buf_extend(struct buf *b, size_t n)
{
	char *at;

	if (!reserve(b, n))
		return NULL;
	at = b->p + b->len;
	b->len += n;
	b->p[b->len] = '\0';
	return at;
}

void
buf_add(struct buf *b, struct span s)
{
	char *at;

	if (s.len > 0 && (at = buf_extend(b, s.len)) != NULL)
		memcpy(at, s.p, s.len);
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, span_str(s));
}

void
buf_addc(struct buf *b, char c)
{
	char *at = buf_extend(b, 1);

	if (at != NULL)
		*at = c;
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *at;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || (at = buf_extend(b, (size_t)n)) == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(at, (size_t)n + 1, fmt, ap);
	va_end(ap);
}

static void
add_little_endian(struct buf *b, uint64_t v, size_t bytes)
{
	char *at = buf_extend(b, bytes);

	for (size_t i = 0; at != NULL && i < bytes; i++)
		at[i] = (char)(unsigned char)(v >> (8 * i));
}

void
buf_add_u32(struct buf *b, uint32_t v)
{
	add_little_endian(b, v, sizeof(v));
}

void
buf_add_u64(struct buf *b, uint64_t v)
{
	add_little_endian(b, v, sizeof(v));
}
