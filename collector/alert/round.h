/* alert/round.h -- look at findings, and tell what is to be told of them. */
#ifndef ALERT_ROUND_H
#define ALERT_ROUND_H

#include "alert/send.h"
#include "store/store.h"

/* Once, for each way of alert.routes that nobody else works on: what is to be
 * told is noted in the store before, and what came of it after. A receiver that
 * is down is none of its failures. */
MUST_CHECK enum err alert_round(const struct alert_sender *, struct store *,
    struct why *why);

#endif
