/* watch/history.h -- what was found of a domain as rows of its history; what
 * could not be looked at is none. */
#ifndef WATCH_HISTORY_H
#define WATCH_HISTORY_H

#include "model/published.h"
#include "watch/published.h"

#define HISTORY_ROWS_MAX (4 + 3 * PUBLISHED_HOSTS_MAX)

struct history {
	struct published_value v[HISTORY_ROWS_MAX]; /* last_s is not set */
	size_t n;
	struct buf not_measured; /* a line for each thing */
};

/* Texts of the rows are in the arena of what was found. *ret is to be freed
 * whatever comes. E_NOMEM. */
MUST_CHECK enum err history_of(struct published *, struct history *ret);
void history_free(struct history *);

#endif
