#include "base/id_table.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 1024

/* The slot of the id, or the free one where it would go. */
static struct id_slot *
find_slot(struct id_slot *slots, size_t nslots, const struct id *id)
{
	size_t i = id->v[0] & (nslots - 1);

	while (slots[i].p != NULL &&
	    (slots[i].id.v[0] != id->v[0] || slots[i].id.v[1] != id->v[1]))
		i = (i + 1) & (nslots - 1);
	return &slots[i];
}

static bool
grow(struct id_table *t)
{
	size_t n = t->nslots == 0 ? SLOTS_FIRST : t->nslots * 2;
	struct id_slot *slots = calloc(n, sizeof(*slots));

	if (slots == NULL)
		return false;
	for (size_t i = 0; i < t->nslots; i++)
		if (t->slots[i].p != NULL)
			*find_slot(slots, n, &t->slots[i].id) = t->slots[i];
	free(t->slots);
	t->slots = slots;
	t->nslots = n;
	return true;
}

void *
id_table_find(const struct id_table *t, const struct id *id)
{
	return t->nslots == 0 ? NULL : find_slot(t->slots, t->nslots, id)->p;
}

bool
id_table_add(struct id_table *t, const struct id *id, void *p)
{
	/* At three quarters searches are still short. */
	if (t->used >= t->nslots / 4 * 3 && !grow(t))
		return false;
	*find_slot(t->slots, t->nslots, id) = (struct id_slot){ *id, p };
	t->used++;
	return true;
}

/* Slots that the last use needed are kept for the next. */
void
id_table_clear(struct id_table *t)
{
	if (t->used <= t->nslots / 8)
		id_table_free(t);
	else
		memset(t->slots, 0, t->nslots * sizeof(*t->slots));
	t->used = 0;
}

void
id_table_free(struct id_table *t)
{
	free(t->slots);
	*t = (struct id_table){ .slots = NULL };
}

size_t
id_table_bytes(const struct id_table *t)
{
	return t->nslots * sizeof(*t->slots);
}
