#include "aggregate/repeat.h"

#include "base/num.h"
#include "base/siphash.h"

struct repeat {
	size_t n;
	uint64_t *counts[];
};

struct id
repeat_key_of(int64_t day, struct span datagram)
{
	struct id key;

	siphash_table_128(datagram.p, datagram.len, key.v);
	key.v[1] += (uint64_t)day;
	return key;
}

bool
repeat_count(const struct id_table *known, const struct id *key)
{
	const struct repeat *r = id_table_find(known, key);

	if (r == NULL)
		return false;
	for (size_t i = 0; i < r->n; i++)
		*r->counts[i] = count_add(*r->counts[i], 1);
	return true;
}

void
repeat_keep(struct id_table *known, const struct id *key,
    uint64_t *const *counts, size_t n, struct arena *arena)
{
	size_t size = n * sizeof(counts[0]);
	struct repeat *r = arena_alloc(arena, sizeof(*r) + size);

	if (r == NULL)
		return;
	r->n = n;
	memcpy(r->counts, counts, size);
	(void)id_table_add(known, key, r);
}
