/* store/store_published.h -- what domains of ours publish, by date, and when
 * each is looked at. Errors and lists as in store.h. */
#ifndef STORE_STORE_PUBLISHED_H
#define STORE_STORE_PUBLISHED_H

#include "model/published.h"
#include "store/store.h"

/* Of one thing: an address that changes with each look must not fill the
 * store. The oldest go. */
#define PUBLISHED_VALUES_MAX 400

/* It is so now (last_s; first_s does not count). *ret_changed: another value
 * was there before. In a transaction of the caller's. */
MUST_CHECK enum err store_published_put(struct store *,
    const struct published_value *, bool *ret_changed, struct why *why);

typedef enum err published_fn(void *arg, const struct published_value *);
/* What was seen of the domain at that time or later: by kind, subject and
 * time. */
MUST_CHECK enum err store_published_list(struct store *, struct span domain,
    int64_t since_s, published_fn *, void *arg, struct why *why);

/* -- looking -- */

struct watch_turn {
	int64_t now_s;
	int64_t latest_s; /* due later than that: it was put there wrongly */
};

typedef enum err watch_domain_fn(void *arg, struct span domain);
/* At most so many domains of ours that are due, longest ago first. */
MUST_CHECK enum err store_watch_due(struct store *, const struct watch_turn *,
    size_t max, watch_domain_fn *, void *arg, struct why *why);
/* Of several who try one gets it, and it is due at that time the next time. */
MUST_CHECK enum err store_watch_claim(struct store *, struct span domain,
    const struct watch_turn *, int64_t due_s, bool *ret_is_mine,
    struct why *why);

struct watch_state {
	int64_t looked_s;	  /* 0: never */
	struct span not_measured; /* lines; "": all was */
};

MUST_CHECK enum err store_watch_put(struct store *, struct span domain,
    const struct watch_state *, struct why *why);
/* Its text is in the arena. A domain that is not watched was never looked at.
 */
MUST_CHECK enum err store_watch_get(struct store *, struct span domain,
    struct arena *, struct watch_state *ret, struct why *why);

#endif
