/* deliver/send_https.c -- a report by HTTPS, s5.4. */
#include <stdlib.h>

#include "deliver/http_answer.h"
#include "deliver/report_body.h"
#include "deliver/send_private.h"

struct post {
	const struct send_stage *stage;
	struct send_job *job;
};

/* RFC 7435 s3: unverified is not told as if it were verified. */
static struct span
tls_of(const struct http_result *r)
{
	if (r->outcome != HTTP_ANSWERED)
		return SPAN_LIT("");
	return r->verified ? SPAN_LIT("verified") : SPAN_LIT("unverified");
}

static void
judge(struct send_job *j, const struct http_result *r, int64_t now_s)
{
	switch (r->outcome) {
	case HTTP_ANSWERED:
		send_job_judge(j, http_answer_verdict(r->status),
		    DELIVERY_ACCEPTED, now_s, r->retry_after_s);
		break;
	case HTTP_REFUSED:
		send_job_finish(j, DELIVERY_GIVEN_UP,
		    SPAN_LIT("this destination is not visited"), now_s);
		break;
	case HTTP_ABANDONED:
		send_job_let_go(j, now_s);
		break;
	case HTTP_UNREACHABLE:
	case HTTP_UNTRUSTED:
		send_job_retry(j, now_s);
		break;
	}
}

static void
note_pace(const struct send_stage *s, const struct send_job *j,
    const struct http_result *r)
{
	if (r->outcome == HTTP_ANSWERED &&
	    http_answer_verdict(r->status) == VERDICT_ACCEPTED)
		busy_host_took(j->at, r->took_ns, clock_mono_ns(s->clock));
	else
		busy_host_failed(j->at);
}

/* While it waits others are sent to the same host, and its claim grows old. */
static int64_t
begin_within_ns(const struct send_stage *s, const struct send_job *j)
{
	const int64_t left_s = j->claimed_until_s - clock_wall_s(s->clock) -
	    s->config->deliver_timeout_ms / 1000;

	return left_s > 0 ? left_s * NS_PER_S : 1;
}

static void
answered(void *arg, const struct http_result *r)
{
	struct post *p = arg;
	const struct send_stage *s = p->stage;
	struct send_job *j = p->job;
	struct delivery_attempt *a = &j->outcome.attempt;

	free(p);
	/* s3: the report may be sent although the certificate fails. */
	if (r->outcome == HTTP_UNTRUSTED && !j->unverified &&
	    s->config->deliver_unverified) {
		j->unverified = true;
		j->phase = SEND_READY;
		return;
	}
	note_pace(s, j, r);
	judge(j, r, clock_wall_s(s->clock));
	a->peer = send_job_keep(j, r->peer);
	a->tls = tls_of(r);
	a->status = r->status;
	a->answer = send_job_keep(j,
	    r->outcome == HTTP_ANSWERED ? r->answer : r->why);
}

enum err
send_https(struct send_stage *s, struct send_job *j, struct why *why)
{
	const struct http_post request = {
		.url = j->url,
		.content_type = report_body_type(s->config),
		.body = buf_span(&j->body),
		.verify = !j->unverified,
		.begin_within_ns = begin_within_ns(s, j),
	};
	struct post *p = malloc(sizeof(*p));
	enum err e;

	if (p == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	*p = (struct post){ s, j };
	j->outcome.attempt.transport = SPAN_LIT("https");
	e = http_client_post(s->http, &request, answered, p, why);
	if (e != E_OK)
		free(p);
	else
		j->phase = SEND_GOING;
	return e;
}
