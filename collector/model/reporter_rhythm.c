#include "model/reporter_rhythm.h"

#define GAPS 2	/* that may pass without a report */
#define SLACK 2 /* days: reports come a day after theirs, or a little later */

int64_t
rhythm_gap(int64_t first, int64_t last, uint64_t days)
{
	int64_t gaps = (int64_t)days - 1;

	if (days < RHYTHM_DAYS_MIN || last <= first)
		return 0;
	return (last - first + gaps / 2) / gaps;
}

bool
rhythm_is_silent(int64_t first, int64_t last, uint64_t days, int64_t today)
{
	int64_t gap = rhythm_gap(first, last, days);

	return gap > 0 && today - 1 - last > GAPS * gap + SLACK;
}
