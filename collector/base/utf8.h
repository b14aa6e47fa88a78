/* base/utf8.h -- well-formed UTF-8 (RFC 3629) and what to do without it. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define UTF8_MAX 4

/* Length of the well-formed character at the front, 0 if there is none: no
 * overlong forms, no surrogates, nothing past U+10FFFF. */
size_t utf8_char(struct span);

/* Write code point c (a scalar value) to ret; returns the bytes written. */
size_t utf8_encode(uint32_t c, char ret[UTF8_MAX]);

/* Append s as a database takes it: what is not well-formed, and NUL, become
 * U+FFFD. */
void utf8_repair(struct span s, struct buf *out);

/* The longest front of s with at most max bytes that splits no character. */
struct span utf8_cut(struct span s, size_t max);

#endif
