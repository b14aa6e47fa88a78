/* daemon/pipeline.h -- the one place where stages are wired together: journal
 * -> ingest -> aggregate -> store. */
#ifndef DAEMON_PIPELINE_H
#define DAEMON_PIPELINE_H

#include "base/waker.h"
#include "config/config.h"
#include "daemon/claim.h"
#include "ingest/journal.h"
#include "store/store.h"

struct pipeline_options {
	const struct config *config;
	const struct clock *clock;
	struct journal *journal;
	struct claim *claim; /* on the collector's id */
	struct store *store; /* the pipeline's alone */
	struct waker *waker; /* the journal's: woken when there is more to do */
};

struct pipeline;

/* Register with the store and start where its position says. E_CONFLICT: it is
 * another's (claim.h). */
MUST_CHECK enum err pipeline_new(const struct pipeline_options *,
    struct pipeline **ret, struct why *why);
void pipeline_free(struct pipeline *); /* NULL is fine */

/* Take what is there, flush what is due, then sleep until there is more.
 * Anything but E_OK: start over from the store's position. */
MUST_CHECK enum err pipeline_run(struct pipeline *, struct why *why);

/* Take everything that is published and hand it to the store, for max_ns at
 * most. */
void pipeline_finish(struct pipeline *, int64_t max_ns);

#endif
