/* intake/take.h -- what was received becomes rows of the inbox. */
#ifndef INTAKE_TAKE_H
#define INTAKE_TAKE_H

#include "intake/opened.h"
#include "intake/source.h"
#include "model/inbox_class.h"
#include "model/trust.h"
#include "store/store_inbox.h"

/* As the store has it. */
const char *take_way_text(enum receipt_way);
enum receipt_way take_way_of(struct span text);

struct take_trust {
	int64_t verdict;   /* enum trust_verdict */
	struct span trust; /* codec/lines: why */
	enum trust_rank rank;
	int64_t due_s; /* when it may be judged; 0: it is */
	/* The TLS-Report-Domain that what vouches for it is over, or empty. */
	struct span domain;
};

/* Judges each report; trust's texts last until the next call. */
typedef enum err take_judge_fn(void *arg, const struct examined *,
    const struct examined_report *, struct take_trust *ret);

/* What became of it. */
struct taken {
	enum inbox_class class; /* the best of its reports */
	int64_t verdict;	/* of that; enum trust_verdict, or 0 */
	/* The organisational domain that vouches for it, or "". */
	char signer[SOURCE_SIZE];
};

struct take {
	struct store *store;
	const struct uuid *id;
	const struct receipt_facts *facts;
	struct opened *opened;
	const struct content_key *posted; /* its key, if it was; or NULL */
	take_judge_fn *judge;
	void *judge_arg;
	int64_t parked_until_s; /* it only waits until then; 0: for good */
	struct span account;	/* store_inbox_account.h */
	struct taken *taken;	/* set on E_OK; NULL: nobody asks */
};

/* Raw bytes, reports, policies and details, or that nothing could be read; in a
 * transaction of the caller's. What is the receipt's own fault becomes a row;
 * an error is the store's or this machine's. */
MUST_CHECK enum err take_receipt(const struct take *, struct why *why);

/* Whether the store's error is of the receipt, which then holds up nobody; the
 * others are the store's or the machine's, and pass. */
bool take_is_own_fault(enum err);

#endif
