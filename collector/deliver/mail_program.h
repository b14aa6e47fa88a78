/* deliver/mail_program.h -- hands a message to a sendmail program, as Postfix,
 * Exim and msmtp have one; many at a time from one thread, which never waits
 * for them. */
#ifndef DELIVER_MAIL_PROGRAM_H
#define DELIVER_MAIL_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

#define MAIL_PROGRAM_OUTPUT_MAX 512 /* bytes of its output that are kept */

struct mail_program; /* one that runs */

/* Nothing of it has to stay after the call. */
struct mail_program_call {
	/* The program's absolute path, what the operator wants before our
	 * arguments, NULL. */
	const char *const *command;
	struct span sender; /* of the envelope; empty: the null sender <> */
	struct span recipient;
	struct span message; /* copied; lines may end in CRLF or LF */
	int64_t timeout_ns;
};

/* Run "COMMAND -i -f SENDER -- RECIPIENT" with the message as its input: no
 * shell, in a session of its own, in "/", with no descriptor, signal setting or
 * environment of ours. Lines end in LF there: no sendmail program minds, and
 * whoever sends it on makes them CRLF again.
 *   now_ns  monotonic, as for mail_program_poll
 * E_SYNTAX an address that model/address.h does not take, E_ABSENT the program
 * (or the interpreter of a script) is not there, E_USAGE it cannot be executed,
 * else of the system: E_NOMEM, E_BUSY, E_FULL, E_IO. */
MUST_CHECK enum err mail_program_start(const struct mail_program_call *,
    int64_t now_ns, struct mail_program **ret, struct why *why);

/* Readable when mail_program_poll has something to do; not to be read. */
int mail_program_fd(const struct mail_program *);

/* When mail_program_poll has something to do even if nothing is readable. */
int64_t mail_program_deadline_ns(const struct mail_program *);

struct mail_program_result {
	bool timed_out;	 /* its time was over before it ended by itself */
	int wait_status; /* as of waitpid; killed by SIGKILL if unknown */
	/* The first MAIL_PROGRAM_OUTPUT_MAX bytes that it wrote to stdout and
	 * stderr: untrusted. Valid until mail_program_free. */
	struct span output;
};

/* Take what it has written; true: it has ended, and ret says how. Past its time
 * it is killed with its process group. What it leaves in the background when it
 * ends in time goes on: that is how Exim delivers. */
bool mail_program_poll(struct mail_program *, int64_t now_ns,
    struct mail_program_result *ret);

/* Kills it with its process group if it still runs. NULL is fine. */
void mail_program_free(struct mail_program *);

#endif
