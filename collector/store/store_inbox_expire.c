#include "store/store_inbox_expire.h"

#include "base/clock.h"
#include "store/store_inbox_level.h"
#include "store/store_inbox_private.h"
#include "store/store_retake.h"

#define ID_SIZE 64
#define WON_BYTES ((size_t)1 << 20) /* identities, some for each intake */

struct oldest {
	struct {
		char intake[ID_SIZE];
		uint64_t bytes;
	} v[INBOX_EXPIRE_INTAKES];
	size_t n;
	uint64_t bytes, enough; /* together, and that they need be */
	bool raw;		/* of the bytes as received alone */
};

static bool
has_enough(const struct oldest *o)
{
	return o->n == INBOX_EXPIRE_INTAKES || o->bytes >= o->enough ||
	    o->bytes >= INBOX_EXPIRE_BYTES;
}

static enum err
note(void *arg, const struct db_value *row)
{
	struct oldest *o = arg;
	struct inbox_held h;
	size_t n;

	if (inbox_held_of(row, &h) != E_OK)
		return E_SYNTAX;
	if (has_enough(o))
		return E_OK;
	n = span_head(h.intake, ID_SIZE - 1).len;
	memcpy(o->v[o->n].intake, h.intake.p, n);
	o->v[o->n].intake[n] = '\0';
	o->v[o->n].bytes = h.raw_bytes + (o->raw ? 0 : h.row_bytes);
	o->bytes += o->v[o->n++].bytes;
	return E_OK;
}

/* -- whom it had the better of -- */

struct won {
	struct arena arena;
	struct content_key *v;
	size_t n;
};

static enum err
note_won(void *arg, const struct db_value *row)
{
	struct won *won = arg;

	if ((won->n & (won->n - 1)) == 0)
		won->v = arena_grow(&won->arena, won->v, won->n,
		    won->n == 0 ? 1 : 2 * won->n, sizeof(*won->v));
	if (won->v == NULL)
		return E_NOMEM;
	won->v[won->n++] = content_key_of(&row[0]);
	return E_OK;
}

static enum err
note_standing(void *arg, const struct inbox_row *r)
{
	*(bool *)arg |= r->state == INBOX_COUNTED ||
	    r->state == INBOX_UNTRUSTED;
	return E_OK;
}

/* Once all are removed, so that no one of them is chosen. */
static void
settle(struct store *store, struct span account, const struct won *won)
{
	for (size_t i = 0; i < won->n; i++) {
		bool any = false;

		if (store_inbox_rivals(store, &won->v[i], note_standing, &any,
			NULL) == E_OK &&
		    !any)
			(void)store_inbox_settle(store, account, &won->v[i],
			    NULL);
	}
}

/* -- removing -- */

static enum err
tell_gone(void *arg, const struct db_value *row)
{
	const struct inbox_removal *r = arg;
	const struct content_key key = content_key_of(&row[1]);
	struct uuid intake;

	if (uuid_parse(row[0].bytes, &intake))
		r->gone(r->gone_arg, &intake, &key);
	return E_OK;
}

static void
look_at(struct store *store, const struct inbox_removal *r, struct span intake,
    struct won *won)
{
	struct inbox_removal told = *r;

	(void)db_read(store->db, QUERY_INBOX_WON, note_won, won, NULL,
	    DB_T(intake), DB_I(INBOX_COUNTED), DB_I(INBOX_UNTRUSTED));
	if (r->gone != NULL)
		(void)db_read(store->db, QUERY_INBOX_POSTED, tell_gone, &told,
		    NULL, DB_T(intake));
}

static void
remove_all(struct store *store, struct span intake)
{
	static const enum query queries[] = { QUERY_INBOX_FORGET_DETAILS,
		QUERY_INBOX_FORGET_POLICIES, QUERY_INBOX_FORGET_RAW,
		QUERY_INBOX_FORGET, QUERY_INBOX_HELD_REMOVE };

	(void)store_inbox_forget_levels(store, intake, NULL);
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		(void)db_write(store->db, queries[i], NULL, DB_T(intake));
}

static void
remove_raw(struct store *store, struct span intake, int64_t now_s)
{
	(void)db_write(store->db, QUERY_INBOX_FORGET_RAW, NULL, DB_T(intake));
	(void)db_write(store->db, QUERY_INBOX_HELD_RAW_GONE, NULL, DB_T(intake),
	    DB_I(now_s));
}

static void
remove_intakes(struct store *store, const struct inbox_removal *r,
    const struct oldest *o)
{
	struct won won = { .arena = ARENA_INIT(WON_BYTES) };

	for (size_t i = 0; i < o->n; i++) {
		struct span intake = span_str(o->v[i].intake);

		if (o->raw) {
			remove_raw(store, intake, r->now_s);
			continue;
		}
		look_at(store, r, intake, &won);
		remove_all(store, intake);
	}
	settle(store, r->account, &won);
	arena_free(&won.arena);
}

/* Off the sums, and into the day's counts. */
static void
book(struct store *store, const struct inbox_removal *r, const struct oldest *o,
    enum inbox_event event)
{
	if (o->n == 0)
		return;
	(void)inbox_sum_add(store, r->account, r->class,
	    o->raw ? 0 : -(int64_t)o->n, -(int64_t)o->bytes, NULL);
	(void)store_inbox_count(store, r->account, day_of_s(r->now_s), event,
	    r->class, o->n, o->bytes, NULL);
}

static enum err
remove_oldest(struct store *store, const struct inbox_removal *r,
    enum inbox_event event, struct inbox_removed *ret, struct why *why)
{
	struct oldest o = { .enough = r->enough,
		.raw = event == INBOX_EVENT_RAW_EXPIRED };
	enum err e = store_begin(store, why);

	if (e != E_OK)
		return e;
	(void)db_read(store->db,
	    o.raw ? QUERY_INBOX_OLDEST_RAW : QUERY_INBOX_OLDEST, note, &o, NULL,
	    DB_I(r->class), DB_I(r->before_s), DB_I(INBOX_EXPIRE_INTAKES));
	remove_intakes(store, r, &o);
	book(store, r, &o, event);
	if ((e = store_commit(store, why)) == E_OK)
		*ret = (struct inbox_removed){ o.n, o.bytes,
			o.n > 0 && has_enough(&o) };
	return e;
}

enum err
store_inbox_remove(struct store *store, const struct inbox_removal *r,
    enum inbox_event event, struct inbox_removed *ret, struct why *why)
{
	return remove_oldest(store, r, event, ret, why);
}

enum err
store_inbox_remove_raw(struct store *store, const struct inbox_removal *r,
    struct inbox_removed *ret, struct why *why)
{
	return remove_oldest(store, r, INBOX_EVENT_RAW_EXPIRED, ret, why);
}
