/* codec/lmtp_content.h -- a message as it comes behind DATA: where it ends, and
 * without the dots that were put before dots, RFC 5321 s4.5.2. Pure. */
#ifndef CODEC_LMTP_CONTENT_H
#define CODEC_LMTP_CONTENT_H

#include "base/span.h"

struct lmtp_content {
	enum {
		LMTP_CONTENT_LINE_START,
		LMTP_CONTENT_TEXT,
		LMTP_CONTENT_CR, /* seen, not given away yet */
		LMTP_CONTENT_DOT,
		LMTP_CONTENT_DOT_CR,
	} place;
};

#define LMTP_CONTENT_START \
	((struct lmtp_content){ .place = LMTP_CONTENT_LINE_START })

/* Take a piece of the message off in, which has at least one byte. True: that
 * was the end.
 *   ret  a view of in, or a constant; may be empty */
bool lmtp_content_take(struct lmtp_content *, struct span *in,
    struct span *ret);

#endif
