/* base/base64.h -- base64 with padding, RFC 4648 s4. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

/* Append the text of bytes, in one line. */
void base64_encode(struct span bytes, struct buf *out);

/* The same in lines of 76 letters, a CRLF behind each: RFC 2045 s6.8. */
void base64_encode_lines(struct span bytes, struct buf *out);

#endif
