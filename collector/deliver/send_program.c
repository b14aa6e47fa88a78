/* deliver/send_program.c -- a mail to a sendmail program, which takes it or
 * says why not by how it ends. */
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>

#include "deliver/send_private.h"
#include "deliver/smtp_answer.h"

static enum err
start_program(struct send_stage *s, struct send_job *j, struct span sender,
    struct why *why)
{
	const struct list *words = &s->config->deliver_sendmail;
	const char **command = calloc(words->n + 1, sizeof(*command));
	const struct mail_program_call call = {
		.command = command,
		.sender = sender,
		.recipient = j->to.address,
		.message = buf_span(&j->body),
		.timeout_ns = s->config->deliver_timeout_ms * NS_PER_MS,
	};
	enum err e;

	if (command == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	for (size_t i = 0; i < words->n; i++)
		command[i] = words->v[i];
	e = mail_program_start(&call, clock_mono_ns(s->clock), &j->program,
	    why);
	free(command);
	return e;
}

static enum err
watch_program(struct send_stage *s, struct send_job *j, struct why *why)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = j };

	return epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, program_fd(j->program),
		   &event) == 0
	    ? E_OK
	    : why_errno(why, "epoll_ctl");
}

/* The program's absence is the operator's to mend meanwhile. */
enum err
send_program(struct send_stage *s, struct send_job *j, struct span sender,
    struct why *why)
{
	struct why fault = { { 0 } };
	enum err e = start_program(s, j, sender, &fault);

	j->outcome.attempt.transport = SPAN_LIT("sendmail");
	if (e == E_OK)
		e = watch_program(s, j, &fault);
	if (e == E_OK)
		j->phase = SEND_GOING;
	else if (e == E_NOMEM)
		return why_set(why, e, "%s", fault.text);
	else
		send_job_retry(j, clock_wall_s(s->clock));
	j->outcome.attempt.answer = send_job_keep(j, span_str(fault.text));
	return E_OK;
}

static struct span
exit_text(struct send_job *j, const struct program_result *r)
{
	struct buf text = BUF_INIT(2 * PROGRAM_OUTPUT_MAX);
	struct span kept;

	if (r->timed_out)
		buf_adds(&text, "it did not end in time");
	else if (WIFEXITED(r->wait_status))
		buf_addf(&text, "exit status %d", WEXITSTATUS(r->wait_status));
	else
		buf_addf(&text, "ended by signal %d", WTERMSIG(r->wait_status));
	if (r->output.len > 0)
		buf_addf(&text, ": %.*s", SPAN_ARG(r->output));
	kept = send_job_keep(j, buf_span(&text));
	buf_free(&text);
	return kept;
}

static void
program_ended(struct send_stage *s, struct send_job *j,
    const struct program_result *r)
{
	struct delivery_attempt *a = &j->outcome.attempt;
	enum delivery_verdict verdict = r->timed_out
	    ? VERDICT_RETRY
	    : smtp_answer_exit(r->wait_status);

	send_job_judge(j, verdict, DELIVERY_HANDED_OVER, clock_wall_s(s->clock),
	    -1);
	if (!r->timed_out && WIFEXITED(r->wait_status))
		a->status = WEXITSTATUS(r->wait_status);
	a->answer = exit_text(j, r);
	(void)epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, program_fd(j->program),
	    NULL);
	program_free(j->program);
	j->program = NULL;
}

void
send_program_poll(struct send_stage *s)
{
	const int64_t now_ns = clock_mono_ns(s->clock);
	struct program_result result;

	for (struct send_job *j = s->jobs; j != NULL; j = j->next)
		if (j->program != NULL &&
		    program_poll(j->program, now_ns, &result))
			program_ended(s, j, &result);
}

int64_t
send_program_deadline_ns(const struct send_stage *s)
{
	int64_t first = INT64_MAX, at;

	for (const struct send_job *j = s->jobs; j != NULL; j = j->next) {
		if (j->program == NULL)
			continue;
		at = program_deadline_ns(j->program);
		if (at < first)
			first = at;
	}
	return first;
}

/* -- at our end -- */

/* Until it has something to tell, or the time is over. */
static bool
await(const struct send_stage *s, const struct send_job *j, int64_t until_ns)
{
	struct pollfd ready = { .fd = program_fd(j->program),
		.events = POLLIN };
	int64_t left_ns = until_ns - clock_mono_ns(s->clock);

	return left_ns > 0 && poll(&ready, 1, (int)(left_ns / NS_PER_MS)) != 0;
}

/* As after a reply that did not come, it may have been taken. */
static void
break_off(const struct send_stage *s, struct send_job *j)
{
	program_free(j->program);
	j->program = NULL;
	send_job_retry(j, clock_wall_s(s->clock));
	j->outcome.attempt.answer = SPAN_LIT(
	    "it was killed, as it still ran when tlsrptd ended");
}

void
send_program_end(struct send_stage *s, int64_t max_ns)
{
	const int64_t until_ns = clock_mono_ns(s->clock) + max_ns;
	struct send_job *j;

	for (j = s->jobs; j != NULL; j = j->next)
		while (j->program != NULL && await(s, j, until_ns))
			send_program_poll(s);
	send_program_poll(s);
	for (j = s->jobs; j != NULL; j = j->next)
		if (j->program != NULL)
			break_off(s, j);
}
