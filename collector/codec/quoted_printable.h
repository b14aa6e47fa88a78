/* codec/quoted_printable.h -- the transfer encoding of text, RFC 2045 s6.7.
 * Pure. */
#ifndef CODEC_QUOTED_PRINTABLE_H
#define CODEC_QUOTED_PRINTABLE_H

#include "base/buf.h"

/* Append text, whose lines end with "\n", in lines of at most 76 bytes that end
 * with CRLF. A "=" has a hexadecimal digit or the end of a line behind it. */
void quoted_printable_encode(struct span text, struct buf *out);

#endif
