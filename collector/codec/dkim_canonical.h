/* codec/dkim_canonical.h -- the bytes of a message that a DKIM signature is
 * over, relaxed, RFC 6376 s3.4. Pure. */
#ifndef CODEC_DKIM_CANONICAL_H
#define CODEC_DKIM_CANONICAL_H

#include "base/buf.h"

/* Append a header field, without the CRLF at its end: "name:value" (RFC 6376
 * s3.4.2). field: with its folds, with or without the CRLF at its end; what
 * has no ":" is taken for a name without value. */
void dkim_canonical_field(struct span field, struct buf *out);

/* Append a body whose lines end with CRLF (RFC 6376 s3.4.4): at most two bytes
 * more than it has. */
void dkim_canonical_body(struct span body, struct buf *out);

#endif
