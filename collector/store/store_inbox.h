/* store/store_inbox.h -- reports of others. Errors and lists as in store.h. */
#ifndef STORE_STORE_INBOX_H
#define STORE_STORE_INBOX_H

#include "model/inbox.h"
#include "store/store.h"

/* -- what is put in, in a transaction of the caller's -- */

/* raw: what was received, gzip; raw_bytes: before that. posted: the
 * key of a body that was posted; or NULL. Those that are there already stay. */
enum err store_inbox_put_raw(struct store *, struct span intake,
    struct span raw, uint64_t raw_bytes, bool is_mail,
    const struct content_key *posted, struct why *why);
/* Report, policy and detail with the number of one that is there are put in its
 * place. */
enum err store_inbox_put(struct store *, const struct inbox_row *,
    struct why *why);
enum err store_inbox_put_policy(struct store *, const struct inbox_row *,
    const struct inbox_policy *, struct why *why);
enum err store_inbox_put_detail(struct store *, const struct inbox_row *,
    const struct inbox_policy *, const struct inbox_detail *, struct why *why);

/* Another one counts in its stead. */
enum err store_inbox_demote(struct store *, struct span intake, int64_t part,
    enum inbox_state, struct span like, struct why *why);

/* -- what is there -- */

typedef enum err inbox_fn(void *arg, const struct inbox_row *);

/* Those with that identity which count or would, but for one that does: first
 * come, first told. intake, part, state, verdict and content are set. */
MUST_CHECK enum err store_inbox_same(struct store *,
    const struct content_key *identity, inbox_fn *, void *arg, struct why *why);

#define INBOX_ALL                                         \
	((struct inbox_filter){ .reporter = SPAN_LIT(""), \
	    .domain = SPAN_LIT(""),                       \
	    .until_s = INT64_MAX })

/* By the time of receipt. */
MUST_CHECK enum err store_inbox_list(struct store *,
    const struct inbox_filter *, inbox_fn *, void *arg, struct why *why);
/* All reports of one intake. E_ABSENT. */
MUST_CHECK enum err store_inbox_get(struct store *, struct span intake,
    inbox_fn *, void *arg, struct why *why);

typedef enum err inbox_raw_fn(void *arg, struct span raw, uint64_t raw_bytes);
/* E_ABSENT. */
MUST_CHECK enum err store_inbox_raw(struct store *, struct span intake,
    inbox_raw_fn *, void *arg, struct why *why);

typedef enum err inbox_policy_fn(void *arg, const struct inbox_policy *);
typedef enum err inbox_detail_fn(void *arg, const struct inbox_detail *);
MUST_CHECK enum err store_inbox_policies(struct store *, struct span intake,
    int64_t part, inbox_policy_fn *, void *arg, struct why *why);
MUST_CHECK enum err store_inbox_details(struct store *, struct span intake,
    int64_t part, inbox_detail_fn *, void *arg, struct why *why);

/* -- what is kept and does not count -- */

struct inbox_heap {
	enum inbox_state state;
	int64_t verdict;  /* enum trust_verdict; 0: not judged */
	struct span text; /* what they have in common */
	uint64_t reports;
	int64_t first_s, last_s; /* of receipt */
};

typedef enum err inbox_heap_fn(void *arg, const struct inbox_heap *);
/* By state and verdict; of those that cannot be read, by reason as well. */
MUST_CHECK enum err store_inbox_heaps(struct store *, inbox_heap_fn *,
    void *arg, struct why *why);
/* Policy domains that are not ours, the most frequent first; at most max. */
MUST_CHECK enum err store_inbox_foreign(struct store *, size_t max,
    inbox_heap_fn *, void *arg, struct why *why);

/* -- how far the spool has been read -- */

struct intake_place {
	int64_t segment, offset;
};

/* E_ABSENT: nothing of it has been read. */
MUST_CHECK enum err store_intake_place(struct store *, const struct uuid *spool,
    struct intake_place *ret, struct why *why);
/* In the transaction of what was read before it. */
enum err store_intake_move(struct store *, const struct uuid *spool,
    const struct intake_place *, struct why *why);

#endif
