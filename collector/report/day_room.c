#include "report/day_room.h"

#define PERIOD_NS (3600 * NS_PER_S)
#define RETRY_NS (60 * NS_PER_S)
#define FORGET_MAX 20 /* transactions at a time */

static enum err
make(const struct day_room *r, int64_t today, struct why *why)
{
	enum err e = E_OK;

	for (int64_t d = today; d <= today + DAY_ROOM_AHEAD && e == E_OK; d++)
		e = store_day_make(r->store, d, why);
	return e;
}

static enum err
forget(const struct day_room *r, int64_t now_s, bool *ret_more, struct why *why)
{
	int64_t before = day_of_s(now_s - r->keep_s);
	enum err e = E_OK;

	*ret_more = r->keep_s > 0;
	for (int i = 0; i < FORGET_MAX && *ret_more && e == E_OK; i++)
		e = store_day_forget(r->store, before, ret_more, why);
	return e;
}

static enum err
forget_reports(const struct day_room *r, int64_t now_s, bool *ret_more,
    struct why *why)
{
	int64_t before = day_of_s(now_s - r->keep_reports_s);
	int64_t stay = day_of_s(now_s) - DAY_ROOM_REPORTS_MIN;
	enum err e = E_OK;

	*ret_more = r->keep_reports_s > 0;
	for (int i = 0; i < FORGET_MAX && *ret_more && e == E_OK; i++)
		e = store_report_forget(r->store, before < stay ? before : stay,
		    ret_more, why);
	return e;
}

/* Who waits for a table makes others wait: not for long, rather later. */
enum err
day_room_run(struct day_room *r, struct why *why)
{
	int64_t now_ns = clock_mono_ns(r->clock);
	int64_t now_s = clock_wall_s(r->clock);
	bool more = false, more_reports = false;
	enum err e;

	if (r->due_ns > now_ns)
		return E_OK;
	e = make(r, day_of_s(now_s), why);
	if (e == E_OK)
		e = forget(r, now_s, &more, why);
	if (e == E_OK)
		e = forget_reports(r, now_s, &more_reports, why);
	if (e != E_OK)
		r->due_ns = now_ns + RETRY_NS;
	else if (!more && !more_reports)
		r->due_ns = now_ns + PERIOD_NS;
	return e == E_BUSY ? E_OK : e;
}
