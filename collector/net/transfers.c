#include "net/transfers.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/easy.h"
#include "net/transfer.h"

struct transfers {
	LIST_HEAD(, transfer_group) groups;
	uint64_t ndone;
	int finished_fd;      /* readable: one has finished behind none */
	pthread_mutex_t lock; /* over all below */
	STAILQ_HEAD(, transfer) finished;
};

/* -- opening -- */

enum err
transfers_open(struct transfers **ret, struct why *why)
{
	struct transfers *all;
	enum err e;

	if ((e = easy_start(why)) != E_OK)
		return e;
	if ((all = calloc(1, sizeof(*all))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	all->finished_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (all->finished_fd == -1) {
		e = why_errno(why, "eventfd");
		free(all);
		return e;
	}
	LIST_INIT(&all->groups);
	STAILQ_INIT(&all->finished);
	(void)pthread_mutex_init(&all->lock, NULL);
	*ret = all;
	return E_OK;
}

void
transfers_close(struct transfers *all)
{
	if (all == NULL)
		return;
	assert(LIST_EMPTY(&all->groups));
	(void)close(all->finished_fd);
	(void)pthread_mutex_destroy(&all->lock);
	free(all);
}

/* -- groups -- */

void
transfers_join(struct transfers *all, struct transfer_group *g,
    const struct transfer_kind *kind, size_t per_host, size_t total)
{
	g->all = all;
	g->kind = kind;
	g->pending = 0;
	g->closing = false;
	LIST_INIT(&g->refused);
	LIST_INIT(&g->started);
	host_queue_init(&g->queue, per_host, total);
	LIST_INSERT_HEAD(&all->groups, g, next);
}

enum err
transfers_add(struct transfer_group *g, struct transfer *t, const char *host,
    struct why *why)
{
	assert(!g->closing);
	if (host_queue_push(&g->queue, host, &t->item) != E_OK)
		return why_set(why, E_NOMEM, "out of memory");
	t->group = g;
	g->pending++;
	return E_OK;
}

void
transfers_refuse(struct transfer_group *g, struct transfer *t)
{
	assert(!g->closing);
	t->group = g;
	LIST_INSERT_HEAD(&g->refused, t, next);
	g->pending++;
}

/* Counted among the started from here on. */
static struct transfer *
next_waiting(struct transfer_group *g)
{
	/* item is its first member */
	struct transfer *t = (void *)host_queue_start(&g->queue);

	if (t != NULL)
		LIST_INSERT_HEAD(&g->started, t, next);
	return t;
}

/* Out of the books before it is told: then its group may get another. */
static void
forget(struct transfer *t)
{
	LIST_REMOVE(t, next);
	t->group->pending--;
	t->group->all->ndone++;
}

static void
forget_started(struct transfer *t)
{
	host_queue_end(&t->group->queue, &t->item);
	forget(t);
}

static void
end_started(struct transfer *t, CURLcode code)
{
	const struct transfer_kind *kind = t->group->kind;

	forget_started(t);
	kind->tell(t, code);
	kind->free(t);
}

void
transfers_finish(struct transfer *t, CURLcode code)
{
	struct transfers *all = t->group->all;
	bool was_empty;

	t->code = code;
	(void)pthread_mutex_lock(&all->lock);
	was_empty = STAILQ_EMPTY(&all->finished);
	STAILQ_INSERT_TAIL(&all->finished, t, finished);
	(void)pthread_mutex_unlock(&all->lock);
	if (was_empty)
		(void)eventfd_write(all->finished_fd, 1);
}

static struct transfer *
next_finished(struct transfers *all)
{
	struct transfer *t;

	(void)pthread_mutex_lock(&all->lock);
	if ((t = STAILQ_FIRST(&all->finished)) != NULL)
		STAILQ_REMOVE_HEAD(&all->finished, finished);
	(void)pthread_mutex_unlock(&all->lock);
	return t;
}

static void
end_finished(struct transfers *all)
{
	struct transfer *t;

	while ((t = next_finished(all)) != NULL)
		end_started(t, t->code);
}

static void
tell_refused(struct transfer_group *g)
{
	struct transfer *t;

	while ((t = LIST_FIRST(&g->refused)) != NULL) {
		forget(t);
		g->kind->tell(t, CURLE_OK);
		g->kind->free(t);
	}
}

void
transfers_leave(struct transfer_group *g)
{
	struct transfer *t;

	g->closing = true;
	tell_refused(g);
	end_finished(g->all);
	while ((t = LIST_FIRST(&g->started)) != NULL ||
	    (t = next_waiting(g)) != NULL) {
		forget_started(t);
		g->kind->abandon(t);
		g->kind->free(t);
	}
	LIST_REMOVE(g, next);
}

/* -- running -- */

static void
start_waiting(struct transfer_group *g)
{
	struct transfer *t;

	while ((t = next_waiting(g)) != NULL)
		if (g->kind->start(t) != E_OK)
			end_started(t, CURLE_OUT_OF_MEMORY);
}

/* True: at least one was done. Their places are given to others. */
static bool
work(struct transfers *all)
{
	uint64_t before = all->ndone;
	struct transfer_group *g;

	end_finished(all);
	for (g = LIST_FIRST(&all->groups); g != NULL; g = LIST_NEXT(g, next)) {
		tell_refused(g);
		start_waiting(g);
	}
	return all->ndone > before;
}

/* *ret_woken: wake_fd is readable. */
static enum err
wait_for(struct transfers *all, int wake_fd, int64_t max_ns, bool *ret_woken,
    struct why *why)
{
	const struct timespec max = { max_ns / NS_PER_S, max_ns % NS_PER_S };
	struct pollfd fds[] = { { .fd = all->finished_fd, .events = POLLIN },
		{ .fd = wake_fd, .events = POLLIN } };
	eventfd_t count;
	int n = ppoll(fds, sizeof(fds) / sizeof(fds[0]), &max, NULL);

	if (n == -1 && errno != EINTR)
		return why_errno(why, "ppoll");
	if (n > 0 && fds[0].revents != 0)
		(void)eventfd_read(all->finished_fd, &count);
	*ret_woken = n > 0 && fds[1].revents != 0;
	return E_OK;
}

size_t
transfers_pending(const struct transfers *all)
{
	const struct transfer_group *g;
	size_t n = 0;

	for (g = LIST_FIRST(&all->groups); g != NULL; g = LIST_NEXT(g, next))
		n += g->pending;
	return n;
}

enum err
transfers_run(struct transfers *all, int wake_fd, int64_t max_ns,
    struct why *why)
{
	const struct clock clock = clock_machine(0);
	const int64_t until = clock_mono_ns(&clock) + max_ns;
	bool woken = false;
	enum err e = E_OK;
	int64_t left;

	while (!work(all) && e == E_OK && !woken) {
		left = until - clock_mono_ns(&clock);
		if (left <= 0 || (wake_fd == -1 && transfers_pending(all) == 0))
			break;
		e = wait_for(all, wake_fd, left, &woken, why);
	}
	return e;
}
