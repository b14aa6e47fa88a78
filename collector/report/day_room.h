/* report/day_room.h -- room in the store for the days to come, and none for
 * those that are long gone, nor for their reports. */
#ifndef REPORT_DAY_ROOM_H
#define REPORT_DAY_ROOM_H

#include "base/clock.h"
#include "store/store.h"

#define DAY_ROOM_AHEAD 14 /* days that are made ahead */

/* Reports of so many days stay in any case: they are still tried, counted
 * against sessions of their own mails (s3), and followed by late ones. */
#define DAY_ROOM_REPORTS_MIN 30

/* Zeroed but for what comes first. */
struct day_room {
	struct store *store;
	const struct clock *clock;
	/* By whole UTC days; 0: for good. */
	int64_t keep_s;		/* tallies */
	int64_t keep_reports_s; /* with their deliveries */
	int64_t due_ns;		/* monotonic */
};

/* Once an hour, however often it is called: some of it each time, until no more
 * is left. */
MUST_CHECK enum err day_room_run(struct day_room *, struct why *why);

#endif
