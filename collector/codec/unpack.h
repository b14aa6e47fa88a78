/* codec/unpack.h -- what was received, the body of a POST or a part of a mail,
 * to JSON text. Pure. */
#ifndef CODEC_UNPACK_H
#define CODEC_UNPACK_H

#include "base/buf.h"

/* By its first bytes: gzip or a ZIP archive. */
bool unpack_is_packed(struct span received);

/* Ceilings; all of them hold. */
struct unpack_limits {
	size_t input_max;  /* bytes received */
	size_t output_max; /* bytes of text */
	size_t ratio_max;  /* bytes of text for each byte received */
};

/* Decided by the first bytes alone, because labels are often wrong: gzip, a ZIP
 * archive of one file, or JSON as it is. No more is expanded than the ceilings
 * allow.
 *   received  untrusted bytes
 *   out       room to expand into, emptied first; its ceiling is set here
 *   ret       the text, without a byte order mark: a view of received or out
 *   why       for a person; may be NULL
 * E_RANGE past a ceiling; E_SYNTAX damaged, or something else, which why names:
 * UTF-16, XML, packed twice; E_NOMEM. */
MUST_CHECK enum err unpack(struct span received,
    const struct unpack_limits *limits, struct buf *out, struct span *ret,
    struct why *why);

#endif
