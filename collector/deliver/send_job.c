#include "deliver/send_job.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/utf8.h"
#include "deliver/retry.h"
#include "model/metric.h"

#define TEXTS_MAX ((size_t)256 * 1024)
#define BODY_MAX ((size_t)128 * 1024 * 1024)

static bool
copy_texts(struct send_job *j, const struct delivery *d)
{
	j->id = arena_copy(&j->texts, d->id);
	j->report = arena_copy(&j->texts, d->report);
	j->host = arena_copy(&j->texts, d->host);
	j->uri = arena_copy(&j->texts, d->uri);
	j->target = arena_copy(&j->texts, d->target);
	j->domain = arena_copy(&j->texts, d->domain);
	j->url = d->target.len > 0 ? j->target.p : j->uri.p;
	return j->id.p != NULL && j->report.p != NULL && j->host.p != NULL &&
	    j->uri.p != NULL && j->target.p != NULL && j->domain.p != NULL;
}

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
	j->day = d->day;
	j->outcome.attempt = (struct delivery_attempt){
		.number = d->attempts,
		.transport = SPAN_LIT(""),
		.peer = SPAN_LIT(""),
		.tls = SPAN_LIT(""),
		.answer = SPAN_LIT(""),
	};
	if (!copy_texts(j, d)) {
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
	program_free(j->program);
	arena_free(&j->texts);
	buf_free(&j->body);
	free(j);
}

struct span
send_job_keep(struct send_job *j, struct span text)
{
	struct buf kept = BUF_INIT(TEXTS_MAX);
	struct span copy;

	utf8_repair(text, &kept);
	copy = arena_copy(&j->texts, buf_span(&kept));
	buf_free(&kept);
	return copy.p == NULL ? SPAN_LIT("") : copy;
}

/* -- how it ends -- */

static void
end(struct send_job *j, enum delivery_state state, struct span reason,
    int64_t now_s)
{
	j->phase = SEND_DONE;
	j->outcome.state = state;
	j->outcome.reason = reason;
	j->outcome.attempt.ended_s = now_s;
	metric_add(METRIC_OUTCOMES, state, 1);
}

void
send_job_finish(struct send_job *j, enum delivery_state state,
    struct span reason, int64_t now_s)
{
	end(j, state, send_job_keep(j, reason), now_s);
	j->outcome.due_s = j->outcome.done_s = now_s;
}

void
send_job_suppress(struct send_job *j, struct span reason, int64_t now_s)
{
	send_job_finish(j, DELIVERY_SUPPRESSED, reason, now_s);
	j->outcome.is_forgiven = true;
	j->outcome.attempt.answer = j->outcome.reason;
}

void
send_job_let_go(struct send_job *j, int64_t now_s)
{
	end(j, DELIVERY_RETRYING, SPAN_LIT(""), now_s);
	j->outcome.due_s = now_s;
	j->outcome.is_forgiven = true;
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
		send_job_finish(j, DELIVERY_GIVEN_UP,
		    SPAN_LIT("24 hours of attempts failed"), now_s);
		return;
	}
	end(j, DELIVERY_RETRYING, SPAN_LIT(""), now_s);
	j->outcome.due_s = at_s;
}

void
send_job_retry(struct send_job *j, int64_t now_s)
{
	try_again(j, now_s, -1);
}

void
send_job_judge(struct send_job *j, enum delivery_verdict verdict,
    enum delivery_state accepted, int64_t now_s, int64_t retry_after_s)
{
	switch (verdict) {
	case VERDICT_ACCEPTED:
		send_job_finish(j, accepted, SPAN_LIT(""), now_s);
		break;
	case VERDICT_GIVE_UP:
		send_job_finish(j, DELIVERY_GIVEN_UP,
		    SPAN_LIT("the destination refuses it"), now_s);
		break;
	case VERDICT_RETRY:
		try_again(j, now_s, retry_after_s);
		break;
	}
}
