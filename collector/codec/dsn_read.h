/* codec/dsn_read.h -- what a mail that came back says: a delivery status
 * notification (RFC 3464, RFC 3463), or the plain text of Exim and qmail. Pure.
 */
#ifndef CODEC_DSN_READ_H
#define CODEC_DSN_READ_H

#include "codec/mime_read.h"

#define DSN_TEXT_MAX 512 /* bytes */

/* Of several recipients the last of these counts: a mail that reached, or may
 * yet reach, one of them did not fail. */
enum dsn_verdict {
	DSN_OTHER,	     /* none: somebody, or a machine, answered */
	DSN_FAILED_FOR_GOOD, /* "failed", 5.x.x */
	DSN_FAILED_FOR_NOW,  /* "failed" for another reason: nobody tries any
			      * more, but a later mail may pass */
	DSN_DELAYED,	     /* it is still being tried */
	DSN_DELIVERED,	     /* or relayed, or expanded */
};

/* Texts are one line of UTF-8, in the arena; any may be empty. */
struct dsn {
	enum dsn_verdict verdict;
	struct span recipient; /* "nobody@a.example" */
	struct span status;    /* "5.1.1" */
	/* For a person: "5.1.1 user unknown". */
	struct span text;
};

/* What cannot be read is DSN_OTHER. E_RANGE: past a ceiling of mime_read.h;
 * E_NOMEM. */
MUST_CHECK enum err dsn_read(const struct mime *, struct arena *,
    struct dsn *ret, struct why *why);

#endif
