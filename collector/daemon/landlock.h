/* daemon/landlock.h -- Landlock: a process gives up files for good.
 * landlock(7).
 */
#ifndef DAEMON_LANDLOCK_H
#define DAEMON_LANDLOCK_H

#include <stdbool.h>

#include "base/err.h"

enum landlock_access {
	LANDLOCK_READ,	/* files and folders */
	LANDLOCK_WRITE, /* the same, and change, make and remove them */
	LANDLOCK_USE,	/* what is there is read and written, none is made */
};

/* What is not allowed by the rules that follow: to run programs, to change,
 * make and remove files; reads: also to read. E_ABSENT: this kernel cannot. */
MUST_CHECK enum err landlock_begin(bool reads, int *ret_fd, struct why *why);
/* At the path and below it. E_IO: it is not there. */
MUST_CHECK enum err landlock_allow(int fd, bool reads, const char *path,
    enum landlock_access, struct why *why);
/* From now on, for this thread and those that it starts. */
MUST_CHECK enum err landlock_enter(int fd, struct why *why);

#endif
