/* cli/prose.h -- sentences for people, broken into lines; outside text is made
 * harmless. */
#ifndef CLI_PROSE_H
#define CLI_PROSE_H

#include "base/err.h"
#include "base/span.h"

/* Print on standard output, each line behind so many blanks. */
void prose(int indent, const char *fmt, ...) PRINTF(2, 3);

#endif
