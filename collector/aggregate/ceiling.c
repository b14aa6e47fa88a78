#include "aggregate/ceiling.h"

#include <stdlib.h>

#include "base/huge.h"

#define SLOTS_FIRST 1024

struct slot {
	uint64_t hash; /* 0: free */
	uint32_t children;
	uint32_t unused;
};

/* Open addressing: the hashes are random already. */
struct ceiling {
	struct slot *slots;
	uint64_t nslots; /* a power of two */
	uint64_t used, max;
};

enum err
ceiling_new(uint64_t entries_max, struct ceiling **ret)
{
	struct ceiling *c = calloc(1, sizeof(*c));

	if (c == NULL ||
	    (c->slots = calloc(SLOTS_FIRST, sizeof(*c->slots))) == NULL) {
		free(c);
		return E_NOMEM;
	}
	c->nslots = SLOTS_FIRST;
	c->max = entries_max;
	*ret = c;
	return E_OK;
}

void
ceiling_free(struct ceiling *c)
{
	if (c == NULL)
		return;
	free(c->slots);
	free(c);
}

void
ceiling_clear(struct ceiling *c)
{
	struct slot *fresh = calloc(SLOTS_FIRST, sizeof(*fresh));

	if (fresh == NULL) { /* then keep the large table, emptied */
		for (uint64_t i = 0; i < c->nslots; i++)
			c->slots[i] = (struct slot){ .hash = 0 };
	} else {
		free(c->slots);
		c->slots = fresh;
		c->nslots = SLOTS_FIRST;
	}
	c->used = 0;
}

/* The slot of hash, or the free one where it would go. */
static struct slot *
find(struct slot *slots, uint64_t nslots, uint64_t hash)
{
	uint64_t i = hash & (nslots - 1);

	while (slots[i].hash != 0 && slots[i].hash != hash)
		i = (i + 1) & (nslots - 1);
	return &slots[i];
}

static bool
grow(struct ceiling *c)
{
	uint64_t n = c->nslots * 2;
	struct slot *slots = huge_zalloc(n * sizeof(*slots));

	if (slots == NULL)
		return false;
	for (uint64_t i = 0; i < c->nslots; i++)
		if (c->slots[i].hash != 0)
			*find(slots, n, c->slots[i].hash) = c->slots[i];
	free(c->slots);
	c->slots = slots;
	c->nslots = n;
	return true;
}

/* NULL: neither there nor room for it. */
static struct slot *
find_or_add(struct ceiling *c, uint64_t hash, bool *ret_added)
{
	struct slot *s = find(c->slots, c->nslots, hash);

	*ret_added = false;
	if (s->hash != 0)
		return s;
	if (c->used == c->max)
		return NULL;
	if (c->used >= c->nslots / 4 * 3) {
		if (!grow(c))
			return NULL;
		s = find(c->slots, c->nslots, hash);
	}
	s->hash = hash;
	c->used++;
	*ret_added = true;
	return s;
}

bool
ceiling_admit(struct ceiling *c, uint64_t parent, uint64_t child, uint32_t max)
{
	struct slot *p, *s;
	bool added;

	/* 0 means free; which hash stands for it makes no difference. */
	parent += parent == 0;
	child += child == 0;
	if (find(c->slots, c->nslots, child)->hash != 0)
		return true;
	if ((p = find_or_add(c, parent, &added)) == NULL || p->children >= max)
		return false;
	if ((s = find_or_add(c, child, &added)) == NULL)
		return false;
	/* Growing has moved the parent. */
	find(c->slots, c->nslots, parent)->children++;
	return true;
}
