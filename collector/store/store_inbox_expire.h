/* store/store_inbox_expire.h -- what leaves the inbox, by age or to make room.
 * Errors as in store.h.
 *
 * Each call is a transaction of its own, and a short one: it ends after
 * INBOX_EXPIRE_INTAKES or INBOX_EXPIRE_BYTES. Any number of machines may call
 * at the same time. */
#ifndef STORE_STORE_INBOX_EXPIRE_H
#define STORE_STORE_INBOX_EXPIRE_H

#include "model/content_key.h"
#include "store/store_inbox_account.h"

#define INBOX_EXPIRE_INTAKES 200
#define INBOX_EXPIRE_BYTES ((uint64_t)8 << 20)

/* An intake that goes was posted, with that key of its body. */
typedef void inbox_gone_fn(void *arg, const struct uuid *intake,
    const struct content_key *posted);

struct inbox_removal {
	struct span account;
	enum inbox_class class;
	int64_t before_s; /* received before; INT64_MAX: at any time */
	int64_t now_s;
	uint64_t enough;     /* bytes: stop there; UINT64_MAX: all */
	inbox_gone_fn *gone; /* before the transaction ends; or NULL */
	void *gone_arg;
};

struct inbox_removed {
	uint64_t intakes, bytes;
	bool more; /* there may be */
};

/* The oldest of a class, all of them: bytes, reports, policies, details. Of
 * reports that one of them had the better of, the best that is left counts.
 *   event  as what it is counted, INBOX_EVENT_EVICTED or INBOX_EVENT_EXPIRED */
MUST_CHECK enum err store_inbox_remove(struct store *,
    const struct inbox_removal *, enum inbox_event event,
    struct inbox_removed *ret, struct why *why);

/* Of the oldest of a class the bytes as they were received. */
MUST_CHECK enum err store_inbox_remove_raw(struct store *,
    const struct inbox_removal *, struct inbox_removed *ret, struct why *why);

#endif
