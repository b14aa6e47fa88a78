/* store/store_collector.c -- who collects, up to where, and each is one. */
#include "store/store_private.h"

struct list {
	collector_fn *fn;
	void *arg;
};

static enum err
hand_over(void *arg, const struct db_value *row)
{
	const struct list *list = arg;
	struct collector c = {
		.host = row[1].bytes,
		.position = { .segment = row[3].num, .offset = row[4].num },
		.watermark_s = row[5].num,
		.registered_s = row[6].num,
		.seen_s = row[7].num,
		.forgotten = row[8].num != 0,
		.claim = row[9].bytes,
		.place = row[10].bytes,
	};

	if (!uuid_parse(row[0].bytes, &c.id) ||
	    !uuid_parse(row[2].bytes, &c.position.journal))
		return E_IO;
	return list->fn(list->arg, &c);
}

enum err
store_collector_list(struct store *store, collector_fn *fn, void *arg,
    struct why *why)
{
	struct list list = { fn, arg };

	return db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_COLLECTOR_LIST,
		.row = hand_over,
		.arg = &list },
	    NULL, why);
}

static enum err
take_position(void *arg, const struct collector *c)
{
	*(struct position *)arg = c->position;
	return E_OK;
}

enum err
store_collector_register(struct store *store, const struct uuid *id,
    struct span host, const struct position *start, int64_t now_s,
    struct position *ret_position, struct why *why)
{
	char collector[UUID_TEXT_SIZE], journal[UUID_TEXT_SIZE];
	struct list list = { take_position, ret_position };
	enum err e;

	uuid_text(id, collector);
	uuid_text(&start->journal, journal);
	e = db_write(store->db, QUERY_COLLECTOR_ADD, why,
	    DB_T(span_str(collector)), DB_T(host), DB_T(span_str(journal)),
	    DB_I(start->segment), DB_I(start->offset), DB_I(now_s));
	if (e == E_OK)
		e = db_read(store->db, QUERY_COLLECTOR_GET, hand_over, &list,
		    why, DB_T(span_str(collector)));
	return e;
}

struct found {
	collector_fn *fn;
	void *arg;
	bool is_there;
};

static enum err
note_found(void *arg, const struct collector *c)
{
	struct found *found = arg;

	found->is_there = true;
	return found->fn(found->arg, c);
}

enum err
store_collector_get(struct store *store, const struct uuid *id,
    collector_fn *fn, void *arg, struct why *why)
{
	char collector[UUID_TEXT_SIZE];
	struct found found = { fn, arg, false };
	struct list list = { note_found, &found };
	enum err e;

	uuid_text(id, collector);
	e = db_read(store->db, QUERY_COLLECTOR_GET, hand_over, &list, why,
	    DB_T(span_str(collector)));
	if (e == E_OK && !found.is_there)
		e = why_set(why, E_ABSENT, "no collector %s", collector);
	return e;
}

/* Each journal has a position of its own, so that whoever comes back with an
 * older one does not count it twice. */
static void
change_journal(struct db *db, struct span collector,
    const struct position *first)
{
	char journal[UUID_TEXT_SIZE];

	uuid_text(&first->journal, journal);
	(void)db_write(db, QUERY_COLLECTOR_JOURNAL_PUT, NULL, DB_T(collector));
	(void)db_write(db, QUERY_COLLECTOR_JOURNAL_ADD, NULL, DB_T(collector),
	    DB_T(span_str(journal)), DB_I(first->segment), DB_I(first->offset));
	(void)db_write(db, QUERY_COLLECTOR_JOURNAL_TAKE, NULL, DB_T(collector),
	    DB_T(span_str(journal)));
}

/* The first write waits for a flush whose end nobody knows yet; so the position
 * is read behind it. */
static enum err
write_claim(struct store *store, const struct collector_claim *c,
    struct position *ret, struct why *why)
{
	char collector[UUID_TEXT_SIZE];
	struct db_statement s = { .query = QUERY_COLLECTOR_CLAIM };
	int64_t changed = 0;
	enum err e;

	uuid_text(&c->collector, collector);
	const struct db_value params[] = { DB_T(span_str(collector)),
		DB_T(c->found), DB_T(c->claim), DB_T(c->place) };
	s.params = params;
	s.nparams = sizeof(params) / sizeof(params[0]);
	e = db_run(store->db, &s, &changed, why);
	if (e == E_OK && changed != 1)
		return why_set(why, E_BUSY,
		    "another tlsrptd has just claimed collector %s", collector);
	if (e == E_OK)
		e = store_collector_get(store, &c->collector, take_position,
		    ret, why);
	if (e != E_OK || uuid_eq(&ret->journal, &c->first.journal))
		return e;
	change_journal(store->db, span_str(collector), &c->first);
	return store_collector_get(store, &c->collector, take_position, ret,
	    why);
}

enum err
store_collector_claim(struct store *store, const struct collector_claim *c,
    struct position *ret_position, struct why *why)
{
	struct position at;
	enum err e = db_begin(store->db, why);

	if (e != E_OK)
		return e;
	if ((e = write_claim(store, c, &at, why)) != E_OK) {
		db_rollback(store->db);
		return e;
	}
	if ((e = db_commit(store->db, why)) == E_OK)
		*ret_position = at;
	return e;
}

enum err
store_collector_leave(struct store *store, const struct uuid *id,
    struct span claim, struct why *why)
{
	char collector[UUID_TEXT_SIZE];

	uuid_text(id, collector);
	return db_write(store->db, QUERY_COLLECTOR_LEAVE, why,
	    DB_T(span_str(collector)), DB_T(claim));
}

enum err
store_collector_forget(struct store *store, const struct uuid *id,
    struct why *why)
{
	char collector[UUID_TEXT_SIZE];
	int64_t changed = 0;
	enum err e;

	uuid_text(id, collector);
	e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_COLLECTOR_FORGET,
		.params = &DB_T(span_str(collector)),
		.nparams = 1 },
	    &changed, why);
	if (e == E_OK && changed != 1)
		e = why_set(why, E_ABSENT, "no collector %s", collector);
	return e;
}
