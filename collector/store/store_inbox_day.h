/* store/store_inbox_day.h -- roll-ups of the inbox by day and domain, by week
 * and domain, and by day and reporter. Errors as in store.h. */
#ifndef STORE_STORE_INBOX_DAY_H
#define STORE_STORE_INBOX_DAY_H

#include "store/store.h"

/* Whatever changes which reports there are, or which of them count, notes the
 * days, domains and reporters concerned; this adds them up anew. store_commit
 * calls it, so that the roll-ups change in the same transaction. */
enum err store_inbox_day_refresh(struct store *, struct why *why);

#endif
