#include "deliver/summary.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"

#define DONE_MAX 2048 /* bytes: more than all states take */

static enum err
add_count(void *arg, enum delivery_state state, bool by_mail, uint64_t n)
{
	struct buf *done = arg;

	buf_addf(done, "%s%llu %s by %s", done->len > 0 ? ", " : "",
	    (unsigned long long)n, delivery_state_text(state),
	    by_mail ? "mail" : "https");
	return done->err;
}

static void
tell(int64_t day, const struct buf *done, const struct delivery_work *work)
{
	char text[DAY_TEXT_SIZE], oldest[TIME_TEXT_SIZE] = "";

	day_text(day, text);
	if (work->waiting > 0)
		time_text(work->oldest_s, oldest);
	log_info("daily summary of deliveries", LOG_STR("day", text),
	    LOG_S("done", buf_span(done)), LOG_I("attempts", work->attempts),
	    LOG_I("waiting", work->waiting),
	    LOG_STR("oldest_queued_at", oldest));
}

static enum err
summarise(struct store *store, int64_t day, struct why *why)
{
	const int64_t first_s = day_start_s(day), end_s = day_start_s(day + 1);
	struct buf done = BUF_INIT(DONE_MAX);
	struct delivery_work work;
	enum err e = store_delivery_done(store, first_s, end_s, add_count,
	    &done, why);

	if (e == E_OK)
		e = store_delivery_work(store, first_s, end_s, &work, why);
	if (e == E_OK)
		tell(day, &done, &work);
	buf_free(&done);
	return e;
}

enum err
summary_step(struct summary *s, struct store *store, int64_t now_s,
    struct why *why)
{
	int64_t today = day_of_s(now_s);
	enum err e = E_OK;

	if (s->day != 0 && today > s->day)
		e = summarise(store, today - 1, why);
	if (e == E_OK)
		s->day = today;
	return e;
}
