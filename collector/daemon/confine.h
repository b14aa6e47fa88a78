/* daemon/confine.h -- a role's process gives up the files that it does not
 * need, where the kernel can see to that. */
#ifndef DAEMON_CONFINE_H
#define DAEMON_CONFINE_H

#include "config/config.h"

/* Before the role has started a thread or opened anything. It says in one line
 * whether it was done: what cannot be done is left out, whole. */
void confine(const char *role, const struct config *);

#endif
