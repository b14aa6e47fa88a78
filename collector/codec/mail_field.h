/* codec/mail_field.h -- header fields of a mail, folded at blanks into lines of
 * at most 78 bytes: RFC 5322 s2.1.1 and RFC 5322 s2.2.3. Pure. */
#ifndef CODEC_MAIL_FIELD_H
#define CODEC_MAIL_FIELD_H

#include <stdint.h>

#include "base/buf.h"

struct mail_field {
	struct buf *out;
	size_t column; /* bytes of the line so far */
	bool first;    /* no word yet */
};

/* "Name:", then words, each behind a blank or on a line of its own, then the
 * line's end. The first stays beside the name: some readers take a line's end
 * there for a part of the value. Words have only visible ASCII; one may be put
 * together of three. */
struct mail_field mail_field_begin(struct buf *out, const char *name);
void mail_field_word(struct mail_field *, struct span);
void mail_field_enclosed(struct mail_field *, const char *before, struct span,
    const char *after);
void mail_field_end(struct mail_field *);

/* A field of one word. */
void mail_field_add(struct buf *out, const char *name, struct span word);

/* The words of a display name: any bytes, of which those that are no text are
 * shown as base/escape.h shows them. Nothing for an empty name. */
void mail_field_display_name(struct mail_field *, struct span name);

/* The words of a time from 1970 to 9999 in UTC: RFC 5322 s3.3. */
void mail_field_date(struct mail_field *, int64_t s);

#endif
