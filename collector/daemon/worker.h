/* daemon/worker.h -- the loop of a role that looks into the store now and then.
 */
#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H

#include "daemon/role.h"
#include "store/store.h"

/* Open the store as the role. make: a missing SQLite file is made. */
MUST_CHECK enum err worker_connect(const struct role_context *, bool make,
    struct store **ret, struct why *why);
/* The same, and check its schema. E_VERSION: no schema yet, or another. */
MUST_CHECK enum err worker_open_store(const struct role_context *,
    struct store **ret, struct why *why);

/* Until asked to end, or for so long. */
void worker_sleep(const struct role_context *, int64_t ns);

/* What a role does with the store again and again. */
struct worker_task {
	enum err (*step)(void *arg, struct store *, struct why *why);
	/* Before the store is closed at the end; it is NULL if it is away.
	 * NULL: nothing to do. */
	void (*end)(void *arg, struct store *);
	/* Between two steps, and while the store is away: for so long, or until
	 * asked to end. NULL: worker_sleep. */
	void (*wait)(void *arg, int64_t ns);
	void *arg;
	int64_t period_ns; /* between two steps */
	/* Whether there is a step to do; if not, the store is left alone. NULL:
	 * always. */
	bool (*has_work)(void *arg);
};

/* Until asked to end. The store is opened before and again after a failure. */
int worker_run(struct role_context *, const struct worker_task *);

#endif
