#include "http/body.h"

#include <stdlib.h>

#define BODY_FIRST 4096

static bool
charge(struct http_budget *budget, size_t n)
{
	size_t used = atomic_load(&budget->used);

	do {
		if (n > budget->max || used > budget->max - n)
			return false;
	} while (!atomic_compare_exchange_weak(&budget->used, &used, used + n));
	return true;
}

bool
http_budget_has_room(struct http_budget *budget, size_t n)
{
	size_t used = atomic_load(&budget->used);

	return n <= budget->max && used <= budget->max - n;
}

static enum err
grow(struct http_body *b, size_t need)
{
	size_t cap = b->cap == 0 ? BODY_FIRST : b->cap;
	char *p;

	while (cap < need)
		cap *= 2;
	if (cap > b->max)
		cap = b->max;
	if (!charge(b->budget, cap - b->cap))
		return E_FULL;
	if ((p = realloc(b->p, cap)) == NULL) {
		atomic_fetch_sub(&b->budget->used, cap - b->cap);
		return E_NOMEM;
	}
	b->p = p;
	b->cap = cap;
	return E_OK;
}

enum err
http_body_add(struct http_body *b, struct span s)
{
	enum err e;

	if (s.len > b->max - b->len)
		return E_RANGE;
	if (s.len > b->cap - b->len && (e = grow(b, b->len + s.len)) != E_OK)
		return e;
	if (s.len > 0)
		memcpy(b->p + b->len, s.p, s.len);
	b->len += s.len;
	return E_OK;
}

void
http_body_free(struct http_body *b)
{
	if (b->budget != NULL)
		atomic_fetch_sub(&b->budget->used, b->cap);
	free(b->p);
	b->p = NULL;
	b->len = b->cap = 0;
}
