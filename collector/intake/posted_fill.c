#include "intake/posted_fill.h"

#include "base/clock.h"
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
