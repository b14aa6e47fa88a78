/* daemon/keeper.h -- the thread that does the journal's waiting for the disk.
 */
#ifndef DAEMON_KEEPER_H
#define DAEMON_KEEPER_H

#include "ingest/journal.h"

struct keeper;

MUST_CHECK enum err keeper_start(struct journal *, const struct clock *,
    int64_t sync_ns, struct keeper **ret, struct why *why);
void keeper_stop(struct keeper *); /* NULL is fine */

#endif
