/* store/store_copy.h -- everything of one store but the sessions of the web
 * interface into another, whichever kind they are. */
#ifndef STORE_STORE_COPY_H
#define STORE_STORE_COPY_H

#include "store/store.h"

struct store_copy_watch {
	/* Now and then: how much is done, "copying" or "comparing" what. */
	void (*tell)(void *arg, uint64_t done, uint64_t all, const char *doing,
	    const char *table);
	/* Each table once it is known to be the same, row by row. */
	void (*table)(void *arg, const char *table, uint64_t rows);
	void *arg;
};

/* Copy `from`, which has this program's schema, into `to`, which is empty, or
 * what a copy of the same source that was broken off has left. No role may use
 * it until it is whole: to them it has another schema.
 *   source  what the caller calls `from`: the same when it goes on
 *   now_s   collectors that were heard of shortly before are taken to run
 * E_BUSY: a tlsrptd uses one of the two. E_EXISTS: there is something else in
 * `to`; a whole copy is compared. E_CONFLICT: `from` was written to meanwhile;
 * again will mend it. */
MUST_CHECK enum err store_copy(struct store *from, struct store *to,
    const char *source, int64_t now_s, const struct store_copy_watch *,
    struct why *why);

#endif
