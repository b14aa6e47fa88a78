/* ingest/log_tail.h -- one log: its lines to sessions, and those to the store,
 * each once. */
#ifndef INGEST_LOG_TAIL_H
#define INGEST_LOG_TAIL_H

#include "base/clock.h"
#include "codec/mta_join.h"
#include "store/store_log_level.h"

struct log_tail_options {
	/* The log's, or a link's to it; NULL: standard input, to its end. */
	const char *path;
	struct span collector; /* as in struct log_flush; outlives it */
	const struct clock *clock;
	/* Each session, after it is in the store if there is one; NULL: nobody
	 * wants to know. */
	mta_session_fn *fn;
	void *arg;
};

struct log_tail;

MUST_CHECK enum err log_tail_new(const struct log_tail_options *,
    struct log_tail **ret, struct why *why);
void log_tail_free(struct log_tail *); /* NULL is fine */

/* Take the next lines. E_ABSENT: there are no more for now; of standard input,
 * at all. After any other failure it begins anew at the place that the store
 * has. store: NULL to count nothing. */
MUST_CHECK enum err log_tail_run(struct log_tail *, struct store *store,
    struct why *why);

/* What happened since it was asked last: the log's file was gone, and what was
 * written to it last is not counted. */
bool log_tail_lost(struct log_tail *);

#endif
