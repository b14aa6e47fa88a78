#include "net/host_queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Lives while something waits or is started. */
struct host {
	TAILQ_ENTRY(host) next;
	STAILQ_HEAD(, host_item) waiting;
	size_t started;
	char name[];
};

void
host_queue_init(struct host_queue *q, size_t per_host, size_t total)
{
	assert(per_host > 0 && total > 0);
	TAILQ_INIT(&q->hosts);
	q->per_host = per_host;
	q->total = total;
	q->started = 0;
}

static struct host *
add_host(struct host_queue *q, const char *name)
{
	size_t size = strlen(name) + 1;
	struct host *h = calloc(1, sizeof(*h) + size);

	if (h == NULL)
		return NULL;
	memcpy(h->name, name, size);
	STAILQ_INIT(&h->waiting);
	TAILQ_INSERT_TAIL(&q->hosts, h, next);
	return h;
}

enum err
host_queue_push(struct host_queue *q, const char *host, struct host_item *item)
{
	struct host *h;

	for (h = TAILQ_FIRST(&q->hosts); h != NULL; h = TAILQ_NEXT(h, next))
		if (strcmp(h->name, host) == 0)
			break;
	if (h == NULL && (h = add_host(q, host)) == NULL)
		return E_NOMEM;
	item->host = h;
	STAILQ_INSERT_TAIL(&h->waiting, item, next);
	return E_OK;
}

struct host_item *
host_queue_start(struct host_queue *q)
{
	struct host_item *item;
	struct host *h;

	if (q->started >= q->total)
		return NULL;
	for (h = TAILQ_FIRST(&q->hosts); h != NULL; h = TAILQ_NEXT(h, next))
		if (!STAILQ_EMPTY(&h->waiting) && h->started < q->per_host)
			break;
	if (h == NULL)
		return NULL;
	item = STAILQ_FIRST(&h->waiting);
	STAILQ_REMOVE_HEAD(&h->waiting, next);
	TAILQ_REMOVE(&q->hosts, h, next);
	TAILQ_INSERT_TAIL(&q->hosts, h, next);
	h->started++;
	q->started++;
	return item;
}

void
host_queue_end(struct host_queue *q, struct host_item *item)
{
	struct host *h = item->host;

	assert(h->started > 0 && q->started > 0);
	q->started--;
	if (--h->started > 0 || !STAILQ_EMPTY(&h->waiting))
		return;
	TAILQ_REMOVE(&q->hosts, h, next);
	free(h);
}
