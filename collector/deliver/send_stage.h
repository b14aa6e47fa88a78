/* deliver/send_stage.h -- the other work of role deliver: take what is due from
 * the queue, and send it. */
#ifndef DELIVER_SEND_STAGE_H
#define DELIVER_SEND_STAGE_H

#include "base/clock.h"
#include "config/config.h"
#include "store/store_delivery.h"

struct send_stage;

/* config and clock outlive it. wake_fd: readable when it is to come back early.
 * E_USAGE: an option that cannot be used. */
MUST_CHECK enum err send_stage_new(const struct config *, const struct clock *,
    int wake_fd, struct send_stage **ret, struct why *why);

/* Claim what is due, go on with what was begun, and note what came of it, until
 * something has happened, wake_fd is readable or max_ns have passed. What
 * cannot be noted stays and is noted by the next call, perhaps in another
 * store. */
MUST_CHECK enum err send_stage_run(struct send_stage *, struct store *,
    int64_t max_ns, struct why *why);

/* Only go on with what was begun, while the store is away: else an answer that
 * is there would be taken for none. */
void send_stage_go_on(struct send_stage *, int64_t max_ns);

/* Break off what is going on, and say so in the store if there is one. NULL is
 * fine. */
void send_stage_free(struct send_stage *, struct store *);

#endif
