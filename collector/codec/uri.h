/* codec/uri.h -- the syntax that all URIs share (RFC 3986). Pure. */
#ifndef CODEC_URI_H
#define CODEC_URI_H

#include "base/span.h"

/* One or more bytes, each of those that a URI may have. */
bool uri_is_text(struct span);

/* A scheme, ":", and such text; behind each "%" two hexadecimal digits. */
bool uri_is_valid(struct span);

/* The byte that "%XX" at the front of s stands for, 0 to 255; -1: s does not
 * begin so. */
int uri_encoded_byte(struct span s);

/* Of what stands behind the scheme's ":" that between "//" and the path, query
 * or fragment: user, host and port. Empty if there is no "//". */
struct span uri_authority(struct span);

#endif
