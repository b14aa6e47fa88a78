/* deliver/busy_hosts.h -- which hosts have attempts under way, and how many
 * more may be claimed: as many as may go on at once, and for a host that
 * answers quickly some ahead of that (docs/adr/0027-claims-ahead.md). Pure. */
#ifndef DELIVER_BUSY_HOSTS_H
#define DELIVER_BUSY_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/err.h"
#include "base/span.h"

struct busy_host;

struct busy_hosts {
	size_t per_host, total; /* that may go on at once */
	size_t going;		/* that go on, or would if they were ready */
	size_t n;		/* hosts */
	LIST_HEAD(, busy_host) list;
};

/* Both limits are at least 1. */
void busy_hosts_init(struct busy_hosts *, size_t per_host, size_t total);
/* Those that were begun are not to be ended any more. */
void busy_hosts_free(struct busy_hosts *);

/* How many more may go on, and whether one of them at the host. */
size_t busy_hosts_room(const struct busy_hosts *);
bool busy_hosts_may_go(const struct busy_hosts *, struct span host);

/* The same of those that are claimed ahead of what goes on. now_ns: monotonic,
 * as everywhere here. */
size_t busy_hosts_room_ahead(const struct busy_hosts *, int64_t now_ns);
bool busy_hosts_may_wait(const struct busy_hosts *, struct span host,
    int64_t now_ns);

/* One is claimed. *ret stays until it is ended. E_NOMEM. */
MUST_CHECK enum err busy_hosts_begin(struct busy_hosts *, struct span host,
    struct busy_host **ret);
/* NULL is fine. */
void busy_hosts_end(struct busy_hosts *, struct busy_host *);

/* The host has taken a report within took_ns. */
void busy_host_took(struct busy_host *, int64_t took_ns, int64_t now_ns);
/* The host has not taken one. */
void busy_host_failed(struct busy_host *);

#endif
