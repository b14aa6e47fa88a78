#include "store/store_inbox_account.h"

#include "base/clock.h"
#include "store/store_inbox_private.h"

/* -- what is held -- */

enum err
inbox_held_of(const struct db_value *row, struct inbox_held *ret)
{
	*ret = (struct inbox_held){
		.intake = row[0].bytes,
		.received_s = row[2].num,
		.source = SPAN_LIT(""),
		.raw_bytes = (uint64_t)row[3].num,
		.row_bytes = (uint64_t)row[4].num,
		.raw_gone_s = row[5].num,
	};
	return inbox_class_from_code(row[1].num, &ret->class) == E_OK
	    ? E_OK
	    : E_SYNTAX;
}

enum err
inbox_sum_add(struct store *store, struct span account, enum inbox_class class,
    int64_t n, int64_t bytes, struct why *why)
{
	return db_write(store->db, QUERY_INBOX_SUM_ADD, why, DB_T(account),
	    DB_I(class), DB_I(n), DB_I(bytes));
}

static int64_t
bytes_of(const struct inbox_held *h)
{
	return (int64_t)(h->raw_bytes + h->row_bytes);
}

struct found {
	struct inbox_held held;
	bool any;
};

static enum err
note_held(void *arg, const struct db_value *row)
{
	struct found *f = arg;

	f->any = true;
	return inbox_held_of(row, &f->held);
}

enum err
store_inbox_held(struct store *store, struct span intake,
    struct inbox_held *ret, struct why *why)
{
	struct found f = { .any = false };
	enum err e = db_read(store->db, QUERY_INBOX_HELD_GET, note_held, &f,
	    why, DB_T(intake));

	if (e == E_OK && !f.any)
		e = why_set(why, E_ABSENT, "nothing was received as %.*s",
		    SPAN_ARG(intake));
	if (e == E_OK) {
		*ret = f.held;
		ret->intake = intake;
	}
	return e;
}

/* n of it were accepted and are held; it may be -1. */
static enum err
book(struct store *store, struct span account, const struct inbox_held *h,
    int64_t n, struct why *why)
{
	(void)inbox_sum_add(store, account, h->class, n, n * bytes_of(h), NULL);
	return db_write(store->db, QUERY_INBOX_COUNT_ADD, why, DB_T(account),
	    DB_I(day_of_s(h->received_s)), DB_I(INBOX_EVENT_ACCEPTED),
	    DB_I(h->class), DB_I(n), DB_I(n * bytes_of(h)));
}

/* Its bytes as they were received, and when, are what they were. */
static enum err
hold_anew(struct store *store, struct span account, const struct inbox_held *h,
    struct why *why)
{
	struct inbox_held was, now = *h;
	enum err e = store_inbox_held(store, h->intake, &was, why);

	if (e != E_OK)
		return e;
	now.raw_bytes = was.raw_bytes;
	now.received_s = was.received_s;
	(void)db_write(store->db, QUERY_INBOX_HELD_MOVE, NULL, DB_T(h->intake),
	    DB_I(h->class), DB_I(h->row_bytes));
	(void)book(store, account, &was, -1, NULL);
	return book(store, account, &now, 1, why);
}

enum err
store_inbox_unhold(struct store *store, struct span account, struct span intake,
    struct why *why)
{
	struct inbox_held was;
	enum err e = store_inbox_held(store, intake, &was, why);

	if (e != E_OK)
		return e;
	(void)db_write(store->db, QUERY_INBOX_HELD_REMOVE, NULL, DB_T(intake));
	return book(store, account, &was, -1, why);
}

enum err
store_inbox_raise(struct store *store, struct span account, struct span intake,
    enum inbox_class class, struct why *why)
{
	struct found f = { .any = false };
	enum err e = db_read(store->db, QUERY_INBOX_HELD_GET, note_held, &f,
	    why, DB_T(intake));

	if (e != E_OK || !f.any || f.held.class <= class)
		return e;
	f.held.intake = intake;
	f.held.class = class;
	return hold_anew(store, account, &f.held, why);
}

enum err
store_inbox_hold(struct store *store, struct span account,
    const struct inbox_held *h, struct why *why)
{
	const struct db_value params[] = { DB_T(h->intake), DB_I(h->class),
		DB_I(h->received_s), DB_T(h->source), DB_I(h->raw_bytes),
		DB_I(h->row_bytes) };
	int64_t put = 0;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_INBOX_HELD_PUT,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    &put, why);

	if (e != E_OK || put == 0)
		return e == E_OK ? hold_anew(store, account, h, why) : e;
	return book(store, account, h, 1, why);
}

struct sums {
	inbox_sum_fn *fn;
	void *arg;
};

static uint64_t
at_least_none(int64_t n)
{
	return n < 0 ? 0 : (uint64_t)n;
}

static enum err
hand_over_sum(void *arg, const struct db_value *row)
{
	const struct sums *s = arg;
	enum inbox_class class;

	if (inbox_class_from_code(row[0].num, &class) != E_OK)
		return E_SYNTAX;
	return s->fn(s->arg, class, at_least_none(row[1].num),
	    at_least_none(row[2].num));
}

enum err
store_inbox_sums(struct store *store, inbox_sum_fn *fn, void *arg,
    struct why *why)
{
	struct sums s = { fn, arg };

	return db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_INBOX_SUM_LIST,
		.row = hand_over_sum,
		.arg = &s },
	    NULL, why);
}

/* -- what came and went -- */

enum err
store_inbox_count(struct store *store, struct span account, int64_t day,
    enum inbox_event event, int64_t class, uint64_t n, uint64_t bytes,
    struct why *why)
{
	return db_write(store->db, QUERY_INBOX_COUNT_ADD, why, DB_T(account),
	    DB_I(day), DB_I(event), DB_I(class), DB_I(n), DB_I(bytes));
}

struct counts {
	inbox_count_fn *fn;
	void *arg;
};

static enum err
hand_over_count(void *arg, const struct db_value *row)
{
	const struct counts *c = arg;
	enum inbox_event event;

	if (inbox_event_from_code(row[0].num, &event) != E_OK)
		return E_SYNTAX;
	return c->fn(c->arg, event, row[1].num, at_least_none(row[2].num),
	    at_least_none(row[3].num));
}

enum err
store_inbox_counts(struct store *store, int64_t first, int64_t last,
    inbox_count_fn *fn, void *arg, struct why *why)
{
	struct counts c = { fn, arg };

	return db_read(store->db, QUERY_INBOX_COUNT_LIST, hand_over_count, &c,
	    why, DB_I(first), DB_I(last));
}

static enum err
note_n(void *ret, const struct db_value *row)
{
	*(uint64_t *)ret = at_least_none(row[0].num);
	return E_OK;
}

enum err
store_inbox_count_others(struct store *store, struct span account,
    int64_t first, enum inbox_event event, uint64_t *ret, struct why *why)
{
	*ret = 0;
	return db_read(store->db, QUERY_INBOX_COUNT_OTHERS, note_n, ret, why,
	    DB_T(account), DB_I(first), DB_I(event));
}

/* -- known signers -- */

enum err
store_inbox_signer_put(struct store *store, struct span domain, int64_t seen_s,
    struct why *why)
{
	return db_write(store->db, QUERY_INBOX_SIGNER_PUT, why, DB_T(domain),
	    DB_I(seen_s));
}

struct signers {
	inbox_signer_fn *fn;
	void *arg;
};

static enum err
hand_over_signer(void *arg, const struct db_value *row)
{
	const struct signers *s = arg;

	return s->fn(s->arg, row[0].bytes, row[1].num);
}

enum err
store_inbox_signers(struct store *store, int64_t since_s, size_t max,
    inbox_signer_fn *fn, void *arg, struct why *why)
{
	struct signers s = { fn, arg };

	return db_read(store->db, QUERY_INBOX_SIGNER_LIST, hand_over_signer, &s,
	    why, DB_I(since_s), DB_I(max));
}

enum err
store_inbox_signers_expire(struct store *store, int64_t since_s,
    struct why *why)
{
	return db_write(store->db, QUERY_INBOX_SIGNER_EXPIRE, why,
	    DB_I(since_s));
}
