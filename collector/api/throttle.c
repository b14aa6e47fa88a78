#include "api/throttle.h"

#include "base/buf.h"
#include "base/siphash.h"

#define PROBES 8 /* slots that a key may be in */

static uint64_t
key_of(const char *what, struct span of)
{
	struct buf text = BUF_INIT(4096);
	uint64_t key;

	buf_adds(&text, what);
	buf_addc(&text, '\0');
	buf_add(&text, span_head(of, 1024));
	key = siphash_table(buf_str(&text), text.len);
	buf_free(&text);
	return key == 0 ? 1 : key;
}

static const struct throttle_slot *
find(const struct throttle *t, uint64_t key)
{
	for (size_t i = 0; i < PROBES; i++) {
		const struct throttle_slot *s =
		    &t->slots[(key + i) % THROTTLE_SLOTS];

		if (s->key == key)
			return s;
	}
	return NULL;
}

/* Where a new key goes: in place of what has failed least. A flood of names
 * has failed once each, and leaves those alone that fail again and again. */
static struct throttle_slot *
room_for(struct throttle *t, uint64_t key, int64_t mono_s)
{
	struct throttle_slot *least = &t->slots[key % THROTTLE_SLOTS];

	for (size_t i = 0; i < PROBES; i++) {
		struct throttle_slot *s = &t->slots[(key + i) % THROTTLE_SLOTS];

		if (s->key == key)
			return s;
		if (s->key == 0 || mono_s - s->last_s >= THROTTLE_FORGET_S)
			s->failed = 0;
		if (s->failed < least->failed)
			least = s;
	}
	*least = (struct throttle_slot){ .key = key };
	return least;
}

int64_t
throttle_wait_s(const struct throttle *t, const char *what, struct span of,
    int64_t mono_s)
{
	const struct throttle_slot *s = find(t, key_of(what, of));
	int64_t wait_s = THROTTLE_MAX_S, since_s;

	if (s == NULL || s->failed < THROTTLE_FREE)
		return 0;
	if (s->failed - THROTTLE_FREE < 10)
		wait_s = INT64_C(1) << (s->failed - THROTTLE_FREE);
	if (wait_s > THROTTLE_MAX_S)
		wait_s = THROTTLE_MAX_S;
	since_s = mono_s - s->last_s;
	return since_s >= wait_s ? 0 : wait_s - since_s;
}

void
throttle_fail(struct throttle *t, const char *what, struct span of,
    int64_t mono_s)
{
	struct throttle_slot *s = room_for(t, key_of(what, of), mono_s);

	if (mono_s - s->last_s >= THROTTLE_FORGET_S)
		s->failed = 0;
	if (s->failed < UINT32_MAX)
		s->failed++;
	s->last_s = mono_s;
}

void
throttle_forgive(struct throttle *t, const char *what, struct span of)
{
	uint64_t key = key_of(what, of);

	for (size_t i = 0; i < PROBES; i++) {
		struct throttle_slot *s = &t->slots[(key + i) % THROTTLE_SLOTS];

		if (s->key == key)
			*s = (struct throttle_slot){ .key = 0 };
	}
}
