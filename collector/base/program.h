/* base/program.h -- runs a program with bytes as its input; many at a time from
 * one thread, which never waits for them. */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

#define PROGRAM_OUTPUT_MAX 512 /* bytes of its output that are kept */

struct program; /* one that runs */

/* Nothing of it has to stay after the call. */
struct program_call {
	const char *const *argv; /* the absolute path first, NULL last */
	struct span input;	 /* copied */
	int64_t timeout_ns;
};

/* No shell; in a session of its own, in "/", with no descriptor, signal setting
 * or environment of ours.
 *   now_ns  monotonic, as for program_poll
 * E_ABSENT the program (or the interpreter of a script) is not there, E_USAGE
 * it cannot be executed or has no absolute path, else of the system: E_NOMEM,
 * E_BUSY, E_FULL, E_IO. */
MUST_CHECK enum err program_start(const struct program_call *, int64_t now_ns,
    struct program **ret, struct why *why);

/* Readable when program_poll has something to do; not to be read. */
int program_fd(const struct program *);

/* When program_poll has something to do even if nothing is readable. */
int64_t program_deadline_ns(const struct program *);

struct program_result {
	bool timed_out;	 /* its time was over before it ended by itself */
	int wait_status; /* as of waitpid; killed by SIGKILL if unknown */
	/* The first PROGRAM_OUTPUT_MAX bytes that it wrote to stdout and
	 * stderr: untrusted. Valid until program_free. */
	struct span output;
};

/* Take what it has written; true: it has ended, and ret says how. Past its time
 * it is killed with its process group. What it leaves in the background when it
 * ends in time goes on: that is how Exim delivers. */
bool program_poll(struct program *, int64_t now_ns, struct program_result *ret);

/* Kills it with its process group if it still runs. NULL is fine. */
void program_free(struct program *);

#endif
