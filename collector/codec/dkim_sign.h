/* codec/dkim_sign.h -- the DKIM signature of a report mail (s3): RFC 6376 and
 * RFC 8463, relaxed/relaxed, never with l=. Pure. */
#ifndef CODEC_DKIM_SIGN_H
#define CODEC_DKIM_SIGN_H

#include <stdint.h>

#include "codec/dkim_key.h"

#define DKIM_FIELDS_MAX 128  /* fields in a message's header */
#define DKIM_FIELD_MAX 16384 /* bytes of the field that is made */

struct dkim_signing {
	struct span domain;   /* d=: whose key it is, A-labels */
	struct span selector; /* s= */
	int64_t now_s;	      /* t=, UTC, not negative */
	int64_t expires_s;    /* x=, later than now_s; 0: never */
};

/* Append "DKIM-Signature: ...\r\n" in lines of at most 78 bytes, unless a name
 * alone is longer, to stand in front of the message.
 *   message  header, empty line, body; each line ends with CRLF, and neither CR
 *            nor LF stands alone, which some server would mend on the way
 * Signed are From, once more than it is there, so that none can be added, and
 * each of the fields that a report has, as often as it is there. ret_field is
 * left alone on failure unless it is E_RANGE or E_NOMEM.
 * E_SYNTAX: no such message, no From, a domain or selector that is none, or
 * times out of order; E_RANGE: past a ceiling; E_NOMEM; E_IO: the library
 * failed. */
MUST_CHECK enum err dkim_sign(const struct dkim_key *,
    const struct dkim_signing *, struct span message, struct buf *ret_field,
    struct why *why);

#endif
