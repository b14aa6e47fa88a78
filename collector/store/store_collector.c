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
