/* deliver/send_load.c -- what is to be sent, out of the store. */
#include "deliver/report_body.h"
#include "deliver/send_private.h"
#include "deliver/suppressed.h"

static enum err
keep_body(void *arg, const struct report_row *r)
{
	struct send_job *j = arg;

	buf_add(&j->body, r->body);
	return j->body.err;
}

static enum err
keep_mail(void *arg, const struct signed_mail *m)
{
	struct send_job *j = arg;

	buf_add(&j->body, m->message);
	j->keys = arena_copy(&j->texts, m->keys);
	return j->keys.p == NULL ? E_NOMEM : j->body.err;
}

static enum err
load_mail(struct send_job *j, struct store *store, int64_t now_s,
    struct why *why)
{
	enum err e = store_mail_get(store, j->id, keep_mail, j, why);

	if (e != E_ABSENT)
		return e;
	/* Somebody took it away: it is made once more. */
	*why = (struct why){ { 0 } };
	send_job_let_go(j, now_s);
	return store_mail_again(store, j->id, why);
}

static enum err
load_report(const struct send_stage *s, struct send_job *j, struct store *store,
    struct why *why)
{
	enum err e = store_report_get(store, j->report, keep_body, j, why);

	if (e == E_ABSENT) {
		*why = (struct why){ { 0 } };
		send_job_finish(j, DELIVERY_GIVEN_UP,
		    SPAN_LIT("the report is not in the store any more"),
		    clock_wall_s(s->clock));
		return E_OK;
	}
	if (e == E_OK && (e = report_body_format(s->config, &j->body)) != E_OK)
		(void)why_set(why, e,
		    "the report cannot be unpacked, or is larger than "
		    "report.max_size");
	return e;
}

enum err
send_load(struct send_stage *s, struct send_job *j, struct store *store,
    struct why *why)
{
	const int64_t now_s = clock_wall_s(s->clock);
	enum err e = E_OK;

	if (s->any_suppressed)
		e = suppressed_stop(store, j, now_s, why);
	if (e != E_OK || j->phase == SEND_DONE)
		return e;
	buf_clear(&j->body);
	if ((e = destination_parse(span_str(j->url), &j->to, why)) != E_OK)
		return e;
	return j->to.kind == DESTINATION_MAIL ? load_mail(j, store, now_s, why)
					      : load_report(s, j, store, why);
}
