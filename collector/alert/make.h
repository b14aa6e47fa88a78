/* alert/make.h -- what is to be told by one way; part of alert/round. */
#ifndef ALERT_MAKE_H
#define ALERT_MAKE_H

#include "config/config.h"
#include "store/store_alert.h"

/* In the transaction that took the way: compare findings with what was said of
 * them, and have wait what is to be told. Past ALERT_WAITING_MAX it is counted
 * only: in *ret_left_out. */
MUST_CHECK enum err alert_make(struct store *, const struct config *,
    struct span way, int64_t now_s, uint64_t *ret_left_out, struct why *why);

#endif
