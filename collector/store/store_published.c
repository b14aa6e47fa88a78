#include "store/store_published.h"

#include "store/store_private.h"

/* -- history -- */

static enum err
note_found(void *arg, const struct db_value *row)
{
	(void)row;
	*(bool *)arg = true;
	return E_OK;
}

static enum err
add(struct store *store, const struct published_value *p, bool *ret_changed,
    struct why *why)
{
	const struct db_value domain = DB_T(p->domain), kind = DB_I(p->kind),
			      subject = DB_T(p->subject);
	bool any = false;
	enum err e = db_read(store->db, QUERY_PUBLISHED_ANY, note_found, &any,
	    why, domain, kind, subject);

	if (e == E_OK)
		e = db_write(store->db, QUERY_PUBLISHED_ADD, why, domain, kind,
		    subject, DB_T(p->value), DB_T(p->dnssec), DB_I(p->last_s));
	if (e == E_OK)
		e = db_write(store->db, QUERY_PUBLISHED_TRIM, why, domain, kind,
		    subject, DB_I(PUBLISHED_VALUES_MAX - 1));
	*ret_changed = any;
	return e;
}

enum err
store_published_put(struct store *store, const struct published_value *p,
    bool *ret_changed, struct why *why)
{
	const struct db_value params[] = { DB_T(p->domain), DB_I(p->kind),
		DB_T(p->subject), DB_T(p->value), DB_T(p->dnssec),
		DB_I(p->last_s) };
	int64_t again = 0;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_PUBLISHED_AGAIN,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    &again, why);

	*ret_changed = false;
	return e == E_OK && again == 0 ? add(store, p, ret_changed, why) : e;
}

struct values {
	published_fn *fn;
	void *arg;
};

static enum err
hand_value(void *arg, const struct db_value *row)
{
	const struct values *values = arg;

	return values->fn(values->arg,
	    &(const struct published_value){ .domain = row[0].bytes,
		.kind = (enum published_kind)row[1].num,
		.subject = row[2].bytes,
		.value = row[3].bytes,
		.dnssec = row[4].bytes,
		.first_s = row[5].num,
		.last_s = row[6].num });
}

enum err
store_published_list(struct store *store, struct span domain, int64_t since_s,
    published_fn *fn, void *arg, struct why *why)
{
	struct values values = { fn, arg };

	return db_read(store->db, QUERY_PUBLISHED_LIST, hand_value, &values,
	    why, DB_T(domain), DB_I(since_s));
}

/* -- looking -- */

enum err
store_watch_due(struct store *store, const struct watch_turn *t, size_t max,
    watch_domain_fn *fn, void *arg, struct why *why)
{
	struct text_taker due = { fn, arg };

	return db_read(store->db, QUERY_WATCHED_DUE, text_hand, &due, why,
	    DB_I(t->now_s), DB_I(t->latest_s), DB_I(max));
}

enum err
store_watch_claim(struct store *store, struct span domain,
    const struct watch_turn *t, int64_t due_s, bool *ret_is_mine,
    struct why *why)
{
	const struct db_value params[] = { DB_T(domain), DB_I(t->now_s),
		DB_I(t->latest_s), DB_I(due_s) };
	int64_t changed = 0;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_WATCHED_CLAIM,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    &changed, why);

	if (e == E_OK)
		*ret_is_mine = changed == 1;
	return e;
}

enum err
store_watch_put(struct store *store, struct span domain,
    const struct watch_state *s, struct why *why)
{
	return db_write(store->db, QUERY_WATCHED_PUT, why, DB_T(domain),
	    DB_I(s->looked_s), DB_T(s->not_measured));
}

struct state {
	struct arena *arena;
	struct watch_state state;
};

static enum err
take_state(void *arg, const struct db_value *row)
{
	struct state *s = arg;

	s->state = (struct watch_state){ row[0].num,
		arena_copy(s->arena, row[1].bytes) };
	return s->state.not_measured.p == NULL && row[1].bytes.len > 0 ? E_NOMEM
								       : E_OK;
}

enum err
store_watch_get(struct store *store, struct span domain, struct arena *arena,
    struct watch_state *ret, struct why *why)
{
	struct state s = { arena, { 0, SPAN_LIT("") } };
	enum err e = db_read(store->db, QUERY_WATCHED_GET, take_state, &s, why,
	    DB_T(domain));

	if (e == E_OK)
		*ret = s.state;
	return e;
}
