#include "alert/decide.h"

/* Somebody has seen to it, or wants nobody to be told for now. */
static bool
is_silent(const struct finding *f, int64_t now_s)
{
	return f->state == FINDING_ACKNOWLEDGED ||
	    (f->state == FINDING_MUTED &&
		(f->muted_until_s == 0 || f->muted_until_s > now_s));
}

static bool
is_worse(const struct finding *f, const struct alert_said *s)
{
	return f->severity > s->severity ||
	    (f->conclusion == CONCLUSION_PATH &&
		s->conclusion != CONCLUSION_PATH);
}

static struct alert_said
said_of(const struct finding *f, int64_t said_s)
{
	return (struct alert_said){ .is_there = true,
		.finding_id = f->id,
		.severity = f->severity,
		.conclusion = f->conclusion,
		.is_closed = f->state == FINDING_CLOSED,
		.said_s = said_s };
}

static struct alert_decision
tell(enum alert_event event, const struct finding *f, int64_t now_s)
{
	return (struct alert_decision){ event, true, said_of(f, now_s) };
}

/* Without a word. */
static struct alert_decision
note(struct alert_said said)
{
	return (struct alert_decision){ 0, true, said };
}

static struct alert_decision
nothing(const struct alert_said *s)
{
	return (struct alert_decision){ 0, false, *s };
}

static struct alert_decision
decide_silent(const struct alert_said *s)
{
	struct alert_said said = *s;

	if (!s->is_there || s->is_closed || s->is_silent)
		return nothing(s);
	said.is_silent = true;
	return note(said);
}

/* What was told of is gone. */
static struct alert_decision
decide_closed(const struct finding *f, const struct alert_said *s, bool is_cool,
    int64_t now_s)
{
	if (!s->is_there || s->is_closed)
		return nothing(s);
	if (s->is_silent)
		return note(said_of(f, s->said_s));
	return is_cool ? tell(ALERT_CLOSED, f, now_s) : nothing(s);
}

/* It is as grave as was said, or less. */
static struct alert_decision
decide_same(const struct finding *f, const struct alert_said *s, bool is_cool,
    int64_t now_s)
{
	struct alert_said said = said_of(f, s->said_s);

	if (s->is_silent)
		return tell(ALERT_AGAIN, f, now_s);
	if (s->severity == f->severity && s->conclusion == f->conclusion)
		return span_eq(s->finding_id, f->id) ? nothing(s) : note(said);
	/* What rises again soon was said; later it is news. */
	if (!is_cool)
		return nothing(s);
	return note(said);
}

static struct alert_decision
decide(const struct finding *f, const struct alert_said *s, int64_t now_s,
    int64_t cool_down_s)
{
	const bool is_cool = s->said_s + cool_down_s <= now_s;

	if (f->state == FINDING_CLOSED)
		return decide_closed(f, s, is_cool, now_s);
	if (is_silent(f, now_s))
		return decide_silent(s);
	if (!s->is_there)
		return tell(ALERT_OPENED, f, now_s);
	if (s->is_closed)
		return is_cool || is_worse(f, s) ? tell(ALERT_OPENED, f, now_s)
						 : nothing(s);
	if (is_worse(f, s))
		return tell(ALERT_WORSENED, f, now_s);
	return decide_same(f, s, is_cool, now_s);
}

struct alert_decision
alert_decide(const struct finding *f, const struct alert_said *s, int64_t now_s,
    int64_t cool_down_s)
{
	struct alert_said said = *s;

	if (said.said_s > now_s + ALERT_AHEAD_S)
		said.said_s = 0;
	return decide(f, &said, now_s, cool_down_s);
}
