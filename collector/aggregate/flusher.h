/* aggregate/flusher.h -- the thread that takes full tables to the store, while
 * the next one fills. Two tables take turns, so a store that is slow or away
 * delays nobody but the aggregation, and never the drain. */
#ifndef AGGREGATE_FLUSHER_H
#define AGGREGATE_FLUSHER_H

#include "aggregate/tally_table.h"
#include "base/clock.h"
#include "base/waker.h"
#include "store/store.h"

struct flusher_options {
	struct store *store; /* the flusher's alone while it runs */
	const struct clock *clock;
	struct uuid collector;
	struct span claim; /* on its id; stays valid */
	const char *host;
	struct position start; /* what the store has */
	struct waker *waker;   /* woken when a flush has ended; may be NULL */
	/* Called by the flusher before a table goes to the store; may be NULL.
	 */
	void (*before)(void *arg);
	void *before_arg;
};

struct flusher;

MUST_CHECK enum err flusher_start(const struct flusher_options *,
    struct flusher **ret, struct why *why);
/* Wait until no flush is under way, for max_ns at most. */
void flusher_wait(struct flusher *, int64_t max_ns);
/* End the thread; a flush that fails is given up. Returns the table that was
 * handed over last, if it was not reclaimed. NULL is fine. */
struct tally_table *flusher_stop(struct flusher *);

/* Hand over a table that stands for the journal up to `to`. False: the flusher
 * is still at the last one. */
bool flusher_offer(struct flusher *, struct tally_table *,
    const struct position *to, int64_t watermark_ns);
/* The table handed over before, committed and to be cleared; NULL: not yet. */
struct tally_table *flusher_reclaim(struct flusher *);

/* What the store has for sure. */
struct position flusher_committed(struct flusher *);

/* E_OK, or why no flush can succeed any more: E_CONFLICT, E_NOMEM, E_VERSION.
 * The journal has everything; start over from the store's position. */
enum err flusher_failure(struct flusher *, struct why *why);

#endif
