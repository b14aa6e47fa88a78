#include "deliver/send_job.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/utf8.h"
#include "deliver/http_answer.h"
#include "deliver/retry.h"
#include "model/limits.h"

#define TEXTS_MAX ((size_t)64 * 1024)
#define BODY_MAX ((size_t)64 * 1024 * 1024)

struct send_job *
send_job_new(const struct uuid *claim, const struct delivery *d)
{
	struct send_job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	j->texts = ARENA_INIT(TEXTS_MAX);
	j->body = BUF_INIT(BODY_MAX);
	j->claim = *claim;
	j->attempt = d->attempts;
	j->tries = d->tries;
	j->first_s = d->first_s;
	j->id = arena_copy(&j->texts, d->id);
	j->report = arena_copy(&j->texts, d->report);
	j->host = arena_copy(&j->texts, d->host);
	j->uri = arena_copy(&j->texts, d->uri);
	j->target = arena_copy(&j->texts, d->target);
	j->url = d->target.len > 0 ? j->target.p : j->uri.p;
	if (j->id.p == NULL || j->report.p == NULL || j->host.p == NULL ||
	    j->url == NULL) {
		send_job_free(j);
		return NULL;
	}
	return j;
}

void
send_job_free(struct send_job *j)
{
	if (j == NULL)
		return;
	arena_free(&j->texts);
	buf_free(&j->body);
	free(j);
}

/* -- what came of it -- */

static void
finish(struct send_job *j, enum delivery_state state, const char *reason,
    int64_t now_s)
{
	j->outcome.state = state;
	j->outcome.reason = span_str(reason);
	j->outcome.due_s = j->outcome.done_s = now_s;
}

static uint64_t
random_number(void)
{
	uint64_t n = 0;

	(void)!getrandom(&n, sizeof(n), 0);
	return n;
}

static void
try_again(struct send_job *j, int64_t now_s, int64_t retry_after_s)
{
	int64_t at_s;

	if (!retry_next_s(j->first_s, (unsigned)j->tries, now_s, retry_after_s,
		random_number(), &at_s)) {
		finish(j, DELIVERY_GIVEN_UP, "24 hours of attempts failed",
		    now_s);
		return;
	}
	j->outcome.state = DELIVERY_RETRYING;
	j->outcome.due_s = at_s;
}

static void
judge_status(struct send_job *j, const struct http_result *r, int64_t now_s)
{
	switch (http_answer_verdict(r->status)) {
	case VERDICT_ACCEPTED:
		finish(j, DELIVERY_ACCEPTED, "", now_s);
		break;
	case VERDICT_GIVE_UP:
		finish(j, DELIVERY_GIVEN_UP, "the destination refuses it",
		    now_s);
		break;
	case VERDICT_RETRY:
		try_again(j, now_s, r->retry_after_s);
		break;
	}
}

static void
leave(struct send_job *j, int64_t now_s)
{
	j->outcome.state = DELIVERY_RETRYING;
	j->outcome.due_s = now_s;
	j->outcome.is_forgiven = true;
}

static void
judge(struct send_job *j, const struct http_result *r, int64_t now_s)
{
	switch (r->outcome) {
	case HTTP_ANSWERED:
		judge_status(j, r, now_s);
		break;
	case HTTP_REFUSED:
		finish(j, DELIVERY_GIVEN_UP, "this destination is not visited",
		    now_s);
		break;
	case HTTP_ABANDONED:
		leave(j, now_s);
		break;
	case HTTP_UNREACHABLE:
	case HTTP_UNTRUSTED:
		try_again(j, now_s, -1);
		break;
	}
}

/* RFC 7435 s3: unverified is not told as if it were verified. */
static struct span
tls_of(const struct http_result *r)
{
	if (r->outcome != HTTP_ANSWERED)
		return SPAN_LIT("");
	return r->verified ? SPAN_LIT("verified") : SPAN_LIT("unverified");
}

/* A database takes UTF-8 without NUL alone. */
static struct span
keep(struct send_job *j, struct span text)
{
	struct buf kept = BUF_INIT(TEXTS_MAX);
	struct span copy;

	while (text.len > 0) {
		size_t n = text.p[0] == '\0' ? 0 : utf8_char(text);

		if (n > 0)
			buf_add(&kept, span_head(text, n));
		else
			buf_adds(&kept, UTF8_REPLACEMENT);
		text = span_skip(text, n > 0 ? n : 1);
	}
	copy = arena_copy(&j->texts, buf_span(&kept));
	buf_free(&kept);
	return copy.p == NULL ? SPAN_LIT("") : copy;
}

void
send_job_answered(struct send_job *j, const struct config *c, int64_t now_s,
    const struct http_result *r)
{
	/* s3: the report may be sent although the certificate fails. */
	if (r->outcome == HTTP_UNTRUSTED && !j->unverified &&
	    c->deliver_unverified) {
		j->unverified = true;
		j->is_posted = false;
		return;
	}
	j->is_done = true;
	judge(j, r, now_s);
	j->outcome.attempt = (struct delivery_attempt){
		.number = j->attempt,
		.ended_s = now_s,
		.transport = SPAN_LIT("https"),
		.peer = keep(j, r->peer),
		.tls = tls_of(r),
		.status = r->status,
		.answer = keep(j,
		    r->outcome == HTTP_ANSWERED ? r->answer : r->why),
	};
}

static void
end_unsent(struct send_job *j, int64_t now_s, struct span why)
{
	j->is_done = true;
	j->outcome.attempt = (struct delivery_attempt){
		.number = j->attempt,
		.ended_s = now_s,
		.answer = why,
	};
}

void
send_job_let_go(struct send_job *j, int64_t now_s, const char *why)
{
	leave(j, now_s);
	end_unsent(j, now_s, span_str(why));
}

void
send_job_give_up(struct send_job *j, int64_t now_s, const char *reason)
{
	finish(j, DELIVERY_GIVEN_UP, reason, now_s);
	end_unsent(j, now_s, span_str(reason));
}

void
send_job_suppress(struct send_job *j, int64_t now_s, struct span reason)
{
	finish(j, DELIVERY_SUPPRESSED, reason.p, now_s);
	j->outcome.is_forgiven = true;
	end_unsent(j, now_s, reason);
}
