/* cli/progress.h -- a line on a terminal that says how far a long command is;
 * where stderr is none, nothing. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct progress {
	bool is_shown; /* there is a terminal */
	bool is_coloured;
	bool is_drawn; /* there is a line now */
	struct clock clock;
	int64_t next_ns; /* not before */
};

void progress_begin(struct progress *);

/* Whether it is time for another line. */
bool progress_is_due(const struct progress *);
/* How much of all is done, in any unit, and a text behind that; drawn if it is
 * due. all 0: not known. */
void progress_tell(struct progress *, uint64_t done, uint64_t all,
    const char *text);

/* Take the line away: before another is printed, and at the end. */
void progress_clear(struct progress *);

#endif
