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
	int finished_fd; /* readable: one has finished behind none */
	/* Over all below, and of each group the queue, what is started and
	 * whether it is closing. */
	pthread_mutex_t lock;
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
	enum err e;

	t->group = g;
	(void)pthread_mutex_lock(&g->all->lock);
	assert(!g->closing);
	e = host_queue_push(&g->queue, host, &t->item);
	(void)pthread_mutex_unlock(&g->all->lock);
	if (e != E_OK)
		return why_set(why, E_NOMEM, "out of memory");
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

/* -- in any thread -- */

/* Counted among the started from here on. NULL: none may start. */
static struct transfer *
next_waiting(struct transfer_group *g)
{
	struct transfer *t = NULL;

	(void)pthread_mutex_lock(&g->all->lock);
	if (!g->closing)
		/* item is its first member */
		t = (void *)host_queue_start(&g->queue);
	if (t != NULL)
		LIST_INSERT_HEAD(&g->started, t, next);
	(void)pthread_mutex_unlock(&g->all->lock);
	return t;
}

/* Its place is free; it is told in the thread that runs them all. */
static void
note_finished(struct transfer *t, CURLcode code)
{
	struct transfers *all = t->group->all;
	bool was_empty;

	t->code = code;
	(void)pthread_mutex_lock(&all->lock);
	host_queue_end(&t->group->queue, &t->item);
	LIST_REMOVE(t, next);
	was_empty = STAILQ_EMPTY(&all->finished);
	STAILQ_INSERT_TAIL(&all->finished, t, finished);
	(void)pthread_mutex_unlock(&all->lock);
	if (was_empty)
		(void)eventfd_write(all->finished_fd, 1);
}

static bool
is_late(const struct transfer *t)
{
	const struct clock clock = clock_machine(0);

	return t->begin_by_ns != 0 && clock_mono_ns(&clock) > t->begin_by_ns;
}

static void
start_waiting(struct transfer_group *g)
{
	struct transfer *t;

	while ((t = next_waiting(g)) != NULL)
		if ((t->is_late = is_late(t)) || g->kind->start(t) != E_OK)
			note_finished(t, CURLE_OUT_OF_MEMORY);
}

/* What waits is started here, and not when the other thread comes to it, which
 * may be about to wait for a disk. */
void
transfers_finish(struct transfer *t, CURLcode code)
{
	struct transfer_group *g = t->group;

	note_finished(t, code);
	start_waiting(g);
}

void
transfers_stop(struct transfer_group *g)
{
	(void)pthread_mutex_lock(&g->all->lock);
	g->closing = true;
	(void)pthread_mutex_unlock(&g->all->lock);
}

/* -- telling -- */

/* Out of the books before it is told: then its group may get another. */
static void
tell(struct transfer *t, CURLcode code)
{
	const struct transfer_kind *kind = t->group->kind;

	t->group->pending--;
	t->group->all->ndone++;
	if (t->is_late)
		kind->abandon(t);
	else
		kind->tell(t, code);
	kind->free(t);
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
tell_finished(struct transfers *all)
{
	struct transfer *t;

	while ((t = next_finished(all)) != NULL)
		tell(t, t->code);
}

static void
tell_refused(struct transfer_group *g)
{
	struct transfer *t;

	while ((t = LIST_FIRST(&g->refused)) != NULL) {
		LIST_REMOVE(t, next);
		tell(t, CURLE_OK);
	}
}

static void
abandon(struct transfer *t)
{
	const struct transfer_kind *kind = t->group->kind;

	host_queue_end(&t->group->queue, &t->item);
	t->group->pending--;
	kind->abandon(t);
	kind->free(t);
}

void
transfers_leave(struct transfer_group *g)
{
	struct transfer *t;

	assert(g->closing);
	tell_refused(g);
	tell_finished(g->all);
	while ((t = LIST_FIRST(&g->started)) != NULL) {
		LIST_REMOVE(t, next);
		abandon(t);
	}
	while ((t = (void *)host_queue_start(&g->queue)) != NULL)
		abandon(t);
	LIST_REMOVE(g, next);
}

/* -- running -- */

/* True: at least one was done. Their places are given to others. */
static bool
work(struct transfers *all)
{
	uint64_t before = all->ndone;
	struct transfer_group *g;

	tell_finished(all);
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
