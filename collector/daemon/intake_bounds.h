/* daemon/intake_bounds.h -- what keeps the service's inbox and spool within
 * their bounds: the door in front of the spool, the upkeep beside the worker.
 */
#ifndef DAEMON_INTAKE_BOUNDS_H
#define DAEMON_INTAKE_BOUNDS_H

#include "daemon/role.h"
#include "intake/worker.h"

struct intake_bounds;

/* The context and the spool outlive it. */
MUST_CHECK enum err intake_bounds_open(const struct role_context *,
    struct spool *, struct intake_bounds **ret, struct why *why);
/* Nobody puts any more. NULL is fine. */
void intake_bounds_close(struct intake_bounds *);

/* Lasts as long as it does. */
struct receipt_sink intake_bounds_sink(struct intake_bounds *);
/* From now on the worker keeps to them. */
void intake_bounds_join(struct intake_bounds *, struct intake_worker *);

#endif
