/* daemon/log_reader.h -- the thread of role collect that follows the logs of
 * MTAs (collect.logs). Datagrams do not wait for it. */
#ifndef DAEMON_LOG_READER_H
#define DAEMON_LOG_READER_H

#include "base/uuid.h"
#include "daemon/role.h"

struct log_reader;

/* Start it, if there are logs to be followed; else *ret is NULL. The context
 * outlives it. */
MUST_CHECK enum err log_reader_start(const struct role_context *,
    const struct uuid *collector, struct log_reader **ret, struct why *why);
/* It ends in a moment: what it has not read it reads the next time. NULL is
 * fine. */
void log_reader_stop(struct log_reader *);

#endif
