#include "http/connection.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "http/linger.h"
#include "http/request_private.h"
#include "http/tls.h"

#define LOOK_EVERY_NS (200 * NS_PER_MS)
#define FOR_EVER_NS (3600 * NS_PER_S)

/* -- deadlines -- */

static int64_t
now_ns(const struct http_connections *all)
{
	return clock_mono_ns(all->clock);
}

void
http_connection_set_deadline(struct http_connection *c, int64_t ms)
{
	atomic_store(&c->deadline_ns, now_ns(c->all) + ms * NS_PER_MS);
}

bool
http_connection_is_old(const struct http_connection *c)
{
	return now_ns(c->all) >= c->last_request_ns;
}

/* A handler that takes its time is answered for, and the answer gets time to
 * be taken. What else is late is the client. */
static void
end_overdue(struct http_connection *c)
{
	if (c->request != NULL && http_request_is_handled(c->request)) {
		http_connection_set_deadline(c, c->all->limits->request_ms);
		http_request_give_up(c->request);
	} else {
		(void)shutdown(c->fd, SHUT_RDWR);
	}
}

static size_t
look(struct http_connections *all)
{
	int64_t now = now_ns(all);
	struct http_connection *c;
	size_t n;

	(void)pthread_mutex_lock(&all->lock);
	LIST_FOREACH(c, &all->list, next)
	if (now >= atomic_load(&c->deadline_ns))
		end_overdue(c);
	n = all->n;
	(void)pthread_mutex_unlock(&all->lock);
	return n;
}

static void *
reap(void *arg)
{
	struct http_connections *all = arg;

	while (!atomic_load(&all->stop)) {
		waker_prepare(&all->waker);
		if (!atomic_load(&all->stop))
			waker_sleep(&all->waker,
			    look(all) > 0 ? LOOK_EVERY_NS : FOR_EVER_NS);
	}
	return NULL;
}

enum err
http_connections_open(struct http_connections *all,
    const struct http_limits *limits, const struct clock *clock,
    const struct http_networks *trusted, struct why *why)
{
	pthread_condattr_t attributes;
	enum err e;

	*all = (struct http_connections){
		.limits = limits,
		.clock = clock,
		.trusted = trusted,
	};
	if ((e = http_linger_open(clock, &all->linger, why)) != E_OK)
		return e;
	if ((e = waker_open(&all->waker, why)) != E_OK) {
		http_linger_close(all->linger);
		return e;
	}
	(void)pthread_mutex_init(&all->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&all->done, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	LIST_INIT(&all->list);
	if (pthread_create(&all->reaper, NULL, reap, all) != 0) {
		waker_close(&all->waker);
		http_linger_close(all->linger);
		return why_set(why, E_NOMEM, "no thread can be started");
	}
	return E_OK;
}

void
http_connections_close(struct http_connections *all)
{
	atomic_store(&all->stop, true);
	waker_wake(&all->waker);
	(void)pthread_join(all->reaper, NULL);
	waker_close(&all->waker);
	http_linger_close(all->linger);
	(void)pthread_cond_destroy(&all->done);
	(void)pthread_mutex_destroy(&all->lock);
}

/* -- coming and going -- */

/* Those of a proxy are many people's. */
static bool
has_room_for(const struct http_connections *all,
    const struct http_address *address)
{
	struct http_address block = http_address_block(address), other;
	const struct http_connection *c;
	size_t n = 0;

	if (all->limits->per_address == 0 || !address->is_known ||
	    http_networks_have(all->trusted, address))
		return true;
	LIST_FOREACH(c, &all->list, next)
	{
		other = http_address_block(&c->address);
		n += http_address_eq(&block, &other);
	}
	return n < all->limits->per_address;
}

static uint16_t
port_of(const struct sockaddr *sa, size_t len)
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	if (sa->sa_family == AF_INET && len >= sizeof(four)) {
		memcpy(&four, sa, sizeof(four));
		return ntohs(four.sin_port);
	}
	if (sa->sa_family == AF_INET6 && len >= sizeof(six)) {
		memcpy(&six, sa, sizeof(six));
		return ntohs(six.sin6_port);
	}
	return 0;
}

struct http_connection *
http_connection_new(struct http_connections *all, int fd,
    const struct sockaddr *sa, size_t len, struct http_tls_pair *pair)
{
	struct http_connection *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->all = all;
	c->fd = fd;
	c->tls_pair = pair;
	c->address = http_address_of(sa, len);
	c->is_trusted = http_networks_have(all->trusted, &c->address);
	http_address_text(&c->address, port_of(sa, len), c->peer);
	c->last_request_ns = now_ns(all) +
	    all->limits->connection_ms * NS_PER_MS;
	http_connection_set_deadline(c, all->limits->idle_ms);
	(void)pthread_mutex_lock(&all->lock);
	if (has_room_for(all, &c->address)) {
		LIST_INSERT_HEAD(&all->list, c, next);
		all->n++;
	} else {
		free(c);
		c = NULL;
	}
	(void)pthread_mutex_unlock(&all->lock);
	waker_wake(&all->waker);
	return c;
}

void
http_connection_free(struct http_connection *c)
{
	if (c == NULL)
		return;
	(void)pthread_mutex_lock(&c->all->lock);
	LIST_REMOVE(c, next);
	c->all->n--;
	(void)pthread_mutex_unlock(&c->all->lock);
	if (!c->is_done)
		http_linger_take(c->all->linger, c->fd);
	http_tls_give_back(c->tls_pair);
	free(c);
}

size_t
http_connections_count(struct http_connections *all)
{
	size_t n;

	(void)pthread_mutex_lock(&all->lock);
	n = all->n;
	(void)pthread_mutex_unlock(&all->lock);
	return n;
}

/* -- requests -- */

void
http_connection_begin(struct http_connection *c, struct http_request *r)
{
	http_connection_set_deadline(c, c->all->limits->request_ms);
	c->is_done = false;
	(void)pthread_mutex_lock(&c->all->lock);
	c->request = r;
	c->all->nrequests++;
	(void)pthread_mutex_unlock(&c->all->lock);
}

void
http_connection_end(struct http_connection *c)
{
	http_connection_set_deadline(c, c->all->limits->idle_ms);
	(void)pthread_mutex_lock(&c->all->lock);
	c->request = NULL;
	if (--c->all->nrequests == 0)
		(void)pthread_cond_broadcast(&c->all->done);
	(void)pthread_mutex_unlock(&c->all->lock);
}

void
http_connections_shut_idle(struct http_connections *all)
{
	struct http_connection *c;

	(void)pthread_mutex_lock(&all->lock);
	LIST_FOREACH(c, &all->list, next)
	if (c->request == NULL)
		(void)shutdown(c->fd, SHUT_RDWR);
	(void)pthread_mutex_unlock(&all->lock);
}

void
http_connections_give_up(struct http_connections *all)
{
	struct http_connection *c;

	(void)pthread_mutex_lock(&all->lock);
	LIST_FOREACH(c, &all->list, next)
	if (c->request != NULL)
		http_request_give_up(c->request);
	(void)pthread_mutex_unlock(&all->lock);
}

void
http_connections_wait(struct http_connections *all, int64_t ms)
{
	struct timespec until;
	int64_t ns;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	ns = until.tv_nsec + ms * NS_PER_MS;
	until.tv_sec += (time_t)(ns / NS_PER_S);
	until.tv_nsec = (long)(ns % NS_PER_S);
	(void)pthread_mutex_lock(&all->lock);
	while (all->nrequests > 0 &&
	    pthread_cond_timedwait(&all->done, &all->lock, &until) == 0)
		;
	(void)pthread_mutex_unlock(&all->lock);
}
