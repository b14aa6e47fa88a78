#include "intake/posted_fill.h"

#include "store/store_inbox_account.h"
#include "store/store_posted.h"

static void
note_receipt(struct posted *posted, const struct receipt *r)
{
	struct content_key key;

	if (r->facts.way == RECEIPT_HTTPS && posted_key(r->body, &key) == E_OK)
		posted_note(posted, &key, &r->id);
}

void
posted_fill_from_spool(struct posted *posted, struct spool *spool)
{
	struct arena arena = ARENA_INIT(SPOOL_ARENA_MAX);
	struct spool_place at = { 0, 0 };
	struct receipt r;
	uint64_t bytes = 0;

	while (bytes < POSTED_SCAN_MAX &&
	    spool_next(spool, at, &arena, &r, NULL) == E_OK) {
		note_receipt(posted, &r);
		bytes += r.body.len;
		at = r.behind;
		arena_reset(&arena);
	}
	arena_free(&arena);
}

static enum err
note_stored(void *posted, const struct uuid *intake,
    const struct content_key *key)
{
	posted_note(posted, key, intake);
	return E_OK;
}

enum err
posted_fill_from_store(struct posted *posted, struct store *store,
    int64_t now_s, struct why *why)
{
	return store_posted_list(store, now_s - POSTED_DAYS * S_PER_DAY,
	    POSTED_MAX, note_stored, posted, why);
}

/* Sums are compared since the same day, so that none is less for being old. */
static enum err
sum_others(struct posted_others *o, struct store *store, struct span account,
    uint64_t *ret, struct why *why)
{
	return store_inbox_count_others(store, account, o->since_day,
	    INBOX_EVENT_EVICTED, ret, why);
}

static enum err
begin_at(struct posted_others *o, int64_t day, struct store *store,
    struct span account, struct why *why)
{
	o->since_day = day;
	return sum_others(o, store, account, &o->evicted, why);
}

enum err
posted_drop_evicted(struct posted *posted, struct posted_others *o,
    struct store *store, const struct clock *clock, struct span account,
    bool *ret, struct why *why)
{
	const int64_t now_ns = clock_mono_ns(clock);
	const int64_t yesterday = day_of_s(clock_wall_s(clock)) - 1;
	uint64_t evicted = 0;
	enum err e = E_OK;

	*ret = false;
	if (now_ns < o->due_ns)
		return E_OK;
	if (o->is_known)
		e = sum_others(o, store, account, &evicted, why);
	if (e == E_OK && o->is_known && evicted != o->evicted) {
		posted_forget_all(posted);
		o->evicted = evicted;
		*ret = true;
	}
	if (e == E_OK && (!o->is_known || o->since_day != yesterday))
		e = begin_at(o, yesterday, store, account, why);
	if (e != E_OK)
		return e;
	o->is_known = true;
	o->due_ns = now_ns + POSTED_EVICTED_LOOK_NS;
	return E_OK;
}
