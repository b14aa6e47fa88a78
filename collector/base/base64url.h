/* base/base64url.h -- base64 for URLs, without padding, RFC 4648 s5. */
#ifndef BASE_BASE64URL_H
#define BASE_BASE64URL_H

#include "base/buf.h"

/* Append the text of bytes. */
void base64url_encode(struct span bytes, struct buf *out);
/* Append the bytes of text. E_SYNTAX: no such text, or not the one that these
 * bytes have; E_RANGE and E_NOMEM of out. */
MUST_CHECK enum err base64url_decode(struct span text, struct buf *out);

#endif
