/* store/store_delivery_claim.c -- which worker makes the next attempt. */
#include "base/siphash.h"
#include "model/limits.h"
#include "store/store_delivery.h"
#include "store/store_private.h"

#define S_PER_HOUR 3600
#define DUE_MAX 8	 /* of one host, before others have their turn */
#define PUT_BACK_MAX 200 /* in one transaction: others want the store, too */
/* Ids and targets of those. */
#define BYTES_DUE (DUE_MAX * ((size_t)URI_TEXT_MAX + 256) + 65536)
#define HOSTS_BYTES ((size_t)16 << 20) /* of all that one claim looks at */

struct due {
	struct span id;
	struct span target; /* the mailbox or host that is visited */
	int64_t hourly;	    /* its ceiling; 0: none */
};

/* Hosts up to here, by when they are due, are passed over: they are busy. */
struct host_cursor {
	int64_t due_s;
	struct span host;
};

/* To one target in this hour. */
struct visits {
	struct span target; /* empty: of none yet */
	int64_t n, added;   /* in the store; and since then here */
};

struct claim {
	struct db *db;
	const struct delivery_wish *wish;
	int64_t hour;
	char worker[UUID_TEXT_SIZE];
	struct arena hosts; /* the cursor's and the next one's */
	struct host_cursor passed, at;
	bool found;
	struct arena arena; /* of what is due */
	struct due due[DUE_MAX];
	size_t ndue;
	struct visits visits;
	size_t n, nhosts, nput_back; /* so far */
	int64_t attempt;	     /* of the last that was claimed */
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

/* Those that are not in the store yet. Nobody else adds to them meanwhile: who
 * claims at a host has its row. */
static enum err
end_visits(struct claim *c)
{
	const struct visits v = c->visits;
	int64_t n = 0;
	enum err e;

	c->visits = (struct visits){ .target = SPAN_LIT("") };
	if (v.added == 0)
		return E_OK;
	e = db_read(c->db, QUERY_VISIT_ADD, note_number, &n, NULL,
	    DB_T(v.target), DB_I(c->hour), DB_I(v.added));
	/* Once an hour for each target is often enough. */
	if (e == E_OK && n == v.added)
		e = db_write(c->db, QUERY_VISIT_FORGET, NULL,
		    DB_I(c->hour - 1));
	return e;
}

/* Count one more unless the ceiling is reached. */
static enum err
visit(struct claim *c, const struct due *d, bool *ret_allowed)
{
	struct visits *v = &c->visits;
	enum err e = E_OK;

	*ret_allowed = true;
	if (d->hourly == 0)
		return E_OK;
	if (!span_eq(v->target, d->target)) {
		if ((e = end_visits(c)) != E_OK)
			return e;
		v->target = d->target;
		e = db_read(c->db, QUERY_VISIT_GET, note_number, &v->n, NULL,
		    DB_T(d->target), DB_I(c->hour));
	}
	*ret_allowed = v->n + v->added < d->hourly;
	v->added += *ret_allowed;
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
		.day = row[8].num,
		.domain = row[9].bytes,
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
	struct span uri = row[2].bytes.len > 0 ? row[2].bytes : row[1].bytes;
	struct span rest = uri;
	bool is_mail = span_take(&rest, SPAN_LIT("mailto:"));
	struct due *d;

	d = &c->due[c->ndue++];
	*d = (struct due){
		.id = arena_copy(&c->arena, row[0].bytes),
		.target = arena_copy(&c->arena, is_mail ? uri : c->at.host),
		.hourly = is_mail ? c->wish->mailbox_hourly
				  : c->wish->host_hourly,
	};
	return d->id.p == NULL || d->target.p == NULL ? E_NOMEM : E_OK;
}

/* -- hosts -- */

static enum err
note_host(void *arg, const struct db_value *row)
{
	struct claim *c = arg;

	c->found = true;
	c->at = (struct host_cursor){ row[0].num,
		arena_copy(&c->hosts, row[1].bytes) };
	return c->at.host.p == NULL ? E_NOMEM : E_OK;
}

/* Into c->at, unless *ret_found is false. */
static enum err
next_host(struct claim *c, bool *ret_found)
{
	enum err e;

	c->found = false;
	e = db_read(c->db, QUERY_DELIVERY_HOST_NEXT, note_host, c, NULL,
	    DB_I(c->wish->now_s), DB_I(c->passed.due_s), DB_T(c->passed.host));
	*ret_found = c->found;
	c->nhosts++;
	return e;
}

static bool
may_visit(const struct claim *c)
{
	return c->wish->may_visit == NULL ||
	    c->wish->may_visit(c->arg, c->at.host);
}

/* When the host is due now that one of its deliveries is not. */
static enum err
move_host(struct claim *c)
{
	int64_t due_s = -1;
	enum err e = db_read(c->db, QUERY_DELIVERY_HOST_DUE, note_number,
	    &due_s, NULL, DB_T(c->at.host));

	if (e != E_OK)
		return e;
	return due_s == -1 ? db_write(c->db, QUERY_DELIVERY_HOST_FORGET, NULL,
				 DB_T(c->at.host))
			   : db_write(c->db, QUERY_DELIVERY_HOST_MOVE, NULL,
				 DB_T(c->at.host), DB_I(due_s));
}

static bool
may_look_on(const struct claim *c)
{
	return c->wish->max_hosts == 0 || c->nhosts < c->wish->max_hosts;
}

static bool
may_go_on(const struct claim *c)
{
	return c->n < c->wish->max && c->nput_back < PUT_BACK_MAX;
}

static enum err
claim_due(struct claim *c)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < c->ndue && may_go_on(c); i++)
		if (may_visit(c))
			e = claim_one(c, &c->due[i]);
		else
			c->passed = c->at;
	return e == E_OK ? end_visits(c) : e;
}

/* Its next deliveries; there are none if others have them, or the host's time
 * is older than what it has. */
static enum err
claim_at_host(struct claim *c)
{
	enum err e;

	arena_reset(&c->arena);
	c->ndue = 0;
	e = db_read(c->db, QUERY_DELIVERY_DUE, note_due, c, NULL,
	    DB_T(c->at.host), DB_I(c->wish->now_s), DB_I(DUE_MAX));
	if (e != E_OK)
		return e;
	if (c->ndue > 0)
		e = claim_due(c);
	else
		c->passed = c->at;
	return e == E_OK ? move_host(c) : e;
}

/* A claim that a power loss undoes is made once more: it is what came of it
 * that must stay, and that brings the claim before it to the disk. */
static enum err
claim_all(struct claim *c, struct why *why)
{
	enum err e = db_begin_lax(c->db, why);
	bool found = true;

	if (e != E_OK)
		return e;
	while (e == E_OK && may_go_on(c) && may_look_on(c) &&
	    (e = next_host(c, &found)) == E_OK && found)
		if (may_visit(c))
			e = claim_at_host(c);
		else
			c->passed = c->at;
	if (e != E_OK && c->db->err == E_OK) {
		db_rollback(c->db);
		return why_set(why, e, "%s", err_text(e));
	}
	/* Or, where a statement failed, roll back and say why. */
	return db_commit(c->db, why);
}

enum err
store_delivery_clock(struct store *store, int64_t *ret_s, struct why *why)
{
	return db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_STORE_NOW,
		.row = note_number,
		.arg = ret_s },
	    NULL, why);
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
		.hosts = ARENA_INIT(HOSTS_BYTES),
		.passed = { INT64_MIN, SPAN_LIT("") },
		.arena = ARENA_INIT(BYTES_DUE),
		.visits = { .target = SPAN_LIT("") },
		.fn = fn,
		.arg = arg,
	};
	enum err e;

	uuid_text(id, c.worker);
	e = claim_all(&c, why);
	arena_free(&c.hosts);
	arena_free(&c.arena);
	return e;
}
