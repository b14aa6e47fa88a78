#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#define BLOCK_MIN (16 * 1024)
#define BLOCK_MAX (4 * 1024 * 1024)

struct arena_block {
	struct arena_block *next;
	size_t cap;
	size_t used;
	alignas(max_align_t) char bytes[];
};

static void
free_blocks(struct arena_block *b)
{
	struct arena_block *next;

	for (; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
}

void
arena_free(struct arena *a)
{
	free_blocks(a->blocks);
	a->blocks = NULL;
	a->used = 0;
}

void
arena_reset(struct arena *a)
{
	struct arena_block *keep = a->blocks, **link;

	for (struct arena_block *b = a->blocks; b != NULL; b = b->next)
		if (b->cap > keep->cap)
			keep = b;
	for (link = &a->blocks; *link != NULL && *link != keep;)
		link = &(*link)->next;
	if (keep != NULL) {
		*link = keep->next;
		keep->next = NULL;
		keep->used = 0;
	}
	free_blocks(a->blocks);
	a->blocks = keep;
	a->used = 0;
}

static struct arena_block *
add_block(struct arena *a, size_t n)
{
	size_t cap = a->blocks == NULL ? BLOCK_MIN : a->blocks->cap * 2;
	struct arena_block *b;

	if (cap > BLOCK_MAX)
		cap = BLOCK_MAX;
	if (cap < n)
		cap = n;
	if ((b = malloc(sizeof(*b) + cap)) == NULL)
		return NULL;
	b->next = a->blocks;
	b->cap = cap;
	b->used = 0;
	a->blocks = b;
	return b;
}

static void *
take(struct arena *a, size_t n, size_t align)
{
	struct arena_block *b = a->blocks;
	size_t pad = b == NULL ? 0 : (align - b->used % align) % align;
	void *p;

	if (n > a->max || n + pad > a->max - a->used)
		return NULL;
	if (b == NULL || n + pad > b->cap - b->used) {
		b = add_block(a, n);
		pad = 0;
	}
	if (b == NULL)
		return NULL;
	p = b->bytes + b->used + pad;
	b->used += n + pad;
	a->used += n + pad;
	return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	return take(a, n, alignof(max_align_t));
}

char *
arena_bytes(struct arena *a, size_t n)
{
	return take(a, n, 1);
}

void *
arena_zalloc(struct arena *a, size_t n)
{
	void *p = arena_alloc(a, n);

	if (p != NULL)
		memset(p, 0, n);
	return p;
}

struct span
arena_copy(struct arena *a, struct span s)
{
	char *p;

	if (s.p == NULL || (p = arena_bytes(a, s.len + 1)) == NULL)
		return SPAN_NONE;
	memcpy(p, s.p, s.len);
	p[s.len] = '\0';
	return (struct span){ p, s.len };
}

void *
arena_grow(struct arena *a, const void *old, size_t n, size_t cap, size_t size)
{
	void *p;

	if (cap > a->max / size || (p = arena_alloc(a, cap * size)) == NULL)
		return NULL;
	if (n > 0)
		memcpy(p, old, n * size);
	return p;
}
