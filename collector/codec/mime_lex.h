/* codec/mime_lex.h -- lines and words of mails; private to codec/. */
#ifndef CODEC_MIME_LEX_H
#define CODEC_MIME_LEX_H

#include "base/span.h"

/* Cut a line off, with its end. */
struct span mime_take_line(struct span *);
/* Without the LF or CRLF at its end. */
struct span mime_without_end(struct span);

/* Drop blanks, line ends and comments in front (RFC 5322 s3.2.2). */
void mime_skip_cfws(struct span *);
/* RFC 2045 s5.1; may be empty. */
struct span mime_take_token(struct span *);

#endif
