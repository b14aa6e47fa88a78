#include "model/mta_history.h"

#include "base/num.h"

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void
begin_run(struct mta_history *h, int64_t time_s)
{
	h->run = 0;
	h->run_since_s = time_s;
	h->missing_since_s = 0;
	h->missing = 0;
}

static void
add_success(struct mta_history *h, const struct mta_session *s)
{
	if (h->first_tls_s == 0 || s->time_s < h->first_tls_s)
		h->first_tls_s = s->time_s;
	if (h->best == 0 || s->level < h->best)
		h->best = s->level;
	h->last_tls_s = later(h->last_tls_s, s->time_s);
	if (h->run == 0 ||
	    (h->missing_since_s != 0 && s->time_s > h->last_missing_s))
		begin_run(h, s->time_s);
	if (s->time_s >= h->run_since_s &&
	    (h->missing_since_s == 0 || s->time_s <= h->missing_since_s))
		h->run = count_add(h->run, 1);
}

/* Only what has been there can be gone. */
static void
add_missing(struct mta_history *h, const struct mta_session *s)
{
	if (h->run == 0 || s->time_s < h->run_since_s)
		return;
	h->last_missing_s = later(h->last_missing_s, s->time_s);
	if (s->time_s < h->last_tls_s)
		return;
	if (h->missing_since_s == 0 || s->time_s < h->missing_since_s)
		h->missing_since_s = s->time_s;
	h->missing = count_add(h->missing, 1);
}

void
mta_history_add(struct mta_history *h, const struct mta_session *s)
{
	if (tls_seen_is_success(s->tls))
		add_success(h, s);
	else if (tls_seen_is_missing(s->tls))
		add_missing(h, s);
	if (h->first_s == 0 || s->time_s < h->first_s)
		h->first_s = s->time_s;
	if (s->time_s > h->last_s)
		h->last_s = s->time_s;
}
