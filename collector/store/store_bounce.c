#include "store/store_bounce.h"

#include "base/buf.h"
#include "model/delivery_state.h"
#include "store/store_private.h"

#define TEXT_MAX 2048

struct adding {
	struct db *db;
	const struct bounce *bounce;
	const struct bounce_limit *limit;
	int64_t now_s;
	struct buf uri;
	bool is_there, is_going_on;
	struct why *why;
};

static enum err
note_attempt(void *arg, const struct db_value *row)
{
	struct adding *a = arg;

	a->is_there = true;
	buf_add(&a->uri, row[0].bytes);
	a->is_going_on = row[1].num != 0;
	return a->uri.err;
}

static enum err
find(struct adding *a)
{
	const struct bounce *b = a->bounce;
	enum err e = db_read(a->db, QUERY_BOUNCE_GET, note_attempt, a, a->why,
	    DB_T(b->delivery), DB_I(b->attempt), DB_I(a->now_s));

	if (e == E_OK && !a->is_there)
		e = why_set(a->why, E_ABSENT,
		    "no attempt %lld of delivery %.*s", (long long)b->attempt,
		    SPAN_ARG(b->delivery));
	/* The end of the attempt would write over it. */
	if (e == E_OK && a->is_going_on)
		e = why_set(a->why, E_BUSY,
		    "attempt %lld of delivery %.*s has not ended yet",
		    (long long)b->attempt, SPAN_ARG(b->delivery));
	return e;
}

static enum err
mark(struct adding *a, struct span reason)
{
	const struct bounce *b = a->bounce;
	const struct db_value params[] = { DB_T(b->delivery), DB_I(b->attempt),
		DB_T(reason) };
	int64_t changed = 0;
	enum err e = db_run(a->db,
	    &(const struct db_statement){ .query = QUERY_BOUNCE_MARK,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    &changed, a->why);

	if (e == E_OK && changed == 0)
		e = why_set(a->why, E_EXISTS,
		    "attempt %lld of delivery %.*s is known to have come back",
		    (long long)b->attempt, SPAN_ARG(b->delivery));
	return e;
}

/* What a later attempt has come to, or the operator, stays. */
static enum err
note(struct adding *a)
{
	const struct bounce *b = a->bounce;
	struct buf reason = BUF_INIT(TEXT_MAX);
	enum err e;

	/* bounce_mark.sql knows it by this word. */
	buf_adds(&reason, "bounced: ");
	buf_add(&reason, b->text);
	e = reason.err;
	if (e == E_OK)
		e = mark(a, buf_span(&reason));
	if (e == E_OK)
		e = db_write(a->db, QUERY_BOUNCE_SETTLE, a->why,
		    DB_T(b->delivery), DB_I(b->attempt),
		    DB_I(DELIVERY_GIVEN_UP), DB_T(buf_span(&reason)),
		    DB_I(DELIVERY_HANDED_OVER), DB_I(DELIVERY_ACCEPTED));
	buf_free(&reason);
	return e;
}

static enum err
note_count(void *arg, const struct db_value *row)
{
	int64_t *n = arg;

	*n = row[0].num;
	return E_OK;
}

static enum err
suppress(struct adding *a, int64_t n, int64_t until_s)
{
	struct span uri = buf_span(&a->uri);
	struct buf reason = BUF_INIT(TEXT_MAX);
	enum err e;

	buf_addf(&reason, "%lld %s came back for good; last: ", (long long)n,
	    n == 1 ? "mail" : "mails");
	buf_add(&reason, a->bounce->text);
	e = reason.err;
	if (e == E_OK)
		e = db_write(a->db, QUERY_BOUNCE_SUPPRESS, a->why, DB_T(uri),
		    DB_T(buf_span(&reason)), DB_I(a->now_s), DB_I(until_s));
	if (e == E_OK)
		e = db_write(a->db, QUERY_BOUNCE_CLEAR, a->why, DB_T(uri));
	buf_free(&reason);
	return e;
}

static enum err
count(struct adding *a, int64_t *ret_until)
{
	int64_t n = 0;
	enum err e = db_write(a->db, QUERY_BOUNCE_EXPIRE, a->why,
	    DB_I(a->now_s - a->limit->window_s));

	if (e == E_OK)
		e = db_read(a->db, QUERY_BOUNCE_ADD, note_count, &n, a->why,
		    DB_T(buf_span(&a->uri)), DB_I(a->now_s));
	if (e != E_OK || n < a->limit->after)
		return e;
	*ret_until = a->now_s + a->limit->suppress_s;
	return suppress(a, n, *ret_until);
}

static enum err
add(struct adding *a, int64_t *ret_until)
{
	enum err e = db_begin(a->db, a->why);

	if (e != E_OK)
		return e;
	e = find(a);
	if (e == E_OK)
		e = note(a);
	if (e == E_OK && a->bounce->is_for_good)
		e = count(a, ret_until);
	if (e == E_OK)
		return db_commit(a->db, a->why);
	db_rollback(a->db);
	return e;
}

enum err
store_bounce_add(struct store *store, const struct bounce *bounce,
    const struct bounce_limit *limit, int64_t now_s,
    int64_t *ret_suppressed_until, struct why *why)
{
	struct adding a = {
		.db = store->db,
		.bounce = bounce,
		.limit = limit,
		.now_s = now_s,
		.uri = BUF_INIT(TEXT_MAX),
		.why = why,
	};
	int64_t until_s = 0;
	enum err e = add(&a, &until_s);

	buf_free(&a.uri);
	if (e == E_OK)
		*ret_suppressed_until = until_s;
	return e;
}
