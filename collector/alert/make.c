#include "alert/make.h"

#include "alert/decide.h"
#include "alert/message.h"
#include "base/clock.h"
#include "config/route_word.h"

#define PAGE 200 /* findings */
#define ARENA_MAX ((size_t)16 << 20)

struct item {
	struct finding finding;
	struct alert_said said;
};

struct making {
	struct store *store;
	const struct config *config;
	struct span way;
	int64_t now_s, cool_down_s;
	struct alert_old old;
	uint64_t waiting, left_out;
	struct arena arena; /* of the page */
	struct item page[PAGE];
	size_t n;
	char after[UUID_TEXT_SIZE]; /* the page's last id */
};

/* -- routes -- */

/* Those of a way are one. */
static bool
is_routed(const struct making *m, const struct finding *f)
{
	const struct list *routes = &m->config->alert_routes;
	struct route_word r;

	for (size_t i = 0; i < routes->n; i++)
		if (route_word_parse(routes->v[i], &r, NULL) == E_OK &&
		    span_eq(r.way, m->way) &&
		    route_word_matches(&r, f->domain, f->severity))
			return true;
	return false;
}

static int64_t
least_severity(const struct making *m)
{
	const struct list *routes = &m->config->alert_routes;
	int64_t least = SEVERITY_CRITICAL;
	struct route_word r;

	for (size_t i = 0; i < routes->n; i++)
		if (route_word_parse(routes->v[i], &r, NULL) == E_OK &&
		    span_eq(r.way, m->way) && (int64_t)r.severity < least)
			least = (int64_t)r.severity;
	return least;
}

/* -- one finding -- */

static enum err
add_alert(struct making *m, const struct finding *f, int64_t event,
    struct why *why)
{
	const struct uuid uuid = uuid_new(m->now_s * NS_PER_S);
	char id[UUID_TEXT_SIZE];

	if (m->waiting >= ALERT_WAITING_MAX) {
		m->left_out++;
		return E_OK;
	}
	m->waiting++;
	uuid_text(&uuid, id);
	return store_alert_add(m->store,
	    &(const struct alert){ .id = span_str(id),
		.way = m->way,
		.event = event,
		.made_s = m->now_s,
		.finding = *f },
	    why);
}

/* What no route leads to any more is as if it were closed: without a word. */
static enum err
make_one(struct making *m, const struct item *item, struct why *why)
{
	const struct finding *f = &item->finding;
	struct alert_decision d = alert_decide(f, &item->said, m->now_s,
	    m->cool_down_s);
	enum err e = E_OK;

	if (!d.is_changed)
		return E_OK;
	if (d.event != 0 && is_routed(m, f))
		e = add_alert(m, f, d.event, why);
	else if (d.event != 0 && f->state != FINDING_CLOSED)
		return E_OK;
	return e == E_OK ? store_alert_say(m->store, m->way, f, &d.said, why)
			 : e;
}

/* -- pages -- */

static enum err
note(void *arg, const struct finding *f, const struct alert_said *s)
{
	struct making *m = arg;
	struct item *to = &m->page[m->n];

	if (m->n == PAGE)
		return E_OK;
	to->finding = *f;
	to->said = *s;
	to->finding.id = arena_copy(&m->arena, f->id);
	to->finding.kind = arena_copy(&m->arena, f->kind);
	to->finding.domain = arena_copy(&m->arena, f->domain);
	to->finding.subject = arena_copy(&m->arena, f->subject);
	to->said.finding_id = arena_copy(&m->arena, s->finding_id);
	m->n++;
	return to->finding.id.p == NULL || to->finding.kind.p == NULL ||
		to->finding.domain.p == NULL || to->finding.subject.p == NULL ||
		to->said.finding_id.p == NULL
	    ? E_NOMEM
	    : E_OK;
}

static enum err
make_page(struct making *m, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < m->n; i++)
		e = make_one(m, &m->page[i], why);
	return e;
}

static void
begin_page(struct making *m)
{
	arena_reset(&m->arena);
	m->n = 0;
}

static enum err
make_current(struct making *m, struct why *why)
{
	const int64_t least = least_severity(m);
	struct span id;
	enum err e;

	do {
		begin_page(m);
		e = store_alert_current(m->store, m->way, span_str(m->after),
		    least, PAGE, note, m, why);
		if (e == E_OK)
			e = make_page(m, why);
		if (e != E_OK || m->n == 0)
			return e;
		id = span_head(m->page[m->n - 1].finding.id,
		    sizeof(m->after) - 1);
		memcpy(m->after, id.p, id.len);
		m->after[id.len] = '\0';
	} while (m->n == PAGE);
	return E_OK;
}

/* Each that is noted is not among the next. */
static enum err
make_gone(struct making *m, struct why *why)
{
	enum err e;

	do {
		begin_page(m);
		e = store_alert_gone(m->store, m->way, &m->old, PAGE, note, m,
		    why);
		if (e == E_OK)
			e = make_page(m, why);
	} while (e == E_OK && m->n == PAGE);
	return e;
}

static enum err
make_all(struct making *m, struct why *why)
{
	enum err e = store_alert_waiting(m->store, m->way, &m->waiting, why);

	if (e == E_OK)
		e = make_current(m, why);
	if (e == E_OK)
		e = make_gone(m, why);
	if (e == E_OK && m->left_out > 0)
		e = store_alert_leave_out(m->store, m->way, m->left_out, why);
	return e == E_OK
	    ? store_alert_said_forget(m->store, m->way, &m->old, why)
	    : e;
}

enum err
alert_make(struct store *store, const struct config *config, struct span way,
    int64_t now_s, uint64_t *ret_left_out, struct why *why)
{
	const int64_t cool_down_s = config->alert_cool_down_ms / 1000;
	struct making m = { .store = store,
		.config = config,
		.way = way,
		.now_s = now_s,
		.cool_down_s = cool_down_s,
		.old = { now_s - cool_down_s, now_s + ALERT_AHEAD_S },
		.arena = ARENA_INIT(ARENA_MAX) };
	enum err e = make_all(&m, why);

	arena_free(&m.arena);
	*ret_left_out = m.left_out;
	return e;
}
