/* cli/demo_story_import.c -- the reports of the story come in, a few hours
 * after the end of their day each. */
#include "cli/demo.h"
#include "cli/demo_story_mail.h"
#include "insight/judge.h"
#include "store/store_domain.h"

#define AGAIN_S (2 * 3600) /* behind the first of two */
#define SPREAD_S 3600
#define PURPOSE_DELAY 1

struct story {
	const struct demo *demo;
	struct clock clock;
	int64_t today, now_s;
	struct intake intake;
	struct import_batch *batch;
	struct story_keys keys;
};

/* -- one of them -- */

static struct receipt_facts
facts_of(const struct story_sender *s, int64_t received_s)
{
	const bool is_mail = s->way != STORY_POSTED;

	return (struct receipt_facts){
		.way = is_mail ? RECEIPT_LMTP : RECEIPT_HTTPS,
		.received_ns = received_s * NS_PER_S,
		.peer = span_str(is_mail ? "uid 0" : s->ip),
		.sender = span_str(is_mail ? s->contact : ""),
		.recipient = is_mail ? SPAN_LIT(DEMO_RUA) : SPAN_LIT(""),
		.type = is_mail ? SPAN_LIT("")
				: SPAN_LIT("application/tlsrpt+gzip"),
		.encoding = SPAN_LIT(""),
		.is_mail = is_mail,
	};
}

static enum err
add_post(const struct story *s, const struct story_post *p, struct why *why)
{
	const struct receipt_facts facts = facts_of(story_sender(
							p->about->reporter),
	    p->received_s);
	struct buf body = BUF_INIT(IMPORT_BODY_MAX);
	enum err e = story_write(&s->keys, p, &body, why);

	if (e == E_OK)
		e = import_batch_receive(s->batch, &facts, &body, why);
	buf_free(&body);
	return e;
}

/* Nothing comes from the future, however early in the day it is. */
static int64_t
receipt_time(const struct story *s, const struct story_case *c)
{
	int64_t at_s = day_start_s(s->today - c->ago + 1) +
	    story_sender(c->reporter)->delay_s +
	    (int64_t)(story_number(c, PURPOSE_DELAY) % SPREAD_S);

	return at_s < s->now_s ? at_s : s->now_s;
}

static enum err
add_case(const struct story *s, const struct story_case *c, struct why *why)
{
	struct story_post p = {
		.about = c,
		.day = s->today - c->ago,
		.received_s = receipt_time(s, c),
	};
	enum story_what what;
	enum err e;

	if (!story_has(c, &what))
		return E_OK;
	if (what != STORY_FORGED)
		p.what = what;
	e = add_post(s, &p, why);
	if (e != E_OK || (what != STORY_AGAIN && what != STORY_FORGED))
		return e;
	p.what = what;
	if (p.received_s + AGAIN_S < s->now_s)
		p.received_s += AGAIN_S;
	return add_post(s, &p, why);
}

/* -- all of them -- */

static enum err
add_day(const struct story *s, int64_t ago, struct why *why)
{
	enum err e = E_OK;

	for (int d = 0; d < STORY_DOMAINS; d++)
		for (int r = STORY_ALL + 1; e == E_OK && r < STORY_REPORTERS;
		     r++)
			e = add_case(s,
			    &(const struct story_case){ ago,
				(enum story_domain_name)d,
				(enum story_reporter_name)r },
			    why);
	return e;
}

static enum err
add_all(const struct story *s, struct why *why)
{
	enum err e = E_OK;

	for (int64_t ago = STORY_DAYS; e == E_OK && ago > 0; ago--)
		e = add_day(s, ago, why);
	return e == E_OK ? import_batch_flush(s->batch, why) : e;
}

static enum err
own_domains(const struct story *s, struct why *why)
{
	enum err e = E_OK;

	for (int d = 0; e == E_OK && d < STORY_OURS; d++)
		e = store_domain_add(s->demo->cli->store,
		    &(const struct owned_domain){
			span_str(story_domain((enum story_domain_name)d)),
			SPAN_LIT(""), day_start_s(s->today - STORY_DAYS) },
		    why);
	return e;
}

/* On each evening, as the service would have: what is over is closed. */
static enum err
judge_days(const struct story *s, struct why *why)
{
	struct judgement judgement;
	enum err e = E_OK;

	for (int64_t ago = STORY_DAYS; e == E_OK && ago > 0; ago--)
		e = insight_judge(s->demo->cli->store,
		    day_end_s(s->today - ago), &judgement, why);
	return e == E_OK
	    ? insight_judge(s->demo->cli->store, s->now_s, &judgement, why)
	    : e;
}

static enum err
import(struct demo *d, struct why *why)
{
	struct story s = { .demo = d, .clock = cli_clock(d->cli) };
	enum err e;

	s.now_s = clock_wall_s(&s.clock);
	s.today = day_of_s(s.now_s);
	s.intake = intake_of(d->cli->config, &s.clock, NULL, NULL);
	s.batch = import_batch_new(&s.intake, d->cli->store);
	e = s.batch == NULL ? E_NOMEM : story_keys_make(&s.keys, why);
	if (e == E_OK)
		e = own_domains(&s, why);
	if (e == E_OK)
		e = add_all(&s, why);
	if (e == E_OK)
		e = judge_days(&s, why);
	if (e == E_OK)
		d->story = import_batch_counts(s.batch);
	import_batch_free(s.batch);
	story_keys_free(&s.keys);
	return e;
}

enum err
demo_tell_story(struct demo *d, struct why *why)
{
	enum err e = store_open(d->cli->config->store_path_url, &d->cli->store,
	    why);

	if (e == E_OK)
		e = import(d, why);
	demo_close_store(d);
	return e;
}
