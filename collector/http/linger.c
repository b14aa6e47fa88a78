#include "http/linger.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE 65536
#define PIECES 16 /* of one, before the others have their turn */
#define LOOK_EVERY_MS 1000

struct lingering {
	int fd;
	int64_t until_ns;
	size_t bytes;
};

struct http_linger {
	const struct clock *clock;
	int event_fd; /* there is a new one, or it is over */
	pthread_t thread;
	pthread_mutex_t lock; /* over all below */
	bool over;
	size_t n;
	struct lingering v[HTTP_LINGER_MAX];

	/* Of the thread. */
	struct pollfd polls[1 + HTTP_LINGER_MAX];
	char piece[PIECE];
};

static void
wake(struct http_linger *l)
{
	uint64_t one = 1;

	(void)!write(l->event_fd, &one, sizeof(one));
}

void
http_linger_take(struct http_linger *l, int fd)
{
	struct lingering *g;

	(void)pthread_mutex_lock(&l->lock);
	g = &l->v[l->n];
	if (l->n < HTTP_LINGER_MAX &&
	    (g->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) >= 0) {
		g->until_ns = clock_mono_ns(l->clock) +
		    HTTP_LINGER_MS * NS_PER_MS;
		g->bytes = 0;
		l->n++;
	}
	(void)pthread_mutex_unlock(&l->lock);
	wake(l);
}

/* -- the thread; under the lock -- */

/* False: it has come to its end. */
static bool
read_on(struct http_linger *l, struct lingering *g)
{
	ssize_t n = 1;

	for (int i = 0; i < PIECES && n > 0; i++) {
		n = recv(g->fd, l->piece, sizeof(l->piece), MSG_DONTWAIT);
		g->bytes += n > 0 ? (size_t)n : 0;
	}
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return false;
	return g->bytes < HTTP_LINGER_BYTES;
}

static void
read_all(struct http_linger *l)
{
	int64_t now_ns = clock_mono_ns(l->clock);

	for (size_t i = l->n; i-- > 0;) {
		struct lingering *g = &l->v[i];

		if (!l->over && now_ns < g->until_ns && read_on(l, g))
			continue;
		(void)close(g->fd);
		*g = l->v[--l->n];
	}
}

static nfds_t
fill_polls(struct http_linger *l)
{
	l->polls[0] = (struct pollfd){ l->event_fd, POLLIN, 0 };
	for (size_t i = 0; i < l->n; i++)
		l->polls[1 + i] = (struct pollfd){ l->v[i].fd, POLLIN, 0 };
	return 1 + l->n;
}

static void *
linger(void *arg)
{
	struct http_linger *l = arg;
	uint64_t events;
	nfds_t n;

	(void)pthread_mutex_lock(&l->lock);
	while (!l->over) {
		n = fill_polls(l);
		(void)pthread_mutex_unlock(&l->lock);
		(void)poll(l->polls, n, n > 1 ? LOOK_EVERY_MS : -1);
		(void)!read(l->event_fd, &events, sizeof(events));
		(void)pthread_mutex_lock(&l->lock);
		read_all(l);
	}
	(void)pthread_mutex_unlock(&l->lock);
	return NULL;
}

/* -- the whole -- */

enum err
http_linger_open(const struct clock *clock, struct http_linger **ret,
    struct why *why)
{
	struct http_linger *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	l->clock = clock;
	l->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	(void)pthread_mutex_init(&l->lock, NULL);
	if (l->event_fd < 0 ||
	    pthread_create(&l->thread, NULL, linger, l) != 0) {
		if (l->event_fd >= 0)
			(void)close(l->event_fd);
		free(l);
		return why_set(why, E_NOMEM, "no thread can be started");
	}
	*ret = l;
	return E_OK;
}

void
http_linger_close(struct http_linger *l)
{
	if (l == NULL)
		return;
	(void)pthread_mutex_lock(&l->lock);
	l->over = true;
	(void)pthread_mutex_unlock(&l->lock);
	wake(l);
	(void)pthread_join(l->thread, NULL);
	read_all(l);
	(void)close(l->event_fd);
	(void)pthread_mutex_destroy(&l->lock);
	free(l);
}
