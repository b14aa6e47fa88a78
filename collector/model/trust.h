/* model/trust.h -- how far a report that we received is to be believed (s3). */
#ifndef MODEL_TRUST_H
#define MODEL_TRUST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* The store keeps the number. A lesser one is better. */
enum trust_verdict {
#define TRUST_VERDICT(code, name, text, sentence) TRUST_##name = code,
#include "model/trust_verdicts.def"
#undef TRUST_VERDICT
};

/* A set is a number with 1 << reason for each; the store keeps it. */
enum trust_reason {
#define TRUST_REASON(bit, name, text, sentence) TRUST_REASON_##name = bit,
#include "model/trust_reasons.def"
#undef TRUST_REASON
	TRUST_REASONS
};

/* E_ABSENT: no such verdict. */
MUST_CHECK enum err trust_verdict_from_code(int64_t code,
    enum trust_verdict *ret);
MUST_CHECK enum err trust_verdict_from_text(struct span,
    enum trust_verdict *ret);

const char *trust_verdict_text(enum trust_verdict);	/* "authenticated" */
const char *trust_verdict_sentence(enum trust_verdict); /* for a person */

const char *trust_reason_text(enum trust_reason);     /* "from-unaligned" */
const char *trust_reason_sentence(enum trust_reason); /* for a person */

/* How far what vouches for a report goes; of several with the same identity the
 * one with the higher rank counts. */
enum trust_rank {
	TRUST_RANK_NOT_COUNTED, /* a mail that does not verify, s3 */
	TRUST_RANK_UNAUTHENTICATED,
	TRUST_RANK_AUTHENTICATED,
};

enum trust_rank trust_rank_of(int64_t verdict); /* 0: not judged */

static inline bool
trust_has(uint32_t reasons, enum trust_reason reason)
{
	return (reasons >> reason & 1) != 0;
}

#endif
