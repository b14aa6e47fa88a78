#include "report/day_close.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"

#define DAYS_MAX 64 /* open at once, oldest first; the rest waits a turn */
#define MISSING_MAX 4096

struct days {
	int64_t v[DAYS_MAX];
	size_t n;
};

static enum err
note_day(void *arg, int64_t day, int64_t due)
{
	struct days *days = arg;

	(void)due;
	if (days->n < DAYS_MAX)
		days->v[days->n++] = day;
	return E_OK;
}

struct census {
	int64_t midnight_s; /* the end of the day */
	struct buf missing; /* names of collectors that have not passed it */
};

static enum err
note_collector(void *arg, const struct collector *c)
{
	struct census *census = arg;
	char id[UUID_TEXT_SIZE];

	if (c->forgotten || c->watermark_s >= census->midnight_s)
		return E_OK;
	uuid_text(&c->id, id);
	buf_addf(&census->missing, "%s%.*s (%s)",
	    census->missing.len > 0 ? ", " : "", SPAN_ARG(c->host), id);
	if (census->missing.err == E_RANGE)
		census->missing.err = E_OK; /* so many names are enough */
	return census->missing.err;
}

static enum err
close_day(struct store *store, int64_t day, int64_t now_s, const char *by,
    struct span missing, struct why *why)
{
	char text[DAY_TEXT_SIZE];
	enum err e = store_day_close(store, day, now_s, span_str(by), missing,
	    why);

	if (e != E_OK)
		return e;
	day_text(day, text);
	if (missing.len > 0)
		log_warning("day closed", LOG_STR("day", text),
		    LOG_STR("by", by), LOG_S("missing", missing),
		    LOG_STR("then", "late sessions make a further report"));
	else
		log_info("day closed", LOG_STR("day", text), LOG_STR("by", by));
	return E_OK;
}

static enum err
take_census(struct store *store, int64_t day, struct census *ret,
    struct why *why)
{
	*ret = (struct census){
		.midnight_s = day_start_s(day + 1),
		.missing = BUF_INIT(MISSING_MAX),
	};
	return store_collector_list(store, note_collector, ret, why);
}

static bool
is_patient(const struct day_close_options *o, int64_t midnight_s)
{
	return o->now_s < midnight_s + o->grace_s ||
	    o->now_s < o->started_s + DAY_CLOSE_START_S;
}

static enum err
close_if_due(struct store *store, int64_t day,
    const struct day_close_options *o, size_t *ret_closed, struct why *why)
{
	struct census census;
	enum err e = take_census(store, day, &census, why);

	if (e == E_OK && census.missing.len == 0)
		e = close_day(store, day, o->now_s, "watermark", SPAN_LIT(""),
		    why);
	else if (e == E_OK && !is_patient(o, census.midnight_s))
		e = close_day(store, day, o->now_s, "grace",
		    buf_span(&census.missing), why);
	else if (e == E_OK)
		e = E_BUSY;
	buf_free(&census.missing);
	if (e == E_OK)
		++*ret_closed;
	/* Not yet, or another worker was faster. */
	return e == E_BUSY || e == E_EXISTS ? E_OK : e;
}

enum err
day_close_due(struct store *store, const struct day_close_options *o,
    size_t *ret_closed, struct why *why)
{
	struct days days = { .n = 0 };
	enum err e = store_day_open(store, day_of_s(o->now_s), note_day, &days,
	    why);

	*ret_closed = 0;
	for (size_t i = 0; i < days.n && e == E_OK; i++)
		e = close_if_due(store, days.v[i], o, ret_closed, why);
	return e;
}

enum err
day_close_now(struct store *store, int64_t day, int64_t now_s, struct why *why)
{
	struct census census;
	enum err e;

	if (day >= day_of_s(now_s))
		return why_set(why, E_USAGE, "the day is not over yet (UTC)");
	e = take_census(store, day, &census, why);
	if (e == E_OK)
		e = close_day(store, day, now_s, "operator",
		    buf_span(&census.missing), why);
	buf_free(&census.missing);
	return e;
}
