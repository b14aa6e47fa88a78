#include "base/waker.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum err
waker_open(struct waker *w, struct why *why)
{
	atomic_init(&w->asleep, false);
	if ((w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
		return why_errno(why, "eventfd");
	return E_OK;
}

void
waker_close(struct waker *w)
{
	if (w->fd >= 0)
		(void)close(w->fd);
	w->fd = -1;
}

void
waker_wake(struct waker *w)
{
	uint64_t one = 1;
	ssize_t n;

	/* Both sides exchange, so one of them comes second: either the sleeper
	 * sees the work on its last look, or the sleeper is seen here. */
	if (!atomic_exchange_explicit(&w->asleep, false, memory_order_acq_rel))
		return;
	n = write(w->fd, &one, sizeof(one)); /* full: it is awake already */
	(void)n;
}

void
waker_prepare(struct waker *w)
{
	(void)atomic_exchange_explicit(&w->asleep, true, memory_order_acq_rel);
}

void
waker_sleep(struct waker *w, int64_t max_ns)
{
	struct timespec ts = { max_ns / NS_PER_S, max_ns % NS_PER_S };
	struct pollfd p = { .fd = w->fd, .events = POLLIN };
	uint64_t count;
	ssize_t n = 0;

	if (max_ns > 0 && ppoll(&p, 1, &ts, NULL) > 0)
		n = read(w->fd, &count, sizeof(count));
	(void)n;
	atomic_store_explicit(&w->asleep, false, memory_order_relaxed);
}
