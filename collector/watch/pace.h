/* watch/pace.h -- how long to wait before the next connection to a provider's
 * mail servers: many domains have the same. Pure. */
#ifndef WATCH_PACE_H
#define WATCH_PACE_H

#include <stdint.h>

#include "base/span.h"

#define PACE_PROVIDERS 64 /* remembered; else the oldest is forgotten */
#define PACE_GAP_MS 1000  /* from one connection to the next */

struct pace {
	struct {
		char name[256];
		int64_t last_ns;
	} providers[PACE_PROVIDERS];
};

/* Nanoseconds to wait from now on until the host, in the spelling of
 * domain_canonical, may be connected to; it counts as connected to then.
 * now_ns: monotonic, more than PACE_GAP_MS. The pace begins as all zeros. */
int64_t pace_wait_ns(struct pace *, struct span host, int64_t now_ns);

#endif
