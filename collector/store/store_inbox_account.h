/* store/store_inbox_account.h -- how much the inbox holds, and who may vouch.
 * Errors and lists as in store.h.
 *
 * account: whose additions they are, a spool's UUID or "import": no two that
 * write at the same time have the same one. */
#ifndef STORE_STORE_INBOX_ACCOUNT_H
#define STORE_STORE_INBOX_ACCOUNT_H

#include "model/inbox_class.h"
#include "store/store.h"

/* -- what is held -- */

struct inbox_held {
	struct span intake;
	enum inbox_class class;
	int64_t received_s;
	struct span source; /* block of addresses, or domain; not read back */
	uint64_t raw_bytes; /* as they are kept */
	uint64_t row_bytes; /* of all else, about */
	int64_t raw_gone_s; /* 0: the bytes are there */
};

/* An intake is held, and counted as accepted; or the rows of one that was held
 * already are judged anew. In the transaction that puts its rows. */
enum err store_inbox_hold(struct store *, struct span account,
    const struct inbox_held *, struct why *why);
/* It turned out to be no report at all: nothing of it was accepted. E_ABSENT.
 */
enum err store_inbox_unhold(struct store *, struct span account,
    struct span intake, struct why *why);
/* One that is held is worth more by now. Nothing for others. */
enum err store_inbox_raise(struct store *, struct span account,
    struct span intake, enum inbox_class, struct why *why);
/* source is empty, and intake the caller's. E_ABSENT. */
MUST_CHECK enum err store_inbox_held(struct store *, struct span intake,
    struct inbox_held *ret, struct why *why);

/* By class; classes without a row are left out. */
typedef enum err inbox_sum_fn(void *arg, enum inbox_class, uint64_t n,
    uint64_t bytes);
MUST_CHECK enum err store_inbox_sums(struct store *, inbox_sum_fn *, void *arg,
    struct why *why);

/* -- what came and went -- */

/* class 0: nobody has looked. */
enum err store_inbox_count(struct store *, struct span account, int64_t day,
    enum inbox_event, int64_t class, uint64_t n, uint64_t bytes,
    struct why *why);

typedef enum err inbox_count_fn(void *arg, enum inbox_event, int64_t class,
    uint64_t n, uint64_t bytes);
/* Sums from day first to last. */
MUST_CHECK enum err store_inbox_counts(struct store *, int64_t first,
    int64_t last, inbox_count_fn *, void *arg, struct why *why);
/* How many the accounts other than this one have counted since day first. */
MUST_CHECK enum err store_inbox_count_others(struct store *,
    struct span account, int64_t first, enum inbox_event, uint64_t *ret,
    struct why *why);

/* -- known signers -- */

enum err store_inbox_signer_put(struct store *, struct span domain,
    int64_t seen_s, struct why *why);

typedef enum err inbox_signer_fn(void *arg, struct span domain, int64_t last_s);
/* Those seen since then, at most max, who was known first in front. */
MUST_CHECK enum err store_inbox_signers(struct store *, int64_t since_s,
    size_t max, inbox_signer_fn *, void *arg, struct why *why);
/* Forget those not seen since then. */
enum err store_inbox_signers_expire(struct store *, int64_t since_s,
    struct why *why);

#endif
