/* deliver/send_mail.c -- a report by mail, s5.3: to a sendmail program or to a
 * smarthost, whose work it is to get it through even where TLS fails. */
#include "codec/bounce_address.h"
#include "deliver/send_private.h"

#define SENDER_MAX 256

/* An envelope sender of its own for each attempt: what bounces names it. */
static enum err
sender_of(const struct send_stage *s, const struct send_job *j, struct buf *ret,
    struct why *why)
{
	struct span bounces = span_str(s->config->deliver_bounce_address);
	enum err e;

	if (bounces.len == 0)
		return E_OK;
	e = bounce_address_make(bounces, j->id, j->attempt, ret);
	return e == E_OK
	    ? e
	    : why_set(why, e, "deliver.bounce_address: %s", err_text(e));
}

enum err
send_mail(struct send_stage *s, struct send_job *j, struct why *why)
{
	struct buf sender = BUF_INIT(SENDER_MAX);
	enum err e = sender_of(s, j, &sender, why);

	if (e == E_OK)
		e = s->smtp != NULL
		    ? send_smtp(s, j, buf_span(&sender), why)
		    : send_program(s, j, buf_span(&sender), why);
	buf_free(&sender);
	return e;
}
