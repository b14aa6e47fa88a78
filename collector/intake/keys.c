#include "intake/keys.h"

void
keys_free(struct keys *k)
{
	arena_free(&k->arena);
	*k = KEYS_INIT;
}

const struct key *
keys_find(const struct keys *k, struct span name)
{
	for (size_t i = 0; i < k->n; i++)
		if (span_eq(k->v[i].name, name))
			return &k->v[i];
	return NULL;
}

static enum err
make_room(struct keys *k)
{
	size_t room = k->room == 0 ? 8 : 2 * k->room;
	struct key *v;

	if (k->n < k->room)
		return E_OK;
	v = arena_grow(&k->arena, k->v, k->n, room, sizeof(*v));
	if (v == NULL)
		return E_NOMEM;
	k->v = v;
	k->room = room;
	return E_OK;
}

enum err
keys_add(struct keys *k, struct span name)
{
	struct key key = { .outcome = TXT_FAILED, .txts = { NULL, 0 } };

	if (keys_find(k, name) != NULL)
		return E_OK;
	key.name = arena_copy(&k->arena, name);
	if (key.name.p == NULL || make_room(k) != E_OK)
		return E_NOMEM;
	k->v[k->n++] = key;
	return E_OK;
}

static enum err
copy_txts(struct keys *k, struct span_list from, struct span_list *ret)
{
	ret->v = arena_alloc(&k->arena, (from.n + 1) * sizeof(*ret->v));
	if (ret->v == NULL)
		return E_NOMEM;
	for (ret->n = 0; ret->n < from.n; ret->n++) {
		ret->v[ret->n] = arena_copy(&k->arena, from.v[ret->n]);
		if (ret->v[ret->n].p == NULL)
			return E_NOMEM;
	}
	return E_OK;
}

void
keys_answer(struct keys *k, struct key *key, const struct txt_answer *a)
{
	struct span_list txts = { NULL, 0 };

	if ((a->outcome != TXT_FOUND && a->outcome != TXT_NONE) ||
	    copy_txts(k, a->txts, &txts) != E_OK)
		return;
	key->outcome = a->outcome;
	key->dnssec = a->dnssec;
	key->txts = txts;
}
