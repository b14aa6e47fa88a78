/* store/store_retake.h -- what was received is taken out of the inbox, to be
 * taken once more. Errors and lists as in store.h. */
#ifndef STORE_STORE_RETAKE_H
#define STORE_STORE_RETAKE_H

#include "model/inbox.h"
#include "store/store_inbox.h"

typedef enum err inbox_due_fn(void *arg, struct span intake,
    uint64_t raw_bytes);
/* Those that wait and are due, the first due first; one with several reports
 * may be told as often. */
MUST_CHECK enum err store_inbox_due(struct store *, int64_t now_s, int64_t max,
    inbox_due_fn *, void *arg, struct why *why);
/* One that waits is due then. */
enum err store_inbox_postpone(struct store *, struct span intake, int64_t due_s,
    struct why *why);

/* What was received, and the facts of its arrival. */
struct inbox_receipt {
	int64_t received_s;
	struct span way, peer, route, sender, recipient;
	bool is_mail;
	struct span raw; /* gzip */
};

typedef enum err inbox_receipt_fn(void *arg, const struct inbox_receipt *);
/* E_ABSENT: there is none, or its bytes are not kept any more. */
MUST_CHECK enum err store_inbox_receipt(struct store *, struct span intake,
    inbox_receipt_fn *, void *arg, struct why *why);

/* -- in a transaction of the caller's -- */

/* Those of its reports. */
typedef enum err identity_fn(void *arg, const struct content_key *);
MUST_CHECK enum err store_inbox_identities(struct store *, struct span intake,
    identity_fn *, void *arg, struct why *why);

/* Reports, policies and details; the bytes stay. */
enum err store_inbox_forget(struct store *, struct span intake,
    struct why *why);
enum err store_inbox_forget_raw(struct store *, struct span intake,
    struct why *why);

/* All of that identity whose state depends on the others: first come, first
 * told. intake, part, state, verdict and content are set. */
MUST_CHECK enum err store_inbox_rivals(struct store *,
    const struct content_key *identity, inbox_fn *, void *arg, struct why *why);
/* Of those, this one counts in its state, and all others are like it, or
 * contradict it. */
enum err store_inbox_prefer(struct store *, const struct content_key *identity,
    const struct inbox_row *winner, struct why *why);

/* Of those that there are by now, who comes first counts, unless what vouches
 * for another one goes further. account: store_inbox_account.h. */
enum err store_inbox_settle(struct store *, struct span account,
    const struct content_key *identity, struct why *why);

#endif
