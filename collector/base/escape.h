/* base/escape.h -- outside bytes made harmless for logs and terminals. */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/buf.h"

/* For one log line: printable ASCII stays, but for '"' and '\', which get a
 * backslash; all other bytes become \n, \r, \t or \xNN. */
void escape_log(struct buf *out, struct span);

/* For a person's terminal: the same, but well-formed UTF-8 stays unless it
 * steers the terminal or the reading direction, and quotes stay as they are. */
void escape_terminal(struct buf *out, struct span);

#endif
