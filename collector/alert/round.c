#include "alert/round.h"

#include "alert/decide.h"
#include "alert/make.h"
#include "base/backoff.h"
#include "base/log.h"

/* More than a message may take, by far: past it another begins, after what
 * clocks may differ by. */
#define LEASE_S 300
#define LEASE_MAX_S 3600 /* whatever alert.timeout is */
#define RETRY_FIRST_S 10
#define RETRY_MAX_S 3600
#define DOUBLINGS_MAX 9 /* RETRY_FIRST_S so often doubled is past the most */
#define KEEP_S (90 * S_PER_DAY)
#define ARENA_MAX ((size_t)16 << 20)

struct telling {
	const struct alert_sender *sender;
	struct store *store;
	struct route_word route;
	char shown[ROUTE_SHOWN_SIZE]; /* its way */
	struct alert_work work;
	struct alert_way way;
	struct arena arena;
	struct alert alerts[ALERT_WAITING_MAX];
	struct alert_message message; /* of these */
};

static int64_t
now_s(const struct telling *t)
{
	return clock_wall_s(t->sender->clock);
}

/* -- what is to be told -- */

static enum err
note_alert(void *arg, const struct alert *a)
{
	struct telling *t = arg;
	struct alert *to = &t->alerts[t->message.nalerts];
	struct finding *f = &to->finding;

	if (t->message.nalerts == ALERT_WAITING_MAX)
		return E_OK;
	t->message.nalerts++;
	*to = *a;
	to->id = arena_copy(&t->arena, a->id);
	to->way = t->work.way;
	f->id = arena_copy(&t->arena, f->id);
	f->kind = arena_copy(&t->arena, f->kind);
	f->domain = arena_copy(&t->arena, f->domain);
	f->subject = arena_copy(&t->arena, f->subject);
	return to->id.p == NULL || f->id.p == NULL || f->kind.p == NULL ||
		f->domain.p == NULL || f->subject.p == NULL
	    ? E_NOMEM
	    : E_OK;
}

/* One that may have been told is told again as it was. */
static enum err
begin_message(struct telling *t, struct why *why)
{
	const struct uuid uuid = uuid_new(now_s(t) * NS_PER_S);
	uint64_t waiting = 0;
	enum err e;

	if (t->way.message_id[0] != '\0')
		return E_OK;
	e = store_alert_waiting(t->store, t->work.way, &waiting, why);
	if (e != E_OK || waiting + t->way.left_out == 0)
		return e;
	uuid_text(&uuid, t->way.message_id);
	t->way.message_left_out = t->way.left_out;
	return store_alert_begin(t->store, t->work.way,
	    span_str(t->way.message_id), t->way.left_out, now_s(t), why);
}

static enum err
load_message(struct telling *t, struct why *why)
{
	enum err e = begin_message(t, why);

	if (e != E_OK || t->way.message_id[0] == '\0')
		return e;
	t->message = (struct alert_message){
		.id = span_str(t->way.message_id),
		.alerts = t->alerts,
		.left_out = t->way.message_left_out,
	};
	return store_alert_message(t->store, t->work.way, t->message.id,
	    note_alert, t, why);
}

static bool
is_anything(const struct alert_message *m)
{
	return m->nalerts + m->left_out > 0;
}

/* A message of which nothing is left is over. */
static enum err
leave(struct telling *t, struct why *why)
{
	enum err e = E_OK;

	if (t->message.id.len > 0)
		e = store_alert_settle(t->store,
		    &(const struct alert_settling){ .way = t->work.way,
			.message_id = t->message.id,
			.fate = ALERT_FATE_TOLD,
			.now_s = now_s(t),
			.answer = SPAN_LIT("nothing was left to be told") },
		    why);
	return e == E_OK ? store_alert_leave(t->store, &t->work, why) : e;
}

/* What is due later than anything is put off was put off while a clock was
 * wrong. */
static bool
is_due(const struct alert_way *way, int64_t now)
{
	return way->due_s <= now ||
	    way->due_s > now + RETRY_MAX_S + ALERT_AHEAD_S;
}

static enum err
prepare(struct telling *t, struct why *why)
{
	const struct config *c = t->sender->config;
	const int64_t now = now_s(t);
	const struct alert_lease lease = { .now_s = now,
		.until_s = now + LEASE_S + 2 * c->alert_timeout_ms / 1000,
		.latest_s = now + LEASE_MAX_S };
	uint64_t left_out = 0;
	bool taken = false;
	enum err e = store_alert_take(t->store, &t->work, &lease, &taken,
	    &t->way, why);

	if (e != E_OK || !taken)
		return e;
	e = alert_make(t->store, c, t->work.way, now, &left_out, why);
	t->way.left_out += left_out;
	if (e == E_OK && is_due(&t->way, now))
		e = load_message(t, why);
	return e == E_OK && !is_anything(&t->message) ? leave(t, why) : e;
}

/* -- what came of it -- */

static void
log_outcome(const struct telling *t, const struct alert_outcome *o,
    int64_t wait_s)
{
	if (o->fate == ALERT_FATE_TOLD)
		log_info("alerts were told", LOG_STR("way", t->shown),
		    LOG_I("n", t->message.nalerts),
		    LOG_S("message", t->message.id),
		    LOG_STR("answer", o->answer));
	else
		log_warning("alerts could not be told",
		    LOG_STR("way", t->shown), LOG_I("n", t->message.nalerts),
		    LOG_S("message", t->message.id),
		    LOG_I("again_in_s", wait_s), LOG_STR("answer", o->answer));
}

static int64_t
wait_after(const struct telling *t, const struct alert_outcome *o)
{
	const int64_t n = t->way.failures < DOUBLINGS_MAX ? t->way.failures
							  : DOUBLINGS_MAX;
	struct backoff b = BACKOFF_INIT(RETRY_FIRST_S * NS_PER_S,
	    RETRY_MAX_S * NS_PER_S);
	int64_t s;

	b.ns = (RETRY_FIRST_S << n) * NS_PER_S;
	if (b.ns > b.max_ns)
		b.ns = b.max_ns;
	s = backoff_next_ns(&b) / NS_PER_S;
	if (o->retry_after_s > s)
		s = o->retry_after_s;
	return s < RETRY_MAX_S ? s : RETRY_MAX_S;
}

static enum err
settle(struct telling *t, const struct alert_outcome *o, int64_t wait_s,
    struct why *why)
{
	const bool told = o->fate == ALERT_FATE_TOLD;
	const struct alert_settling settling = {
		.way = t->work.way,
		.message_id = t->message.id,
		.fate = o->fate,
		.left_out = t->message.left_out,
		.now_s = now_s(t),
		.due_s = told ? 0 : now_s(t) + wait_s,
		.failures = told ? 0 : t->way.failures + 1,
		.answer = span_str(o->answer),
	};
	/* It is left with that. */
	enum err e = store_alert_hold(t->store, &t->work, 0, why);

	if (e == E_OK)
		e = store_alert_settle(t->store, &settling, why);
	return e == E_OK ? store_alert_forget(t->store, now_s(t) - KEEP_S, why)
			 : e;
}

/* -- a way -- */

static enum err
in_transaction(struct telling *t, enum err e, struct why *why)
{
	if (e == E_OK)
		return store_commit(t->store, why);
	store_rollback(t->store);
	return e;
}

static enum err
note_outcome(struct telling *t, const struct alert_outcome *o, struct why *why)
{
	const int64_t wait_s = o->fate == ALERT_FATE_TOLD ? 0
							  : wait_after(t, o);
	enum err e = store_begin(t->store, why);

	log_outcome(t, o, wait_s);
	if (e != E_OK)
		return e;
	e = in_transaction(t, settle(t, o, wait_s, why), why);
	if (e != E_CONFLICT)
		return e;
	log_warning("alerts were taken over meanwhile",
	    LOG_STR("way", t->shown), LOG_S("message", t->message.id));
	return E_OK;
}

static enum err
tell(struct telling *t, struct why *why)
{
	struct alert_outcome outcome;
	enum err e = store_begin(t->store, why);

	if (e != E_OK)
		return e;
	e = in_transaction(t, prepare(t, why), why);
	if (e != E_OK || !is_anything(&t->message))
		return e;
	alert_send(t->sender, &t->route, &t->message, &outcome);
	return note_outcome(t, &outcome, why);
}

/* Routes of the same way are one. */
static bool
is_first(const struct list *routes, size_t i, struct span way)
{
	struct route_word before;

	for (size_t k = 0; k < i; k++)
		if (route_word_parse(routes->v[k], &before, NULL) == E_OK &&
		    span_eq(before.way, way))
			return false;
	return true;
}

static enum err
tell_by(const struct alert_sender *sender, struct store *store,
    const struct route_word *route, struct why *why)
{
	const struct uuid worker = uuid_new(clock_wall_ns(sender->clock));
	struct arena room = ARENA_INIT(ARENA_MAX);
	struct telling *t = arena_zalloc(&room, sizeof(*t));
	enum err e;

	if (t == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	t->sender = sender;
	t->store = store;
	t->route = *route;
	route_word_shown(route->way, t->shown);
	t->work.way = route->way;
	t->arena = ARENA_INIT(ARENA_MAX);
	uuid_text(&worker, t->work.worker);
	e = tell(t, why);
	arena_free(&t->arena);
	arena_free(&room);
	return e;
}

static enum err
take_turn(const struct alert_sender *sender, struct store *store, size_t i,
    struct why *why)
{
	const struct list *routes = &sender->config->alert_routes;
	struct route_word route;
	enum err e = route_word_parse(routes->v[i], &route, why);

	return e == E_OK && is_first(routes, i, route.way)
	    ? tell_by(sender, store, &route, why)
	    : e;
}

enum err
alert_round(const struct alert_sender *sender, struct store *store,
    size_t *turn, struct why *why)
{
	const struct config *c = sender->config;
	const size_t n = c->alert_routes.n;
	const int64_t began_ns = clock_mono_ns(sender->clock);
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < n; i++) {
		if (alert_is_to_end(sender) ||
		    clock_mono_ns(sender->clock) - began_ns >
			c->alert_timeout_ms * NS_PER_MS)
			break;
		*turn = *turn < n ? *turn : 0;
		e = take_turn(sender, store, (*turn)++, why);
	}
	return e;
}
