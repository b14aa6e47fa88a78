/* cli/demo_talk.h -- say something to a server of this machine, for the demo.
 */
#ifndef CLI_DEMO_TALK_H
#define CLI_DEMO_TALK_H

#include "base/err.h"
#include "base/span.h"

struct demo_line {
	struct span text;
	const char *answer; /* what the answer to it has to begin with */
};

/* Each text in turn, once the one before is answered; the first may be empty,
 * for a server that greets.
 *   where  the path of a socket, or "127.0.0.1:8460"
 * E_AWAY: nobody listens; E_CONFLICT: another answer. */
MUST_CHECK enum err demo_talk(const char *where, const struct demo_line *lines,
    size_t n, struct why *why);

#endif
