/* codec/bounce_address.h -- the envelope sender of a report mail: each attempt
 * has its own, so that what comes back tells by its recipient what it is about.
 * Pure. */
#ifndef CODEC_BOUNCE_ADDRESS_H
#define CODEC_BOUNCE_ADDRESS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/uuid.h"

struct bounce_address {
	char delivery[UUID_TEXT_SIZE]; /* lower case */
	int64_t attempt;	       /* 1 to BOUNCE_ATTEMPT_MAX */
};

/* Append "local+UUID-attempt@domain".
 *   bounce    "local@domain", a valid address (model/address.h)
 *   delivery  its id: a UUID
 * E_SYNTAX: bounce or delivery is none; E_RANGE: local is longer than
 * BOUNCE_LOCAL_MAX, bounce than BOUNCE_ADDRESS_MAX, or attempt is not from 1 to
 * BOUNCE_ATTEMPT_MAX; E_NOMEM. */
MUST_CHECK enum err bounce_address_make(struct span bounce,
    struct span delivery, int64_t attempt, struct buf *out);

/* What was made with bounce, in any case of its letters, since mail servers may
 * change that. E_ABSENT: address is another one. */
MUST_CHECK enum err bounce_address_parse(struct span bounce,
    struct span address, struct bounce_address *ret);

#endif
