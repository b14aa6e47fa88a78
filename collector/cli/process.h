/* cli/process.h -- start, watch and end another program. */
#ifndef CLI_PROCESS_H
#define CLI_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* Start argv[0] with its output appended to the file log. */
MUST_CHECK enum err process_start(const char *const *argv, const char *log,
    pid_t *ret, struct why *why);
/* False: it has ended; *ret_status is as of waitpid. */
bool process_runs(pid_t, int *ret_status);
/* SIGTERM, and wait for the end. */
void process_end(pid_t);

/* The path of a program that lies beside this one, or that belongs into the
 * folder sbin beside this one's. E_ABSENT. */
MUST_CHECK enum err process_sibling(const char *name, char *ret, size_t size,
    struct why *why);

#endif
