#include "store/store_retake.h"

#include "model/trust.h"
#include "store/store_inbox_level.h"
#include "store/store_inbox_private.h"

/* -- what is due -- */

struct due {
	inbox_due_fn *fn;
	void *arg;
};

static enum err
hand_over_due(void *arg, const struct db_value *row)
{
	const struct due *d = arg;

	return d->fn(d->arg, row[0].bytes, (uint64_t)row[1].num);
}

enum err
store_inbox_due(struct store *store, int64_t now_s, int64_t max,
    inbox_due_fn *fn, void *arg, struct why *why)
{
	struct due d = { fn, arg };

	return db_read(store->db, QUERY_INBOX_DUE, hand_over_due, &d, why,
	    DB_I(now_s), DB_I(max));
}

enum err
store_inbox_postpone(struct store *store, struct span intake, int64_t due_s,
    struct why *why)
{
	return db_write(store->db, QUERY_INBOX_POSTPONE, why, DB_T(intake),
	    DB_I(due_s));
}

/* -- what was received -- */

struct receipt_list {
	inbox_receipt_fn *fn;
	void *arg;
	bool any;
};

static enum err
hand_over_receipt(void *arg, const struct db_value *row)
{
	struct receipt_list *list = arg;
	const struct inbox_receipt r = {
		.received_s = row[0].num,
		.way = row[1].bytes,
		.peer = row[2].bytes,
		.route = row[3].bytes,
		.sender = row[4].bytes,
		.recipient = row[5].bytes,
		.is_mail = row[6].num != 0,
		.raw = row[7].bytes,
	};

	list->any = true;
	return list->fn(list->arg, &r);
}

enum err
store_inbox_receipt(struct store *store, struct span intake,
    inbox_receipt_fn *fn, void *arg, struct why *why)
{
	struct receipt_list list = { fn, arg, false };
	enum err e = db_read(store->db, QUERY_INBOX_RECEIPT, hand_over_receipt,
	    &list, why, DB_T(intake));

	if (e == E_OK && !list.any)
		e = why_set(why, E_ABSENT,
		    "nothing was received as %.*s, or its bytes are not kept "
		    "any more",
		    SPAN_ARG(intake));
	return e;
}

struct identities {
	identity_fn *fn;
	void *arg;
};

static enum err
hand_over_identity(void *arg, const struct db_value *row)
{
	const struct identities *list = arg;
	const struct content_key identity = content_key_of(&row[0]);

	return list->fn(list->arg, &identity);
}

enum err
store_inbox_identities(struct store *store, struct span intake, identity_fn *fn,
    void *arg, struct why *why)
{
	struct identities list = { fn, arg };

	return db_read(store->db, QUERY_INBOX_IDENTITIES, hand_over_identity,
	    &list, why, DB_T(intake));
}

enum err
store_inbox_forget(struct store *store, struct span intake, struct why *why)
{
	enum err e = store_inbox_forget_levels(store, intake, why);

	if (e == E_OK)
		e = db_write(store->db, QUERY_INBOX_FORGET_DETAILS, why,
		    DB_T(intake));
	if (e == E_OK)
		e = db_write(store->db, QUERY_INBOX_FORGET_POLICIES, why,
		    DB_T(intake));
	return e == E_OK
	    ? db_write(store->db, QUERY_INBOX_FORGET, why, DB_T(intake))
	    : e;
}

enum err
store_inbox_forget_raw(struct store *store, struct span intake, struct why *why)
{
	return db_write(store->db, QUERY_INBOX_FORGET_RAW, why, DB_T(intake));
}

/* -- those of one identity -- */

enum err
store_inbox_rivals(struct store *store, const struct content_key *identity,
    inbox_fn *fn, void *arg, struct why *why)
{
	struct inbox_rivals list = { fn, arg };

	return db_read(store->db, QUERY_INBOX_RIVALS, inbox_rival_of, &list,
	    why, DB_B(content_key_span(identity)), DB_I(INBOX_COUNTED),
	    DB_I(INBOX_UNTRUSTED), DB_I(INBOX_DUPLICATE),
	    DB_I(INBOX_CONTRADICTED));
}

enum err
store_inbox_prefer(struct store *store, const struct content_key *identity,
    const struct inbox_row *winner, struct why *why)
{
	enum err e = db_write(store->db, QUERY_INBOX_LOSE, why,
	    DB_B(content_key_span(identity)), DB_T(winner->intake),
	    DB_I(winner->part), DB_B(content_key_span(&winner->content)),
	    DB_I(INBOX_DUPLICATE), DB_I(INBOX_CONTRADICTED),
	    DB_I(INBOX_COUNTED), DB_I(INBOX_UNTRUSTED));

	if (e == E_OK)
		e = db_write(store->db, QUERY_INBOX_WIN, why,
		    DB_T(winner->intake), DB_I(winner->part),
		    DB_I(winner->state));
	if (e == E_OK)
		e = db_write(store->db, QUERY_INBOX_LEVEL_JUDGE_RIVALS, why,
		    DB_B(content_key_span(identity)));
	return e == E_OK ? inbox_touch_rivals(store, identity, why) : e;
}

/* The best so far. */
struct winner {
	struct inbox_row row;
	enum trust_rank rank;
	char intake[UUID_TEXT_SIZE];
	bool any;
};

static enum err
compare(void *arg, const struct inbox_row *r)
{
	struct winner *w = arg;
	const enum trust_rank rank = trust_rank_of(r->verdict);
	struct span id = span_head(r->intake, UUID_TEXT_SIZE - 1);

	if (w->any && rank <= w->rank)
		return E_OK;
	w->any = true;
	w->rank = rank;
	w->row = *r;
	memcpy(w->intake, id.p, id.len);
	w->intake[id.len] = '\0';
	return E_OK;
}

enum err
store_inbox_settle(struct store *store, struct span account,
    const struct content_key *identity, struct why *why)
{
	struct winner w = { .any = false };
	enum err e = store_inbox_rivals(store, identity, compare, &w, why);

	if (e != E_OK || !w.any)
		return e;
	w.row.intake = span_str(w.intake);
	w.row.state = w.rank == TRUST_RANK_NOT_COUNTED ? INBOX_UNTRUSTED
						       : INBOX_COUNTED;
	e = store_inbox_prefer(store, identity, &w.row, why);
	return e == E_OK ? store_inbox_raise(store, account, w.row.intake,
			       inbox_class_of(w.row.state, w.row.verdict), why)
			 : e;
}
