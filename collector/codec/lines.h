/* codec/lines.h -- a list of texts as one text, for a column of the store: each
 * ends with a newline, "\" and newlines inside are written "\\" and "\n". Pure.
 */
#ifndef CODEC_LINES_H
#define CODEC_LINES_H

#include "base/arena.h"
#include "base/buf.h"

void lines_join(struct buf *out, struct span_list);

/* text is what lines_join makes of the list. */
bool lines_equal(struct span text, struct span_list);

/* The list again; what had no escape is a view of text. E_NOMEM. */
MUST_CHECK enum err lines_split(struct span text, struct arena *,
    struct span_list *ret);

#endif
