#include "intake/rate_limit.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/siphash.h"

#define SET_SIZE 8 /* places that an address may have */

/* A bucket is the moment at which it will be full again. One that is full is
 * as good as none. */
struct place {
	uint8_t address[16];
	int64_t full_at_ns;
};

struct rate_limit {
	pthread_mutex_t lock;
	int64_t each_ns; /* a token's */
	int64_t full_ns; /* an empty bucket's, until it is full */
	size_t nsets;
	struct place places[];
};

enum err
rate_limit_open(uint64_t hourly, uint64_t burst, size_t places,
    struct rate_limit **ret)
{
	size_t nsets = places / SET_SIZE + 1;
	struct rate_limit *l = calloc(1,
	    sizeof(*l) + nsets * SET_SIZE * sizeof(l->places[0]));

	if (l == NULL)
		return E_NOMEM;
	(void)pthread_mutex_init(&l->lock, NULL);
	l->each_ns = 3600 * NS_PER_S / (int64_t)hourly;
	l->full_ns = l->each_ns * (int64_t)burst;
	l->nsets = nsets;
	*ret = l;
	return E_OK;
}

void
rate_limit_close(struct rate_limit *l)
{
	if (l == NULL)
		return;
	(void)pthread_mutex_destroy(&l->lock);
	free(l);
}

/* Its own place; else that which is or will be full first. */
static struct place *
place_of(struct rate_limit *l, const uint8_t address[16])
{
	size_t set = siphash_table(address, 16) % l->nsets;
	struct place *places = &l->places[set * SET_SIZE], *best = places;

	for (struct place *p = places; p < places + SET_SIZE; p++) {
		if (memcmp(p->address, address, 16) == 0)
			return p;
		if (p->full_at_ns < best->full_at_ns)
			best = p;
	}
	memcpy(best->address, address, 16);
	best->full_at_ns = 0;
	return best;
}

static int64_t
take(struct rate_limit *l, struct place *p, int64_t now_ns)
{
	int64_t full_at = p->full_at_ns > now_ns ? p->full_at_ns : now_ns;
	int64_t wait = full_at + l->each_ns - l->full_ns - now_ns;

	if (wait > 0)
		return wait;
	p->full_at_ns = full_at + l->each_ns;
	return 0;
}

static int64_t
take_key(struct rate_limit *l, const uint8_t key[16], int64_t mono_ns)
{
	int64_t wait;

	(void)pthread_mutex_lock(&l->lock);
	wait = take(l, place_of(l, key), mono_ns);
	(void)pthread_mutex_unlock(&l->lock);
	return wait;
}

int64_t
rate_limit_take(struct rate_limit *l, const struct http_address *address,
    int64_t mono_ns)
{
	struct http_address block = http_address_block(address);

	return take_key(l, block.bytes, mono_ns);
}

int64_t
rate_limit_take_name(struct rate_limit *l, struct span name, int64_t mono_ns)
{
	uint64_t id[2];
	uint8_t key[sizeof(id)];

	siphash_table_128(name.p, name.len, id);
	memcpy(key, id, sizeof(key));
	return take_key(l, key, mono_ns);
}
