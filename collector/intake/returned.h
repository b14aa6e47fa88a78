/* intake/returned.h -- a report mail of ours that came back: what its sender's
 * server says of it (RFC 3464) goes to the delivery it is of. */
#ifndef INTAKE_RETURNED_H
#define INTAKE_RETURNED_H

#include "codec/bounce_address.h"
#include "codec/dsn_read.h"
#include "config/config.h"
#include "store/store.h"

#define RETURNED_BYTES_MAX 1048576 /* of a mail that are looked at */
#define RETURNED_ARENA_MAX 16777216

struct returned {
	struct bounce_address about;
	struct dsn dsn; /* its texts are in the arena and the mail */
	/* Beside a line of a person: it tells of no failure and of no delay, so
	 * there is nothing to do. */
	const char *left_alone; /* else NULL */
	/* Set by returned_apply. UTC: nothing is sent there until then; 0:
	 * other mails still are. */
	int64_t suppressed_until_s;
};

/* recipient: of the envelope; SPAN_NONE: not known, those in the header count.
 * E_ABSENT: it is not for an address made of deliver.bounce_address. E_RANGE:
 * past a ceiling of mime_read.h; E_NOMEM. */
MUST_CHECK enum err returned_read(const struct config *, struct span message,
    struct span recipient, struct arena *, struct returned *ret,
    struct why *why);

/* In a transaction of its own. One that is left alone is not for this. Errors
 * of store_bounce_add. */
MUST_CHECK enum err returned_apply(const struct config *, struct store *,
    int64_t now_s, struct returned *, struct why *why);

#endif
