/* deliver/deliver_stage.h -- the one work of role deliver: hand over what was
 * built, to the folder and to the queue of deliveries. */
#ifndef DELIVER_DELIVER_STAGE_H
#define DELIVER_DELIVER_STAGE_H

#include "base/clock.h"
#include "deliver/queue.h"

struct deliver_stage {
	struct store *store;
	const struct config *config;
	const struct clock *clock;
	int dir_fd; /* where reports go */
};

/* Deliver all that waits; one that fails does not hold up the others, and the
 * first failure is returned. A report is frozen before it is handed over, so
 * what was handed over is what the store has, also after a kill in between;
 * then it is written again, to the same name. */
MUST_CHECK enum err deliver_stage_run(struct deliver_stage *, struct why *why);

#endif
