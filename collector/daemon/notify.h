/* daemon/notify.h -- the service manager is told how we are: sd_notify(3). */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include <stdint.h>

#include "base/err.h"

#define NOTIFY_STATUS_MAX 256

struct notify {
	int fd;		      /* connected; -1: nobody wants to know */
	int64_t ping_ns;      /* at the latest so often; 0: never */
	int64_t next_ping_ns; /* monotonic */
	char status[NOTIFY_STATUS_MAX]; /* the last that was told */
};

#define NOTIFY_INIT ((struct notify){ .fd = -1 })

/* Where NOTIFY_SOCKET says, a path or "@" and an abstract name. It and the
 * watchdog's variables leave the environment: they are not for our children.
 * E_USAGE: it is another address. Without the variable all that follows does
 * nothing. now_ns is of CLOCK_MONOTONIC. */
MUST_CHECK enum err notify_open(struct notify *, struct why *why);
void notify_close(struct notify *); /* a second time is fine */

void notify_ready(struct notify *);
void notify_reloading(struct notify *, int64_t now_ns); /* until it is ready */
void notify_stopping(struct notify *);
/* One line; the same as before is not told again. */
void notify_status(struct notify *, const char *);
/* We are alive; twice as often as asked for is enough, so call it as often as
 * you like. */
void notify_alive(struct notify *, int64_t now_ns);

#endif
