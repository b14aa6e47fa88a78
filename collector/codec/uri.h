/* codec/uri.h -- the syntax that all URIs share (RFC 3986). Pure. */
#ifndef CODEC_URI_H
#define CODEC_URI_H

#include "base/span.h"

/* One or more bytes, each of those that a URI may have. */
bool uri_is_text(struct span);

/* A scheme, ":", and such text; behind each "%" two hexadecimal digits. */
bool uri_is_valid(struct span);

#endif
