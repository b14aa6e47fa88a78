/* daemon/worker.h -- the loop of a role that looks into the store now and then.
 */
#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H

#include "daemon/role.h"
#include "store/store.h"

/* Open the store and check its schema. E_VERSION: no schema yet, or another. */
MUST_CHECK enum err worker_open_store(const struct config *, struct store **ret,
    struct why *why);

/* Until asked to end, or for so long. */
void worker_sleep(const struct role_context *, int64_t ns);

/* Call step each period until asked to end. The store is opened before and
 * again after a failure. */
typedef enum err worker_step_fn(void *arg, struct store *, struct why *why);
int worker_run(struct role_context *, worker_step_fn *, void *arg,
    int64_t period_ns);

#endif
