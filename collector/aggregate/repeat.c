#include "aggregate/repeat.h"

#include <string.h>

#include "base/num.h"

struct repeat_key
repeat_key_of(int64_t day, struct span datagram)
{
	struct repeat_key key = { .day = day };

	siphash_table_128(datagram.p, datagram.len, key.hash);
	return key;
}

/* The hash is random already. */
static unsigned
slot_of(const struct repeat_key *key)
{
	return (unsigned)key->hash[0];
}

static struct repeat *
find(struct repeat *known, const struct repeat_key *key)
{
	struct repeat *r;

	HASH_FIND_BYHASHVALUE(hh, known, key, sizeof(*key), slot_of(key), r);
	return r;
}

bool
repeat_count(struct repeat *known, const struct repeat_key *key)
{
	struct repeat *r = find(known, key);

	if (r == NULL)
		return false;
	for (size_t i = 0; i < r->n; i++)
		*r->counts[i] = count_add(*r->counts[i], 1);
	return true;
}

void
repeat_keep(struct repeat **known, const struct repeat_key *key,
    uint64_t *const *counts, size_t n, struct arena *arena)
{
	size_t size = n * sizeof(counts[0]);
	struct repeat *r = arena_alloc(arena, sizeof(*r) + size), *head;

	if (r == NULL)
		return;
	r->key = *key;
	r->n = n;
	memcpy(r->counts, counts, size);
	head = *known;
	HASH_ADD_BYHASHVALUE(hh, head, key, sizeof(r->key), slot_of(key), r);
	*known = head;
}
