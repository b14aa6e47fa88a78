/* codec/crlf.h -- line ends of a message that comes from a file. Pure. */
#ifndef CODEC_CRLF_H
#define CODEC_CRLF_H

#include "base/buf.h"

/* Whether an LF stands without CR in front. */
bool crlf_is_missing(struct span text);

/* Append text with CRLF for each LF that has no CR in front, which is what a
 * message has on its way (RFC 5321 s2.3.8): at most twice its bytes. */
void crlf_add(struct span text, struct buf *out);

#endif
