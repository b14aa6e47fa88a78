/* deliver/send_smtp.c -- a mail to a smarthost. */
#include <stdlib.h>

#include "deliver/send_private.h"
#include "deliver/smtp_answer.h"

struct submission {
	const struct send_stage *stage;
	struct send_job *job;
};

static void
judge(struct send_job *j, const struct smtp_result *r, int64_t now_s)
{
	switch (r->outcome) {
	case SMTP_ANSWERED:
		send_job_judge(j, smtp_answer_reply(r->code),
		    DELIVERY_HANDED_OVER, now_s, -1);
		break;
	case SMTP_ABANDONED:
		send_job_let_go(j, now_s);
		break;
	case SMTP_UNREACHABLE:
	case SMTP_UNTRUSTED:
	case SMTP_LOGIN:
	case SMTP_NO_TLS:
	case SMTP_UNCERTAIN:
		send_job_retry(j, now_s);
		break;
	}
}

static struct span
tls_of(const struct smtp_result *r)
{
	if (!r->encrypted)
		return r->outcome == SMTP_ANSWERED ? SPAN_LIT("none")
						   : SPAN_LIT("");
	return r->verified ? SPAN_LIT("verified") : SPAN_LIT("unverified");
}

static void
submitted(void *arg, const struct smtp_result *r)
{
	struct submission *m = arg;
	struct send_job *j = m->job;
	struct delivery_attempt *a = &j->outcome.attempt;

	judge(j, r, clock_wall_s(m->stage->clock));
	free(m);
	a->peer = send_job_keep(j, r->peer);
	a->tls = tls_of(r);
	a->status = r->code;
	a->answer = send_job_keep(j,
	    r->outcome == SMTP_ANSWERED ? r->answer : r->why);
}

enum err
send_smtp(struct send_stage *s, struct send_job *j, struct span sender,
    struct why *why)
{
	const struct smtp_mail mail = {
		.sender = sender,
		.recipient = j->to.address,
		.message = buf_span(&j->body),
	};
	struct submission *m = malloc(sizeof(*m));
	enum err e;

	if (m == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	*m = (struct submission){ s, j };
	j->outcome.attempt.transport = SPAN_LIT("smtp");
	e = smtp_client_send(s->smtp, &mail, submitted, m, why);
	if (e != E_OK)
		free(m);
	else
		j->phase = SEND_GOING;
	return e;
}
