/* codec/mbox.h -- the mails of a mailbox file, RFC 4155, as its bytes are read
 * piece by piece. Pure.
 *
 * A mail begins behind a line "From SENDER DATE" that is the first one or
 * stands behind an empty line, which is not of the mail before it. Lines of
 * mails that look like that have a ">" in front (mboxrd, mboxo), which is taken
 * off; one without a time of day in it is text, since some do not put it there.
 */
#ifndef CODEC_MBOX_H
#define CODEC_MBOX_H

#include "base/buf.h"

#define MBOX_LINE_MAX 256 /* bytes of a line "From " */

struct mbox {
	bool is_open; /* a mail has begun */
	bool in_text; /* of a line whose kind is known */
	/* Held back until it is known what it is: an empty line, and the
	 * beginning of the line behind it. */
	struct span blank;
	char line[MBOX_LINE_MAX];
	size_t nline;
};

#define MBOX_INIT ((struct mbox){ .blank = { "", 0 } })

/* Whether a file that begins so is a mailbox. */
bool mbox_begins(struct span);

/* Take bytes off in, to its end or to that of a mail.
 *   mail  what is the mail's is appended; past its ceiling there is no more of
 *         it, and what is behind the mail is found all the same
 * True: the mail is whole. */
bool mbox_take(struct mbox *, struct span *in, struct buf *mail);
/* There are no more bytes. True: so the last mail is whole. */
bool mbox_end(struct mbox *, struct buf *mail);

#endif
