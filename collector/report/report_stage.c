#include "report/report_stage.h"

#include "base/log.h"
#include "model/metric.h"
#include "report/day_close.h"

/* Days whose late sessions are still turned into reports. */
#define LATE_DAYS 14
#define DAYS_MAX 64

struct days {
	struct {
		int64_t day, due;
	} v[DAYS_MAX];
	size_t n;
};

static enum err
note_day(void *arg, int64_t day, int64_t due)
{
	struct days *days = arg;

	if (days->n == DAYS_MAX)
		return E_OK;
	days->v[days->n].day = day;
	days->v[days->n++].due = due;
	return E_OK;
}

static enum err
build(struct report_stage *s, int64_t day, bool late, size_t *ret_built,
    struct why *why)
{
	char text[DAY_TEXT_SIZE];
	enum err e;

	*ret_built = 0;
	e = report_build_day(s->store, &s->options, day, late,
	    clock_wall_s(s->clock), ret_built, why);
	if (e != E_OK || *ret_built == 0)
		return e;
	metric_add(METRIC_BUILT, 0, *ret_built);
	day_text(day, text);
	log_info("reports built", LOG_STR("day", text),
	    LOG_I("reports", *ret_built), LOG_I("late", late));
	return E_OK;
}

/* Without the store no other day goes any better. */
static bool
is_of_the_day(enum err e)
{
	return e != E_AWAY && e != E_BUSY;
}

/* Whatever is wrong with one day, the others are built; the first failure is
 * returned. */
static enum err
build_days(struct report_stage *s, const struct days *days, bool late,
    struct why *why)
{
	enum err first = E_OK;

	for (size_t i = 0; i < days->n && is_of_the_day(first); i++) {
		int64_t day = days->v[i].day;
		struct why own = { { 0 } };
		size_t built;
		enum err e = build(s, day, late, &built, &own);

		if (e == E_OK && (!late || built > 0))
			e = store_day_settle(s->store, day, days->v[i].due,
			    &own);
		if (e != E_OK && first == E_OK)
			first = why_set(why, e, "%s", own.text);
	}
	return first;
}

static enum err
build_due(struct report_stage *s, struct why *why)
{
	struct days days = { .n = 0 };
	enum err e = store_day_due(s->store, note_day, &days, why);

	return e == E_OK ? build_days(s, &days, false, why) : e;
}

static enum err
build_late(struct report_stage *s, struct why *why)
{
	int64_t today = day_of_s(clock_wall_s(s->clock));
	struct days days = { .n = 0 };
	enum err e = store_day_closed(s->store, today - LATE_DAYS, note_day,
	    &days, why);

	return e == E_OK ? build_days(s, &days, true, why) : e;
}

enum err
report_stage_run(struct report_stage *s, struct why *why)
{
	struct day_close_options options = {
		.now_s = clock_wall_s(s->clock),
		.grace_s = s->grace_s,
		.started_s = s->started_s,
	};
	size_t closed = 0;
	enum err e = day_close_due(s->store, &options, &closed, why);
	enum err late = E_OK;

	if (e == E_OK)
		e = build_due(s, why);
	if (closed > 0 && is_of_the_day(e))
		late = build_late(s, why);
	return e == E_OK ? late : e;
}
