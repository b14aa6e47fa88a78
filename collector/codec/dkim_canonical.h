/* codec/dkim_canonical.h -- the bytes of a message that a DKIM signature is
 * over: RFC 6376 s3.4. Pure. */
#ifndef CODEC_DKIM_CANONICAL_H
#define CODEC_DKIM_CANONICAL_H

#include "base/buf.h"

enum dkim_canonical { DKIM_SIMPLE, DKIM_RELAXED };

/* Append a header field, without the CRLF at its end (RFC 6376 s3.4.1, RFC 6376
 * s3.4.2). field: with its folds, with or without the CRLF at its end; to
 * DKIM_RELAXED what has no ":" is a name without value. */
void dkim_canonical_field(enum dkim_canonical, struct span field,
    struct buf *out);

/* Append a body whose lines end with CRLF (RFC 6376 s3.4.3, RFC 6376 s3.4.4):
 * at most two bytes more than it has. */
void dkim_canonical_body(enum dkim_canonical, struct span body,
    struct buf *out);

#endif
