/* codec/mime_lex.h -- lines and words of mails; private to codec/. */
#ifndef CODEC_MIME_LEX_H
#define CODEC_MIME_LEX_H

#include "base/arena.h"

/* Cut a line off, with its end. */
struct span mime_take_line(struct span *);
/* Without the LF or CRLF at its end. */
struct span mime_without_end(struct span);

/* Drop a line "From ..." in front, which a mailbox file has there. */
void mime_skip_mailbox_line(struct span *);

/* Drop blanks, line ends and comments in front (RFC 5322 s3.2.2). */
void mime_skip_cfws(struct span *);
/* RFC 2045 s5.1; may be empty. */
struct span mime_take_token(struct span *);

/* A copy with ASCII in lower case; p is NULL: out of memory. */
struct span mime_lower(struct arena *, struct span);

#endif
