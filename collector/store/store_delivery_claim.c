/* store/store_delivery_claim.c -- which worker makes the next attempt. */
#include "base/siphash.h"
#include "model/limits.h"
#include "store/store_delivery.h"
#include "store/store_private.h"

#define S_PER_HOUR 3600
#define PUT_BACK_MAX 200 /* in one transaction: others want the store, too */
/* More than an id and a target take. */
#define BYTES_EACH (URI_TEXT_MAX + 256)

struct due {
	struct span id;
	struct span target; /* the mailbox or host that is visited */
	int64_t hourly;	    /* its ceiling; 0: none */
};

struct claim {
	struct db *db;
	const struct delivery_wish *wish;
	int64_t hour;
	char worker[UUID_TEXT_SIZE];
	struct arena arena; /* of what is due */
	struct due *due;
	size_t ndue;
	size_t n, nput_back; /* so far */
	bool is_late;	     /* another worker made the last visit meanwhile */
	int64_t attempt;     /* of the last that was claimed */
	delivery_fn *fn;
	void *arg;
};

/* -- visits -- */

static enum err
note_number(void *arg, const struct db_value *row)
{
	*(int64_t *)arg = row[0].num;
	return E_OK;
}

/* Count one more unless the ceiling is reached. Looked at first: PostgreSQL
 * locks the row also where it is not changed then, and two workers that each
 * hold one and want the other's would wait for each other. */
static enum err
visit(struct claim *c, const struct due *d, bool *ret_allowed)
{
	int64_t n = 0;
	enum err e;

	*ret_allowed = true;
	if (d->hourly == 0)
		return E_OK;
	e = db_read(c->db, QUERY_VISIT_GET, note_number, &n, NULL,
	    DB_T(d->target), DB_I(c->hour));
	*ret_allowed = n < d->hourly;
	if (e != E_OK || !*ret_allowed)
		return e;
	n = 0;
	e = db_read(c->db, QUERY_VISIT_ADD, note_number, &n, NULL,
	    DB_T(d->target), DB_I(c->hour), DB_I(d->hourly));
	*ret_allowed = n > 0;
	c->is_late |= n == 0;
	/* Once an hour for each target is often enough. */
	if (e == E_OK && n == 1)
		e = db_write(c->db, QUERY_VISIT_FORGET, NULL,
		    DB_I(c->hour - 1));
	return e;
}

/* Spread over the next hour, so that not all come back at once. */
static enum err
put_back(struct claim *c, const struct due *d)
{
	const uint64_t both[2] = { siphash_table(d->id.p, d->id.len),
		(uint64_t)c->hour };
	int64_t due_s = (c->hour + 1) * S_PER_HOUR +
	    (int64_t)(siphash_table(both, sizeof(both)) % S_PER_HOUR);

	c->nput_back++;
	return db_write(c->db, QUERY_DELIVERY_PUT_BACK, NULL, DB_T(d->id),
	    DB_I(due_s));
}

/* -- claims -- */

static enum err
hand_over(void *arg, const struct db_value *row)
{
	struct claim *c = arg;
	const struct delivery d = {
		.id = row[0].bytes,
		.report = row[1].bytes,
		.uri = row[2].bytes,
		.host = row[3].bytes,
		.attempts = row[4].num,
		.first_s = row[5].num,
		.tries = row[6].num,
		.target = row[7].bytes,
	};

	c->n++;
	c->attempt = d.attempts;
	return c->fn(c->arg, &d);
}

/* An attempt that is never ended stays as the trace of one whose end nobody
 * saw. */
static enum err
claim_one(struct claim *c, const struct due *d)
{
	const struct delivery_wish *w = c->wish;
	bool allowed;
	enum err e = visit(c, d, &allowed);

	if (e != E_OK)
		return e;
	if (!allowed)
		return put_back(c, d);
	e = db_read(c->db, QUERY_DELIVERY_CLAIM, hand_over, c, NULL,
	    DB_T(d->id), DB_T(span_str(c->worker)), DB_I(w->now_s),
	    DB_I(w->now_s + w->lease_s));
	if (e != E_OK)
		return e;
	return db_write(c->db, QUERY_DELIVERY_ATTEMPT_ADD, NULL, DB_T(d->id),
	    DB_I(c->attempt), DB_I(w->now_s));
}

static enum err
note_due(void *arg, const struct db_value *row)
{
	struct claim *c = arg;
	struct span uri = row[3].bytes.len > 0 ? row[3].bytes : row[1].bytes;
	struct span rest = uri;
	bool is_mail = span_take(&rest, SPAN_LIT("mailto:"));
	struct due *d = &c->due[c->ndue];

	if (c->ndue == c->wish->max)
		return E_NOMEM;
	*d = (struct due){
		.id = arena_copy(&c->arena, row[0].bytes),
		.target = arena_copy(&c->arena, is_mail ? uri : row[2].bytes),
		.hourly = is_mail ? c->wish->mailbox_hourly
				  : c->wish->host_hourly,
	};
	c->ndue++;
	return d->id.p == NULL || d->target.p == NULL ? E_NOMEM : E_OK;
}

/* As many as there is still room for. */
static enum err
claim_round(struct claim *c)
{
	const struct delivery_wish *w = c->wish;
	enum err e;

	arena_reset(&c->arena);
	c->ndue = 0;
	c->due = arena_alloc(&c->arena, w->max * sizeof(*c->due));
	if (c->due == NULL)
		return E_NOMEM;
	e = db_read(c->db, QUERY_DELIVERY_DUE, note_due, c, NULL,
	    DB_I(w->now_s), DB_T(w->but_hosts), DB_I(w->max - c->n));
	for (size_t i = 0; e == E_OK && i < c->ndue; i++)
		e = claim_one(c, &c->due[i]);
	return e;
}

static enum err
claim_all(struct claim *c, struct why *why)
{
	enum err e = db_begin(c->db, why);
	size_t before;

	if (e != E_OK)
		return e;
	do {
		before = c->nput_back;
		e = claim_round(c);
	} while (e == E_OK && c->nput_back > before && c->n < c->wish->max &&
	    c->nput_back < PUT_BACK_MAX && !c->is_late);
	if (e != E_OK && c->db->err == E_OK) {
		db_rollback(c->db);
		return why_set(why, e, "%s", err_text(e));
	}
	/* Or, where a statement failed, roll back and say why. */
	return db_commit(c->db, why);
}

enum err
store_delivery_claim(struct store *store, const struct uuid *id,
    const struct delivery_wish *wish, delivery_fn *fn, void *arg,
    struct why *why)
{
	struct claim c = {
		.db = store->db,
		.wish = wish,
		.hour = wish->now_s / S_PER_HOUR,
		.arena = ARENA_INIT(wish->max * BYTES_EACH + 65536),
		.fn = fn,
		.arg = arg,
	};
	enum err e;

	uuid_text(id, c.worker);
	e = claim_all(&c, why);
	arena_free(&c.arena);
	return e;
}
