/* daemon/log_as.h -- the log as configured. */
#ifndef DAEMON_LOG_AS_H
#define DAEMON_LOG_AS_H

#include "config/config.h"

/* process: a constant string that stands in each line. */
void log_as(const char *process, const struct config *);

#endif
