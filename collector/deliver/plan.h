/* deliver/plan.h -- what becomes of a report at one destination when it is
 * queued, and what stands in the way. Nothing is changed. */
#ifndef DELIVER_PLAN_H
#define DELIVER_PLAN_H

#include "config/config.h"
#include "store/store_delivery.h"

enum deliver_mode { DELIVER_OFF, DELIVER_SHADOW, DELIVER_ON };

struct plan {
	struct store *store;
	const struct config *config;
	enum deliver_mode mode; /* as if deliver.mode were this one: not off */
	int64_t now_s;
	struct arena *texts;
};

/* The delivery as it would be queued, but for its id. deliver.map, the URI's
 * syntax and the suppression list decide whether it has a first attempt; the
 * reason says which of them does not let it. Its texts are in the arena or
 * those of the arguments. Of the report id, day and domain are looked at. */
MUST_CHECK enum err plan_delivery(const struct plan *,
    const struct report_row *, struct span uri, struct delivery *ret,
    struct why *why);

#endif
