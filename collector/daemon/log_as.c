#include "daemon/log_as.h"

#include "base/log.h"

void
log_as(const char *process, const struct config *c)
{
	enum log_target target = c->daemon_log_to == CONFIG_LOG_SYSLOG
	    ? LOG_TO_SYSLOG
	    : LOG_TO_STDERR;

	log_setup(target, (enum log_level)c->daemon_log_level, process);
}
