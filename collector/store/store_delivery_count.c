/* store/store_delivery_count.c -- how many deliveries there are of what. */
#include "store/store_delivery.h"
#include "store/store_private.h"

struct counting {
	delivery_count_fn *fn;
	void *arg;
};

static enum err
hand_over(void *arg, const struct db_value *row)
{
	const struct counting *c = arg;
	enum delivery_state state;

	if (delivery_state_from_code(row[0].num, &state) != E_OK)
		return E_SYNTAX;
	return c->fn(c->arg, state, row[1].num != 0, (uint64_t)row[2].num);
}

enum err
store_delivery_done(struct store *store, int64_t first_s, int64_t end_s,
    delivery_count_fn *fn, void *arg, struct why *why)
{
	struct counting c = { fn, arg };

	return db_read(store->db, QUERY_DELIVERY_DONE_COUNT, hand_over, &c, why,
	    DB_I(first_s), DB_I(end_s));
}

static enum err
note_work(void *arg, const struct db_value *row)
{
	*(struct delivery_work *)arg = (struct delivery_work){
		.attempts = (uint64_t)row[0].num,
		.waiting = (uint64_t)row[1].num,
		.oldest_s = row[2].num,
	};
	return E_OK;
}

enum err
store_delivery_work(struct store *store, int64_t first_s, int64_t end_s,
    struct delivery_work *ret, struct why *why)
{
	struct delivery_work work = { 0 };
	enum err e = db_read(store->db, QUERY_DELIVERY_WORK, note_work, &work,
	    why, DB_I(first_s), DB_I(end_s));

	if (e == E_OK)
		*ret = work;
	return e;
}
