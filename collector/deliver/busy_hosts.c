#include "deliver/busy_hosts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* What is claimed ahead is to be sent within a second by what was answered
 * last; and that word counts for a second. */
#define AHEAD_NS NS_PER_S
#define AHEAD_MAX 32 /* for each that may go on at the host */
#define KEPT_MAX 256 /* with nothing under way, to be known again */

struct busy_host {
	LIST_ENTRY(busy_host) next;
	size_t attempts;
	size_t ahead; /* so many end in time, one behind the other */
	int64_t quick_until_ns;
	size_t len;
	char name[];
};

void
busy_hosts_init(struct busy_hosts *all, size_t per_host, size_t total)
{
	assert(per_host > 0 && total > 0);
	*all = (struct busy_hosts){ .per_host = per_host, .total = total };
	LIST_INIT(&all->list);
}

static void
forget(struct busy_hosts *all, struct busy_host *h)
{
	LIST_REMOVE(h, next);
	free(h);
	all->n--;
}

void
busy_hosts_free(struct busy_hosts *all)
{
	while (!LIST_EMPTY(&all->list))
		forget(all, LIST_FIRST(&all->list));
}

static struct busy_host *
find(const struct busy_hosts *all, struct span name)
{
	struct busy_host *h;

	for (h = LIST_FIRST(&all->list); h != NULL; h = LIST_NEXT(h, next))
		if (span_eq((struct span){ h->name, h->len }, name))
			return h;
	return NULL;
}

/* -- how many more -- */

size_t
busy_hosts_room(const struct busy_hosts *all)
{
	return all->total - all->going;
}

bool
busy_hosts_may_go(const struct busy_hosts *all, struct span host)
{
	const struct busy_host *h = find(all, host);

	return all->going < all->total &&
	    (h == NULL || h->attempts < all->per_host);
}

static size_t
room_ahead(const struct busy_hosts *all, const struct busy_host *h,
    int64_t now_ns)
{
	const size_t most = all->per_host * h->ahead;

	return now_ns < h->quick_until_ns && h->attempts >= all->per_host &&
		h->attempts < most
	    ? most - h->attempts
	    : 0;
}

size_t
busy_hosts_room_ahead(const struct busy_hosts *all, int64_t now_ns)
{
	const struct busy_host *h;
	size_t n = 0;

	for (h = LIST_FIRST(&all->list); h != NULL; h = LIST_NEXT(h, next))
		n += room_ahead(all, h, now_ns);
	return n;
}

bool
busy_hosts_may_wait(const struct busy_hosts *all, struct span host,
    int64_t now_ns)
{
	const struct busy_host *h = find(all, host);

	return h != NULL && room_ahead(all, h, now_ns) > 0;
}

/* -- attempts -- */

static void
forget_idle(struct busy_hosts *all)
{
	struct busy_host *h, *next;

	for (h = LIST_FIRST(&all->list); h != NULL; h = next) {
		next = LIST_NEXT(h, next);
		if (h->attempts == 0)
			forget(all, h);
	}
}

static struct busy_host *
add(struct busy_hosts *all, struct span name)
{
	struct busy_host *h;

	if (all->n >= all->total + KEPT_MAX)
		forget_idle(all);
	if ((h = calloc(1, sizeof(*h) + name.len)) == NULL)
		return NULL;
	h->len = name.len;
	if (name.len > 0)
		memcpy(h->name, name.p, name.len);
	LIST_INSERT_HEAD(&all->list, h, next);
	all->n++;
	return h;
}

enum err
busy_hosts_begin(struct busy_hosts *all, struct span host,
    struct busy_host **ret)
{
	struct busy_host *h = find(all, host);

	if (h == NULL && (h = add(all, host)) == NULL)
		return E_NOMEM;
	all->going += h->attempts++ < all->per_host;
	*ret = h;
	return E_OK;
}

void
busy_hosts_end(struct busy_hosts *all, struct busy_host *h)
{
	if (h == NULL)
		return;
	assert(h->attempts > 0);
	all->going -= --h->attempts < all->per_host;
}

void
busy_host_took(struct busy_host *h, int64_t took_ns, int64_t now_ns)
{
	h->ahead = took_ns > 0 && AHEAD_NS / took_ns < AHEAD_MAX
	    ? (size_t)(AHEAD_NS / took_ns)
	    : AHEAD_MAX;
	h->quick_until_ns = now_ns + AHEAD_NS;
}

void
busy_host_failed(struct busy_host *h)
{
	h->quick_until_ns = 0;
}
