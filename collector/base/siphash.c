#include "base/siphash.h"

#include <endian.h>
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

static inline void
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

static inline void
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

	if (n > 0)
		memcpy(&v, p, n);
	return le64toh(v);
}

static struct state
begin(const struct siphash_key *key)
{
	return (struct state){
		key->k0 ^ UINT64_C(0x736f6d6570736575),
		key->k1 ^ UINT64_C(0x646f72616e646f6d),
		key->k0 ^ UINT64_C(0x6c7967656e657261),
		key->k1 ^ UINT64_C(0x7465646279746573),
	};
}

static inline void
absorb_all(struct state *s, const void *data, size_t len, unsigned c)
{
	const unsigned char *p = data;
	size_t left = len;

	for (; left >= 8; p += 8, left -= 8)
		absorb(s, load_le(p, 8), c);
	absorb(s, (uint64_t)len << 56 | load_le(p, left), c);
}

static uint64_t
fold(const struct state *s)
{
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t
siphash(const struct siphash_key *key, const void *data, size_t len, unsigned c,
    unsigned d)
{
	struct state s = begin(key);

	absorb_all(&s, data, len, c);
	s.v2 ^= 0xff;
	mix(&s, d);
	return fold(&s);
}

void
siphash_128(const struct siphash_key *key, const void *data, size_t len,
    unsigned c, unsigned d, uint64_t ret[2])
{
	struct state s = begin(key);

	s.v1 ^= 0xee;
	absorb_all(&s, data, len, c);
	s.v2 ^= 0xee;
	mix(&s, d);
	ret[0] = fold(&s);
	s.v1 ^= 0xdd;
	mix(&s, d);
	ret[1] = fold(&s);
}

/* -- for tables -- */

#define TABLE_C 1
#define TABLE_D 3

static struct siphash_key process_key;

static void
draw_key(void)
{
	/* Without entropy a chosen-key attack would work: better no start. */
	if (getentropy(&process_key, sizeof(process_key)) != 0)
		abort();
}

static const struct siphash_key *
table_key(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, draw_key);
	return &process_key;
}

uint64_t
siphash_table(const void *data, size_t len)
{
	return siphash(table_key(), data, len, TABLE_C, TABLE_D);
}

void
siphash_table_128(const void *data, size_t len, uint64_t ret[2])
{
	siphash_128(table_key(), data, len, TABLE_C, TABLE_D, ret);
}
