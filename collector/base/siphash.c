#include "base/siphash.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t
rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void
mix(struct state *s, unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++) {
		s->v0 += s->v1;
		s->v1 = rotate(s->v1, 13) ^ s->v0;
		s->v0 = rotate(s->v0, 32);
		s->v2 += s->v3;
		s->v3 = rotate(s->v3, 16) ^ s->v2;
		s->v0 += s->v3;
		s->v3 = rotate(s->v3, 21) ^ s->v0;
		s->v2 += s->v1;
		s->v1 = rotate(s->v1, 17) ^ s->v2;
		s->v2 = rotate(s->v2, 32);
	}
}

static void
absorb(struct state *s, uint64_t word, unsigned c)
{
	s->v3 ^= word;
	mix(s, c);
	s->v0 ^= word;
}

static uint64_t
load_le(const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

uint64_t
siphash(const struct siphash_key *key, const void *data, size_t len, unsigned c,
    unsigned d)
{
	const unsigned char *p = data;
	struct state s = {
		key->k0 ^ UINT64_C(0x736f6d6570736575),
		key->k1 ^ UINT64_C(0x646f72616e646f6d),
		key->k0 ^ UINT64_C(0x6c7967656e657261),
		key->k1 ^ UINT64_C(0x7465646279746573),
	};
	size_t left = len;

	for (; left >= 8; p += 8, left -= 8)
		absorb(&s, load_le(p, 8), c);
	absorb(&s, (uint64_t)len << 56 | load_le(p, left), c);
	s.v2 ^= 0xff;
	mix(&s, d);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

static struct siphash_key process_key;

static void
draw_key(void)
{
	/* Without entropy a chosen-key attack would work: better no start. */
	if (getentropy(&process_key, sizeof(process_key)) != 0)
		abort();
}

uint64_t
siphash_table(const void *data, size_t len)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, draw_key);
	return siphash(&process_key, data, len, 1, 3);
}
