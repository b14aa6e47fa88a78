/* report/report_stage.h -- the work of role report: close days, build what is
 * due. */
#ifndef REPORT_REPORT_STAGE_H
#define REPORT_REPORT_STAGE_H

#include "report/report_build.h"

struct report_stage {
	struct store *store;
	const struct clock *clock;
	struct report_options options;
	int64_t grace_s;
	int64_t started_s;
};

/* Look once; to be called every second or so. Reports of late sessions wait for
 * the next day to close, so that there is at most one a day. */
MUST_CHECK enum err report_stage_run(struct report_stage *, struct why *why);

#endif
