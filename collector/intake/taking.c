#include "intake/taking.h"

#include "base/clock.h"
#include "base/log.h"

struct intake
intake_of(const struct config *c, const struct clock *clock, keys_ask_fn *ask,
    void *ask_arg)
{
	return (struct intake){
		.config = c,
		.clock = clock,
		.judge = { .clock = clock,
		    .authserv_ids = &c->intake_authserv_id,
		    .ask = ask_arg == NULL ? NULL : ask,
		    .ask_arg = ask_arg },
		.account = SPAN_LIT("import"),
	};
}

/* -- mails of ours that came back -- */

static void
tell_returned(const struct returned *r, const struct why *ignored)
{
	if (ignored != NULL)
		log_info("a mail that came back changes nothing",
		    LOG_STR("delivery", r->about.delivery),
		    LOG_I("attempt", r->about.attempt),
		    LOG_STR("because", ignored->text));
	else
		log_warning("a mail came back",
		    LOG_STR("delivery", r->about.delivery),
		    LOG_I("attempt", r->about.attempt),
		    LOG_S("why", r->dsn.text),
		    LOG_I("suppressed_until", r->suppressed_until_s));
}

/* One that came back before its attempt has been noted has to wait. */
static enum err
apply(const struct intake *in, struct store *store, struct returned *r,
    struct taking *t, struct why *why)
{
	struct why own = { { 0 } };
	enum err e = E_ABSENT;

	if (r->left_alone == NULL)
		e = returned_apply(in->config, store, clock_wall_s(in->clock),
		    r, &own);
	else
		(void)why_set(&own, e, "%s", r->left_alone);
	if (e == E_BUSY) {
		t->what = TAKING_LATER;
		t->why = own;
		return E_OK;
	}
	if (e != E_OK && e != E_ABSENT && e != E_EXISTS)
		return why_set(why, e, "%s", own.text);
	t->what = TAKING_DONE;
	tell_returned(r, e == E_OK ? NULL : &own);
	return E_OK;
}

/* What no notification can be read of is taken as any other mail. */
static enum err
see_to_returned(const struct intake *in, struct store *store, struct taking *t,
    struct why *why)
{
	struct arena arena = ARENA_INIT(RETURNED_ARENA_MAX);
	struct span recipient = SPAN_NONE;
	struct returned r;
	enum err e;

	if (t->facts.way == RECEIPT_LMTP)
		recipient = (struct span){ t->facts.recipient.p == NULL
			    ? ""
			    : t->facts.recipient.p,
			t->facts.recipient.len };
	e = returned_read(in->config, t->body, recipient, &arena, &r, NULL);
	if (e == E_OK && r.dsn.verdict != DSN_OTHER)
		e = apply(in, store, &r, t, why);
	else
		e = E_OK;
	arena_free(&arena);
	return e;
}

/* -- before the transaction -- */

static bool
is_looked_at(const struct taking *t)
{
	return t->facts.is_mail && t->parked == NULL &&
	    t->what == TAKING_REPORT;
}

static enum err
read_proofs(const struct intake *in, struct taking *v, size_t n,
    struct keys *keys)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < n; i++)
		if (is_looked_at(&v[i]))
			e = proof_read(&v[i].facts, v[i].body,
			    in->judge.authserv_ids, clock_wall_s(in->clock),
			    keys, &v[i].proof);
	return e;
}

static enum err
prove(const struct intake *in, struct taking *v, size_t n)
{
	struct keys keys = KEYS_INIT;
	enum err e = read_proofs(in, v, n, &keys);

	if (e == E_OK && in->judge.ask != NULL && keys.n > 0)
		in->judge.ask(in->judge.ask_arg, &keys);
	for (size_t i = 0; e == E_OK && i < n; i++)
		if (is_looked_at(&v[i]))
			e = proof_judge(&v[i].proof, &keys);
	keys_free(&keys);
	return e;
}

enum err
taking_begin(const struct intake *in, struct store *store, struct taking *v,
    size_t n, struct why *why)
{
	const bool any_bounces = in->config->deliver_bounce_address[0] != '\0';
	enum err e = E_OK;

	for (size_t i = 0; i < n; i++) {
		v[i].proof = (struct proof){ .age_s = 0 };
		v[i].opened = (struct opened){ .bytes = 0 };
		v[i].what = TAKING_REPORT;
	}
	for (size_t i = 0; e == E_OK && i < n && any_bounces; i++)
		if (is_looked_at(&v[i]))
			e = see_to_returned(in, store, &v[i], why);
	if (e != E_OK)
		return e;
	e = prove(in, v, n);
	return e == E_OK ? E_OK : why_set(why, e, "%s", err_text(e));
}

/* What waits is not looked at before its time. */
static const struct why *
parked(const struct taking *t)
{
	return t->what == TAKING_LATER ? &t->why : t->parked;
}

enum err
taking_open(struct taking *t, struct why *why)
{
	return t->what == TAKING_DONE
	    ? E_OK
	    : opened_from(&t->facts, t->body, parked(t), &t->opened, why);
}

/* -- in the transaction -- */

enum err
taking_put(const struct intake *in, struct store *store, struct taking *t,
    bool *ret_kept, struct why *why)
{
	struct judge_case judged = {
		.judge = &in->judge,
		.facts = &t->facts,
		.proof = t->facts.is_mail ? &t->proof : NULL,
		.text = BUF_INIT(JUDGE_TEXT_MAX),
	};
	struct take take = {
		.store = store,
		.id = &t->id,
		.facts = &t->facts,
		.opened = &t->opened,
		.posted = t->posted,
		.judge = judge_report,
		.judge_arg = &judged,
		.account = in->account,
		.taken = t->taken,
	};
	enum err e;

	*ret_kept = t->what != TAKING_DONE;
	if (t->what == TAKING_DONE)
		return E_OK;
	if (t->what == TAKING_LATER)
		take.parked_until_s = judge_again_s(t->facts.received_ns /
			NS_PER_S,
		    clock_wall_s(in->clock));
	e = take_receipt(&take, why);
	buf_free(&judged.text);
	return e;
}

/* -- behind it -- */

void
taking_close(struct taking *t)
{
	opened_free(&t->opened);
}

void
taking_end(struct taking *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		taking_close(&v[i]);
		proof_free(&v[i].proof);
	}
}
