#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#include "base/num.h"

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static int64_t
machine_wall_ns(const struct clock *c)
{
	return read_clock(CLOCK_REALTIME) + c->offset_ns;
}

static int64_t
machine_mono_ns(const struct clock *c)
{
	(void)c;
	return read_clock(CLOCK_MONOTONIC);
}

struct clock
clock_machine(int64_t offset_s)
{
	return (struct clock){
		.wall_ns = machine_wall_ns,
		.mono_ns = machine_mono_ns,
		.offset_ns = offset_s * NS_PER_S,
	};
}

static bool
utc_parts(int64_t s, struct tm *tm)
{
	time_t t = (time_t)s;

	return gmtime_r(&t, tm) != NULL;
}

void
day_text(int64_t day, char ret[DAY_TEXT_SIZE])
{
	struct tm tm;

	if (!utc_parts(day_start_s(day), &tm) ||
	    strftime(ret, DAY_TEXT_SIZE, "%Y-%m-%d", &tm) == 0)
		(void)snprintf(ret, DAY_TEXT_SIZE, "?");
}

void
time_text(int64_t s, char ret[TIME_TEXT_SIZE])
{
	struct tm tm;

	if (!utc_parts(s, &tm) ||
	    strftime(ret, TIME_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		(void)snprintf(ret, TIME_TEXT_SIZE, "?");
}

enum err
day_parse(struct span text, int64_t *ret_day)
{
	int64_t year, month, mday, day;
	char again[DAY_TEXT_SIZE];
	struct tm tm = { 0 };

	if (text.len != 10 || text.p[4] != '-' || text.p[7] != '-')
		return E_SYNTAX;
	if (num_parse(span_head(text, 4), 0, 9999, &year) != E_OK ||
	    num_parse(span_head(span_skip(text, 5), 2), 1, 12, &month) !=
		E_OK ||
	    num_parse(span_skip(text, 8), 1, 31, &mday) != E_OK)
		return E_SYNTAX;
	if (year < 1970)
		return E_RANGE;
	tm.tm_year = (int)year - 1900;
	tm.tm_mon = (int)month - 1;
	tm.tm_mday = (int)mday;
	day = day_of_s(timegm(&tm));
	/* timegm turns February 30th into March 2nd: look whether it did. */
	day_text(day, again);
	if (!span_eq(span_str(again), text))
		return E_SYNTAX;
	*ret_day = day;
	return E_OK;
}
