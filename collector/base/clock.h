/* base/clock.h -- time: the machine's or a test's, UTC days, RFC 3339. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define S_PER_DAY INT64_C(86400)

/* Where the time comes from. wall_ns is UTC since 1970 and may jump; mono_ns
 * only grows and is good for nothing but differences. */
struct clock {
	int64_t (*wall_ns)(const struct clock *);
	int64_t (*mono_ns)(const struct clock *);
	int64_t offset_ns; /* added to the wall time: demo and tests */
	void *arg;
};

/* The machine's clocks, the wall moved by offset_s. */
struct clock clock_machine(int64_t offset_s);

static inline int64_t
clock_wall_ns(const struct clock *c)
{
	return c->wall_ns(c);
}

static inline int64_t
clock_wall_s(const struct clock *c)
{
	return c->wall_ns(c) / NS_PER_S;
}

static inline int64_t
clock_mono_ns(const struct clock *c)
{
	return c->mono_ns(c);
}

/* A UTC day is its number since 1970-01-01, which is day 0. Times from 1970
 * to the year 9999. */
#define DAY_MAX 2932896 /* 9999-12-31 */

static inline int64_t
day_of_s(int64_t s)
{
	return s / S_PER_DAY;
}

static inline int64_t
day_of_ns(int64_t ns)
{
	return day_of_s(ns / NS_PER_S);
}

/* The Monday of the day's week; those of the first one are before 1970. */
static inline int64_t
week_of_day(int64_t day)
{
	return day - (day + 3) % 7;
}

static inline int64_t
day_start_s(int64_t day)
{
	return day * S_PER_DAY;
}

/* The last second: reports name it as the end of their range. */
static inline int64_t
day_end_s(int64_t day)
{
	return day_start_s(day + 1) - 1;
}

#define DAY_TEXT_SIZE 11  /* "2026-11-22" */
#define TIME_TEXT_SIZE 21 /* "2026-11-22T23:59:59Z" */

void day_text(int64_t day, char ret[DAY_TEXT_SIZE]);
/* "2026-11-22" to a day. E_SYNTAX; E_RANGE before 1970. */
MUST_CHECK enum err day_parse(struct span, int64_t *ret_day);
/* RFC 3339 s5.6 in UTC. */
void time_text(int64_t s, char ret[TIME_TEXT_SIZE]);

#endif
