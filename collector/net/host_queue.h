/* net/host_queue.h -- whose turn it is: so many at a time in all and so many to
 * one host, so that a slow host holds up nobody else. Pure. */
#ifndef NET_HOST_QUEUE_H
#define NET_HOST_QUEUE_H

#include <stddef.h>
#include <sys/queue.h>

#include "base/err.h"

struct host;

/* Stands inside of what waits. */
struct host_item {
	STAILQ_ENTRY(host_item) next;
	struct host *host;
};

struct host_queue {
	TAILQ_HEAD(, host) hosts; /* whose turn was longest ago first */
	size_t per_host, total;	  /* at a time */
	size_t started;
};

/* Both limits are at least 1. */
void host_queue_init(struct host_queue *, size_t per_host, size_t total);

/* Put an item in; it stays the caller's, and in its place until host_queue_end.
 * The host's name is copied; hosts are told apart byte by byte. E_NOMEM. */
MUST_CHECK enum err host_queue_push(struct host_queue *, const char *host,
    struct host_item *);

/* The next to start: first come, first served for each host, the hosts in turn.
 * NULL: none waits, or none may start until another has ended. */
struct host_item *host_queue_start(struct host_queue *);

/* One that was started has ended. */
void host_queue_end(struct host_queue *, struct host_item *);

#endif
