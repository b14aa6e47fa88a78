/* codec/mail_date.h -- the time in a Date or Received field, RFC 5322 s3.3.
 * Pure. */
#ifndef CODEC_MAIL_DATE_H
#define CODEC_MAIL_DATE_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* value: of Date, or of Received, where the time stands behind the last ";";
 * untrusted, may be folded. The day of the week is not looked at. E_SYNTAX;
 * E_RANGE before 1970. */
MUST_CHECK enum err mail_date_read(struct span value, int64_t *ret_s);

#endif
