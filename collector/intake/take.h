/* intake/take.h -- what was received becomes rows of the inbox. */
#ifndef INTAKE_TAKE_H
#define INTAKE_TAKE_H

#include "intake/examine.h"
#include "store/store_inbox.h"

/* How far what vouches for a report goes; of two reports with the same identity
 * the one with the higher rank counts. */
enum take_rank {
	TAKE_NOT_COUNTED, /* a mail that does not verify, s3 */
	TAKE_UNAUTHENTICATED,
	TAKE_AUTHENTICATED,
};

struct take_trust {
	int64_t verdict;   /* enum trust_verdict */
	struct span trust; /* codec/lines: why */
	enum take_rank rank;
};

/* Judges each report; trust's texts last until the next call. */
typedef enum err take_judge_fn(void *arg, const struct examined *,
    const struct examined_report *, struct take_trust *ret);

struct take {
	struct store *store;
	const struct uuid *id;
	const struct receipt_facts *facts;
	struct span body;
	take_judge_fn *judge;
	void *judge_arg;
	/* Why it is kept as one that cannot be read, without a look; or NULL.
	 */
	const struct why *parked;
};

/* Raw bytes, reports, policies and details, or that nothing could be read; in a
 * transaction of the caller's. What is the receipt's own fault becomes a row;
 * an error is the store's or this machine's. */
MUST_CHECK enum err take_receipt(const struct take *, struct why *why);

#endif
