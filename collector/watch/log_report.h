/* watch/log_report.h -- sessions that logs of our MTAs tell of go into reports,
 * where collect.logs_in_reports has it so: for domains that ask for reports,
 * and with the policy that applied as we look it up. */
#ifndef WATCH_LOG_REPORT_H
#define WATCH_LOG_REPORT_H

#include "watch/look_round.h"

/* What a domain publishes holds for sessions of that time before. */
#define LOG_LOOK_EVERY_S 3600
/* So long after its end a day's rest is taken still. */
#define LOG_LATE_S 7200

/* The domains of today, and of yesterday soon after it, that are due; of one
 * that is over at once. Errors as of look_round_run. */
MUST_CHECK enum err log_report_run(const struct look_round *, struct why *why);

#endif
