/* codec/mail_text.h -- what a person reads of a report mail, s5.3. Pure. */
#ifndef CODEC_MAIL_TEXT_H
#define CODEC_MAIL_TEXT_H

#include "base/buf.h"
#include "codec/mail_write.h"

#define MAIL_TEXT_MAX ((size_t)8 << 20) /* bytes: enough for any summary */

/* Append who reports about what, the sums, and why the mail was sent: UTF-8 in
 * lines of 72 bytes that end with "\n"; a word that is longer has a line of its
 * own. What a terminal would act upon is escaped. */
void mail_text(const struct report_mail *, struct buf *out);

#endif
