#include "codec/date_read.h"

#include "base/ascii.h"
#include "base/clock.h"

struct date {
	struct span rest;
	int64_t s; /* without the offset of the zone */
	int64_t offset_s;
	unsigned marks;
};

/* Take n digits if there are as many. */
static bool
take_number(struct date *d, size_t n, unsigned min, unsigned max, unsigned *ret)
{
	unsigned v = 0;

	if (d->rest.len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!ascii_is_digit(d->rest.p[i]))
			return false;
		v = v * 10 + (unsigned)(d->rest.p[i] - '0');
	}
	if (v < min || v > max)
		return false;
	d->rest = span_skip(d->rest, n);
	*ret = v;
	return true;
}

static bool
take(struct date *d, char c)
{
	if (d->rest.len == 0 || d->rest.p[0] != c)
		return false;
	d->rest = span_skip(d->rest, 1);
	return true;
}

static bool
is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned
days_in(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01; the year is 1 or later. */
static int64_t
day_number(unsigned year, unsigned month, unsigned mday)
{
	int64_t before = (int64_t)year - 1;
	int64_t days = before * 365 + before / 4 - before / 100 + before / 400;

	for (unsigned m = 1; m < month; m++)
		days += days_in(year, m);
	return days + mday - 1 - 719162; /* of 1970-01-01 itself */
}

static bool
take_day(struct date *d)
{
	unsigned year, month, mday;

	if (!take_number(d, 4, 1, 9999, &year) || !take(d, '-') ||
	    !take_number(d, 2, 1, 12, &month) || !take(d, '-') ||
	    !take_number(d, 2, 1, days_in(year, month), &mday))
		return false;
	d->s = day_start_s(day_number(year, month, mday));
	return true;
}

static bool
take_fraction(struct date *d)
{
	size_t n = 0;

	if (!take(d, '.')) {
		if (!take(d, ','))
			return true;
		d->marks |= DATE_FORM;
	}
	while (n < d->rest.len && ascii_is_digit(d->rest.p[n]))
		n++;
	d->rest = span_skip(d->rest, n);
	d->marks |= DATE_FRACTION;
	return n > 0;
}

static bool
take_time(struct date *d)
{
	unsigned hour, minute, second = 0;

	if (!take_number(d, 2, 0, 24, &hour) || !take(d, ':') ||
	    !take_number(d, 2, 0, 59, &minute))
		return false;
	if (!take(d, ':'))
		d->marks |= DATE_FORM;
	else if (!take_number(d, 2, 0, 60, &second) || !take_fraction(d))
		return false;
	if (hour == 24) { /* s4.4 itself calls a day's end 24:00 */
		if (minute != 0 || second != 0)
			return false;
		d->marks |= DATE_FORM;
	}
	if (second == 60) /* a leap second, which UTC seconds do not count */
		second = 59;
	d->s += hour * 3600 + minute * 60 + second;
	return true;
}

static bool
take_offset(struct date *d, int sign)
{
	unsigned hours, minutes = 0;

	if (!take_number(d, 2, 0, 23, &hours))
		return false;
	if (!take(d, ':'))
		d->marks |= DATE_FORM;
	else if (d->rest.len == 0)
		return false;
	if (d->rest.len > 0 && !take_number(d, 2, 0, 59, &minutes))
		return false;
	d->offset_s = sign * (int64_t)(hours * 3600 + minutes * 60);
	d->marks |= DATE_OFFSET;
	return true;
}

static bool
take_zone(struct date *d)
{
	if (take(d, 'Z'))
		return true;
	if (d->rest.len == 0) {
		d->marks |= DATE_NO_ZONE;
		return true;
	}
	if (take(d, '+'))
		return take_offset(d, 1);
	if (take(d, '-'))
		return take_offset(d, -1);
	d->marks |= DATE_FORM;
	d->rest = span_trim(d->rest);
	if (span_eq_nocase(d->rest, SPAN_LIT("z")) ||
	    span_eq_nocase(d->rest, SPAN_LIT("UTC")) ||
	    span_eq_nocase(d->rest, SPAN_LIT("GMT"))) {
		d->rest.len = 0;
		return true;
	}
	return false;
}

static bool
take_all(struct date *d)
{
	if (!take_day(d))
		return false;
	if (d->rest.len == 0) {
		d->marks |= DATE_FORM | DATE_NO_ZONE;
		return true;
	}
	if (!take(d, 'T')) {
		if (!take(d, ' ') && !take(d, 't'))
			return false;
		d->marks |= DATE_FORM;
	}
	return take_time(d) && take_zone(d) && d->rest.len == 0;
}

enum err
date_read(struct span text, int64_t *ret_s, unsigned *ret_marks)
{
	struct date d = { .rest = span_trim(text) };
	int64_t s;

	if (d.rest.len < text.len)
		d.marks |= DATE_FORM;
	if (!take_all(&d))
		return E_SYNTAX;
	s = d.s - d.offset_s;
	if (s < 0 || s > day_end_s(DAY_MAX))
		return E_RANGE;
	*ret_s = s;
	*ret_marks = d.marks;
	return E_OK;
}
