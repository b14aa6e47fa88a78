/* model/reporter_rhythm.h -- whether a reporter has fallen silent, by its own
 * rhythm: some report each day, some only on days with mail. */
#ifndef MODEL_REPORTER_RHYTHM_H
#define MODEL_REPORTER_RHYTHM_H

#include <stdbool.h>
#include <stdint.h>

#define RHYTHM_DAYS 90	  /* that it is told by */
#define RHYTHM_DAYS_MIN 3 /* with reports, or there is no rhythm */

/* Of one with reports about so many days, from first to last: the usual number
 * of days from one to the next, rounded; 0: not to be told. */
int64_t rhythm_gap(int64_t first, int64_t last, uint64_t days);

/* today: UTC; the report about yesterday may still come. */
bool rhythm_is_silent(int64_t first, int64_t last, uint64_t days,
    int64_t today);

#endif
