/* codec/date_read.h -- dates and times as reporters write them: RFC 3339 s5.6,
 * and what comes near. Pure. */
#ifndef CODEC_DATE_READ_H
#define CODEC_DATE_READ_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

enum date_mark {
	DATE_NO_ZONE = 1 << 0,	/* taken as UTC */
	DATE_OFFSET = 1 << 1,	/* another zone than "Z", "+00:00" too */
	DATE_FRACTION = 1 << 2, /* of a second, left out */
	DATE_FORM = 1 << 3,	/* other than RFC 3339 in another way */
};

/* Besides RFC 3339 are taken: blanks around it; a blank between date and time;
 * small letters; no seconds, or no time at all; a comma before the fraction;
 * 24:00:00; zones without colon or minutes, "UTC" and "GMT". Second 60 is 59.
 *   ret_s      UTC seconds since 1970
 *   ret_marks  enum date_mark
 * E_SYNTAX; E_RANGE before 1970 or past 9999. */
MUST_CHECK enum err date_read(struct span text, int64_t *ret_s,
    unsigned *ret_marks);

#endif
