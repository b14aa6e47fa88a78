/* codec/ehlo.h -- what Postfix gives as receiving-mx-helo: a whole reply to
 * EHLO, lines joined by CRLF. Pure. */
#ifndef CODEC_EHLO_H
#define CODEC_EHLO_H

#include "base/span.h"

/* The name that the server gives itself: the first word behind "250-" or
 * "250 " (RFC 5321 s4.1.1.1), or the first word of anything else. A view of
 * reply, empty if there is none. */
struct span ehlo_name(struct span reply);

#endif
