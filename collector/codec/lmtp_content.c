#include "codec/lmtp_content.h"

/* Only CR LF ends a line, RFC 5321 s2.3.8: else one message could carry another
 * past whoever looks at it on the way. A CR or LF that stands alone is content
 * like any other byte. */

static struct span
take_text(struct lmtp_content *c, struct span *in)
{
	const char *cr = memchr(in->p, '\r', in->len);
	struct span text = span_head(*in,
	    cr == NULL ? in->len : (size_t)(cr - in->p));

	*in = span_skip(*in, text.len);
	if (span_take(in, SPAN_LIT("\r")))
		c->place = LMTP_CONTENT_CR;
	return text;
}

static struct span
after_cr(struct lmtp_content *c, struct span *in)
{
	if (span_take(in, SPAN_LIT("\n"))) {
		c->place = LMTP_CONTENT_LINE_START;
		return SPAN_LIT("\r\n");
	}
	c->place = LMTP_CONTENT_TEXT;
	return SPAN_LIT("\r");
}

bool
lmtp_content_take(struct lmtp_content *c, struct span *in, struct span *ret)
{
	*ret = SPAN_NONE;
	switch (c->place) {
	case LMTP_CONTENT_LINE_START:
		c->place = span_take(in, SPAN_LIT(".")) ? LMTP_CONTENT_DOT
							: LMTP_CONTENT_TEXT;
		return false;
	case LMTP_CONTENT_TEXT:
		*ret = take_text(c, in);
		return false;
	case LMTP_CONTENT_CR:
		*ret = after_cr(c, in);
		return false;
	case LMTP_CONTENT_DOT:
		c->place = span_take(in, SPAN_LIT("\r")) ? LMTP_CONTENT_DOT_CR
							 : LMTP_CONTENT_TEXT;
		return false;
	case LMTP_CONTENT_DOT_CR:
		if (span_take(in, SPAN_LIT("\n")))
			return true;
		c->place = LMTP_CONTENT_TEXT;
		*ret = SPAN_LIT("\r");
		return false;
	}
	return false;
}
