/* daemon/role_counts.h -- which process a role is, and how often it was
 * started: the supervisor tells it to who answers at /metrics. */
#ifndef DAEMON_ROLE_COUNTS_H
#define DAEMON_ROLE_COUNTS_H

#include <sys/types.h>

#include "daemon/role.h"

struct role_counts {
	pid_t pid; /* 0: it does not run */
	int64_t started_s;
	uint64_t starts; /* since the service was started */
};

void role_counts_start(const struct role *, pid_t, int64_t now_s);
void role_counts_end(const struct role *);
/* i: as of role_at. */
struct role_counts role_counts_get(size_t i);

#endif
