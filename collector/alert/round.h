/* alert/round.h -- look at findings, and tell what is to be told of them. */
#ifndef ALERT_ROUND_H
#define ALERT_ROUND_H

#include "alert/send.h"
#include "store/store.h"

/* Once, for each way of alert.routes that nobody else works on: what is to be
 * told is noted in the store before, and what came of it after. A receiver that
 * is down is none of its failures.
 *   turn  the route to begin with, 0 at first. After alert.timeout no further
 *         one is begun: receivers that do not answer hold up nobody for more
 *         than twice that. The next round goes on there. */
MUST_CHECK enum err alert_round(const struct alert_sender *, struct store *,
    size_t *turn, struct why *why);

#endif
