/* daemon/role.h -- what one process of the service does. */
#ifndef DAEMON_ROLE_H
#define DAEMON_ROLE_H

#include "base/clock.h"
#include "base/waker.h"
#include "config/config.h"

struct role_context {
	const char *role;
	const struct config *config;
	const struct clock *clock;
	struct waker *waker; /* woken when the process is asked to end */
};

struct role {
	const char *name;
	/* Returns when asked to end: an exit code of sysexits.h. */
	int (*run)(struct role_context *);
	bool makes_schema;  /* ends when it is there; it needs no naming */
	bool needs_store;   /* not started before the schema is there */
	bool needs_socket;  /* of MTAs */
	bool needs_streams; /* daemon/intake_sockets */
	bool serves_page;   /* at a socket that may have been handed over */
	/* SIGHUP has it look at its files again: it goes on, unless the
	 * configuration is another one. */
	bool rereads;
};

/* Beside those that the configuration names there are "migrate", and "metrics"
 * where metrics.listen is set. NULL: no such role. */
const struct role *role_find(const char *name);
/* One after the other, from 0 on; NULL: no more. */
const struct role *role_at(size_t i);

/* Run a role in this process until it is asked to end. */
int role_run(const struct role *, const struct config *);

int role_migrate(struct role_context *);
int role_collect(struct role_context *);
int role_report(struct role_context *);
int role_deliver(struct role_context *);
int role_intake(struct role_context *);
int role_web(struct role_context *);
int role_watch(struct role_context *);
int role_metrics(struct role_context *);

#endif
