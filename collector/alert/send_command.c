/* alert/send_command.c -- a program of the operator, or a sendmail program. */
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "alert/send_private.h"

/* -- a program that runs -- */

static void
judge(const struct program_result *r, struct alert_outcome *ret)
{
	const int status = r->wait_status;
	const struct span said = span_head(r->output, 200);

	if (r->timed_out)
		alert_outcome_set(ret, ALERT_FATE_UNCERTAIN,
		    "it did not end in time %.*s", SPAN_ARG(said));
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		alert_outcome_set(ret, ALERT_FATE_TOLD, "exit status 0");
	else if (WIFEXITED(status))
		alert_outcome_set(ret, ALERT_FATE_FAILED, "exit status %d %.*s",
		    WEXITSTATUS(status), SPAN_ARG(said));
	else
		alert_outcome_set(ret, ALERT_FATE_UNCERTAIN,
		    "ended by signal %d", WTERMSIG(status));
}

/* False: the sender is to break off. */
static bool
await(const struct alert_sender *s, const struct program *p)
{
	struct pollfd fds[] = {
		{ .fd = program_fd(p), .events = POLLIN },
		{ .fd = s->wake_fd, .events = POLLIN },
	};
	int64_t left_ns = program_deadline_ns(p) - clock_mono_ns(s->clock);

	(void)poll(fds, 2, left_ns <= 0 ? 0 : (int)(left_ns / NS_PER_MS) + 1);
	return fds[1].revents == 0;
}

void
alert_wait_program(const struct alert_sender *s, struct program *p,
    struct alert_outcome *ret)
{
	struct program_result result;
	bool goes_on = true, ended = false;

	while (goes_on && !ended) {
		goes_on = await(s, p);
		ended = program_poll(p, clock_mono_ns(s->clock), &result);
	}
	if (ended)
		judge(&result, ret);
	program_free(p);
}

/* -- the operator's -- */

static const char *const *
words_of(const struct list *words)
{
	const char **argv = calloc(words->n + 1, sizeof(*argv));

	for (size_t i = 0; argv != NULL && i < words->n; i++)
		argv[i] = words->v[i];
	return argv;
}

enum err
alert_by_command(const struct alert_sender *s, const struct route_word *r,
    const struct alert_message *m, struct alert_outcome *ret, struct why *why)
{
	struct buf json = BUF_INIT(ALERT_MESSAGE_MAX);
	struct program_call call = {
		.argv = words_of(&s->config->alert_command),
		.timeout_ns = s->config->alert_timeout_ms * NS_PER_MS,
	};
	struct program *p = NULL;
	enum err e = alert_message_json(m, &json);

	(void)r;
	buf_addc(&json, '\n');
	call.input = buf_span(&json);
	if (e == E_OK)
		e = call.argv == NULL ? E_NOMEM : json.err;
	if (e == E_OK)
		e = program_start(&call, clock_mono_ns(s->clock), &p, why);
	if (e == E_OK)
		alert_wait_program(s, p, ret);
	free((void *)(uintptr_t)call.argv);
	buf_free(&json);
	return e;
}
