/* codec/count_read.h -- a count of sessions as reporters write it. Pure. */
#ifndef CODEC_COUNT_READ_H
#define CODEC_COUNT_READ_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

enum count_mark {
	COUNT_FORM = 1 << 0,	  /* whole, but written as 1.0 or 1e3 */
	COUNT_TOO_LARGE = 1 << 1, /* COUNT_MAX instead */
};

/* A decimal number in JSON's grammar, leading zeros and a "+" taken too.
 *   ret_n      at most COUNT_MAX
 *   ret_marks  enum count_mark
 * E_SYNTAX no number; E_RANGE negative, or not whole. */
MUST_CHECK enum err count_read(struct span text, uint64_t *ret_n,
    unsigned *ret_marks);

#endif
