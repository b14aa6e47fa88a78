/* support/smtp_server.h -- SMTP servers of many faults, as one process. */
#ifndef TESTS_SUPPORT_SMTP_SERVER_H
#define TESTS_SUPPORT_SMTP_SERVER_H

#include <stdio.h>
#include <sys/types.h>

#include "base/buf.h"

struct smtp_servers {
	char dir[256]; /* of certificates and of what the servers note */
	pid_t pid;
	FILE *in, *out;
};

void support_smtp_start(struct smtp_servers *);
void support_smtp_stop(struct smtp_servers *);

/* One more server on 127.0.0.1: its port. smtp_server.py tells of scripts. */
int support_smtp_listen(struct smtp_servers *, const char *script);
/* Those that "@wait" go on, all of them and from now on. */
void support_smtp_release(struct smtp_servers *);

/* Its log: for each event a line "CONNECTION EVENT". */
struct buf support_smtp_log(const struct smtp_servers *, int port);
/* How many of its lines have this event, or one that begins so. */
int support_smtp_count(const struct smtp_servers *, int port,
    const char *event);
/* The same, waited for until there are as many. */
void support_smtp_await(const struct smtp_servers *, int port,
    const char *event, int n);
/* The nth message, from 1, as it came. */
struct buf support_smtp_message(const struct smtp_servers *, int port, int n);

#endif
