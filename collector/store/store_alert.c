#include "store/store_alert.h"

#include <stdio.h>

#include "config/route_word.h"
#include "store/store_private.h"

/* -- one who works on a way -- */

struct taking {
	bool taken;
	struct alert_way *way;
};

static enum err
note_taken(void *arg, const struct db_value *row)
{
	struct taking *t = arg;

	t->taken = true;
	*t->way = (struct alert_way){ .due_s = row[0].num,
		.failures = row[1].num,
		.left_out = (uint64_t)row[3].num,
		.message_left_out = (uint64_t)row[4].num };
	(void)snprintf(t->way->message_id, sizeof(t->way->message_id), "%.*s",
	    SPAN_ARG(row[2].bytes));
	return E_OK;
}

enum err
store_alert_take(struct store *store, const struct alert_work *w,
    const struct alert_lease *lease, bool *ret_taken, struct alert_way *ret,
    struct why *why)
{
	struct taking t = { false, ret };
	enum err e = db_read(store->db, QUERY_ALERT_WAY_TAKE, note_taken, &t,
	    why, DB_T(w->way), DB_T(span_str(w->worker)), DB_I(lease->now_s),
	    DB_I(lease->until_s), DB_I(lease->latest_s));

	if (e == E_OK)
		*ret_taken = t.taken;
	return e;
}

enum err
store_alert_hold(struct store *store, const struct alert_work *w,
    int64_t until_s, struct why *why)
{
	const struct db_value params[] = { DB_T(w->way),
		DB_T(span_str(w->worker)), DB_I(until_s) };
	char shown[ROUTE_SHOWN_SIZE];
	int64_t changed = 0;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_ALERT_WAY_HOLD,
		.params = params,
		.nparams = 3 },
	    &changed, why);

	if (e != E_OK || changed > 0)
		return e;
	route_word_shown(w->way, shown);
	return why_set(why, E_CONFLICT, "another works on %s", shown);
}

enum err
store_alert_leave(struct store *store, const struct alert_work *w,
    struct why *why)
{
	return db_write(store->db, QUERY_ALERT_WAY_LEAVE, why, DB_T(w->way),
	    DB_T(span_str(w->worker)));
}

/* -- what is to be said -- */

struct findings {
	alert_finding_fn *fn;
	void *arg;
};

static enum err
hand_finding(void *arg, const struct db_value *row)
{
	const struct findings *to = arg;

	return to->fn(to->arg,
	    &(const struct finding){ .id = row[0].bytes,
		.kind = row[1].bytes,
		.domain = row[2].bytes,
		.subject = row[3].bytes,
		.state = (enum finding_state)row[4].num,
		.severity = row[5].num,
		.conclusion = row[6].num,
		.confidence = row[7].num,
		.first_day = row[8].num,
		.last_day = row[9].num,
		.muted_until_s = row[10].num },
	    &(const struct alert_said){ .is_there = row[11].num != 0,
		.finding_id = row[12].bytes,
		.severity = row[13].num,
		.conclusion = row[14].num,
		.is_closed = row[15].num != 0,
		.is_silent = row[16].num != 0,
		.said_s = row[17].num });
}

enum err
store_alert_current(struct store *store, struct span way, struct span after,
    int64_t least_severity, size_t max, alert_finding_fn *fn, void *arg,
    struct why *why)
{
	struct findings to = { fn, arg };

	return db_read(store->db, QUERY_ALERT_CURRENT, hand_finding, &to, why,
	    DB_T(way), DB_T(after), DB_I(least_severity), DB_I(max));
}

enum err
store_alert_gone(struct store *store, struct span way,
    const struct alert_old *old, size_t max, alert_finding_fn *fn, void *arg,
    struct why *why)
{
	struct findings to = { fn, arg };

	return db_read(store->db, QUERY_ALERT_GONE, hand_finding, &to, why,
	    DB_T(way), DB_I(old->until_s), DB_I(old->ahead_s), DB_I(max));
}

enum err
store_alert_say(struct store *store, struct span way, const struct finding *f,
    const struct alert_said *s, struct why *why)
{
	return db_write(store->db, QUERY_ALERT_SAY, why, DB_T(way),
	    DB_T(f->domain), DB_T(f->kind), DB_T(f->subject), DB_T(f->id),
	    DB_I(s->severity), DB_I(s->conclusion), DB_I(s->is_closed),
	    DB_I(s->is_silent), DB_I(s->said_s));
}

enum err
store_alert_said_forget(struct store *store, struct span way,
    const struct alert_old *old, struct why *why)
{
	return db_write(store->db, QUERY_ALERT_SAID_FORGET, why, DB_T(way),
	    DB_I(old->until_s), DB_I(old->ahead_s));
}

enum err
store_alert_add(struct store *store, const struct alert *a, struct why *why)
{
	const struct finding *f = &a->finding;

	return db_write(store->db, QUERY_ALERT_ADD, why, DB_T(a->id),
	    DB_T(a->way), DB_I(a->event), DB_I(a->made_s), DB_T(f->id),
	    DB_T(f->kind), DB_T(f->domain), DB_T(f->subject), DB_I(f->severity),
	    DB_I(f->conclusion), DB_I(f->confidence), DB_I(f->first_day),
	    DB_I(f->last_day));
}

static enum err
note_count(void *arg, const struct db_value *row)
{
	*(uint64_t *)arg = (uint64_t)row[0].num;
	return E_OK;
}

enum err
store_alert_waiting(struct store *store, struct span way, uint64_t *ret,
    struct why *why)
{
	return db_read(store->db, QUERY_ALERT_COUNT, note_count, ret, why,
	    DB_T(way));
}

enum err
store_alert_leave_out(struct store *store, struct span way, uint64_t n,
    struct why *why)
{
	return db_write(store->db, QUERY_ALERT_WAY_LEFT_OUT, why, DB_T(way),
	    DB_I(n));
}

/* -- a message -- */

enum err
store_alert_begin(struct store *store, struct span way, struct span id,
    uint64_t left_out, int64_t now_s, struct why *why)
{
	enum err e = db_write(store->db, QUERY_ALERT_DROP, why, DB_T(way),
	    DB_I(now_s));

	if (e == E_OK)
		e = db_write(store->db, QUERY_ALERT_BEGIN, why, DB_T(way),
		    DB_T(id));
	return e == E_OK ? db_write(store->db, QUERY_ALERT_WAY_BEGIN, why,
			       DB_T(way), DB_T(id), DB_I(left_out))
			 : e;
}

struct list {
	alert_fn *fn;
	void *arg;
};

static enum err
hand_alert(void *arg, const struct db_value *row)
{
	const struct list *list = arg;

	return list->fn(list->arg,
	    &(const struct alert){ .id = row[0].bytes,
		.way = row[1].bytes,
		.event = row[2].num,
		.state = row[3].num,
		.made_s = row[4].num,
		.done_s = row[5].num,
		.finding = { .id = row[6].bytes,
		    .kind = row[7].bytes,
		    .domain = row[8].bytes,
		    .subject = row[9].bytes,
		    .severity = row[10].num,
		    .conclusion = row[11].num,
		    .confidence = row[12].num,
		    .first_day = row[13].num,
		    .last_day = row[14].num } });
}

enum err
store_alert_message(struct store *store, struct span way, struct span id,
    alert_fn *fn, void *arg, struct why *why)
{
	struct list list = { fn, arg };

	return db_read(store->db, QUERY_ALERT_MESSAGE, hand_alert, &list, why,
	    DB_T(way), DB_T(id));
}

enum err
store_alert_settle(struct store *store, const struct alert_settling *s,
    struct why *why)
{
	const bool told = s->fate == ALERT_FATE_TOLD;
	const bool open = s->fate == ALERT_FATE_UNCERTAIN;
	enum err e = E_OK;

	if (told)
		e = db_write(store->db, QUERY_ALERT_SENT, why, DB_T(s->way),
		    DB_T(s->message_id), DB_I(s->now_s));
	else if (!open)
		e = db_write(store->db, QUERY_ALERT_UNSENT, why, DB_T(s->way),
		    DB_T(s->message_id));
	return e == E_OK
	    ? db_write(store->db, QUERY_ALERT_WAY_SETTLE, why, DB_T(s->way),
		  DB_I(s->due_s), DB_I(s->failures),
		  DB_T(open ? s->message_id : SPAN_LIT("")),
		  DB_I(told ? s->left_out : 0), DB_I(s->now_s), DB_T(s->answer))
	    : e;
}

enum err
store_alert_forget(struct store *store, int64_t before_s, struct why *why)
{
	return db_write(store->db, QUERY_ALERT_FORGET, why, DB_I(before_s));
}

/* -- for people -- */

enum err
store_alert_list(struct store *store, int state, size_t max, alert_fn *fn,
    void *arg, struct why *why)
{
	struct list list = { fn, arg };

	return db_read(store->db, QUERY_ALERT_LIST, hand_alert, &list, why,
	    DB_I(state), DB_I(max));
}

struct ways {
	alert_way_fn *fn;
	void *arg;
};

static enum err
hand_way(void *arg, const struct db_value *row)
{
	const struct ways *ways = arg;

	return ways->fn(ways->arg,
	    &(const struct alert_way_listed){ .way = row[0].bytes,
		.due_s = row[1].num,
		.failures = row[2].num,
		.left_out = (uint64_t)row[3].num,
		.tried_s = row[4].num,
		.answer = row[5].bytes,
		.waiting = (uint64_t)row[6].num });
}

enum err
store_alert_ways(struct store *store, alert_way_fn *fn, void *arg,
    struct why *why)
{
	struct ways ways = { fn, arg };

	return db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_ALERT_WAY_LIST,
		.row = hand_way,
		.arg = &ways },
	    NULL, why);
}
