/* watch/log_settle.h -- sessions that logs told of one domain on one day: each
 * goes into its reports, or is left out, or waits, and is decided once. */
#ifndef WATCH_LOG_SETTLE_H
#define WATCH_LOG_SETTLE_H

#include "store/store.h"
#include "watch/published.h"

/* Rows of log_level at a time: what is past them has its turn later. */
#define LOG_ROWS_MAX 4096

struct log_settle_count {
	uint64_t reported, left_out, waiting; /* sessions */
};

/* found: what the domain publishes, with a record that asks for reports; NULL:
 * it has none, and all is left out. E_NOMEM; E_CONFLICT: somebody else did it
 * meanwhile; and as for the store. */
MUST_CHECK enum err log_settle(struct store *, int64_t day, struct span domain,
    struct published *found, struct log_settle_count *ret, struct why *why);

#endif
