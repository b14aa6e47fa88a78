/* cli/cmd_bounce.c -- delivery bounce: what a mail server gives a mail to that
 * came to the bounce address. It must not bounce that in turn: a mail that does
 * not concern us is a success, and all that goes wrong may be tried again. */
#include <errno.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/escape.h"
#include "cli/cli.h"
#include "intake/returned.h"

const struct cli_option delivery_bounce_options[] = {
	{ "to", "ADDRESS",
	    "recipient of the mail (default: those in its header)" },
	{ NULL, NULL, NULL },
};

struct mail {
	struct cli *cli;
	struct arena arena;
	struct returned back;
};

/* -- how it ends -- */

static int
ignore(const struct mail *m, const struct why *why)
{
	(void)cli_fail(m->cli, E_ABSENT, why);
	return EX_OK;
}

static int
defer(const struct mail *m, enum err e, const struct why *why)
{
	(void)cli_fail(m->cli, e, why);
	return EX_TEMPFAIL;
}

static int
leave_alone(const struct mail *m)
{
	const struct returned *r = &m->back;
	struct why why = { { 0 } };

	(void)why_set(&why, E_ABSENT, "delivery %s, attempt %lld: %s%s%.*s",
	    r->about.delivery, (long long)r->about.attempt, r->left_alone,
	    r->dsn.text.len == 0 ? "" : ": ", SPAN_ARG(r->dsn.text));
	return ignore(m, &why);
}

static int
print_outcome(const struct mail *m)
{
	const struct returned *r = &m->back;
	struct buf line = BUF_INIT(8 * DSN_TEXT_MAX);
	char until[TIME_TEXT_SIZE];

	buf_addf(&line,
	    "delivery %s, attempt %lld came back: ", r->about.delivery,
	    (long long)r->about.attempt);
	escape_terminal(&line, r->dsn.text);
	if (r->suppressed_until_s != 0) {
		time_text(r->suppressed_until_s, until);
		buf_addf(&line, "; nothing is sent there until %s", until);
	}
	(void)puts(buf_str(&line));
	buf_free(&line);
	return EX_OK;
}

/* -- the mail -- */

static int
apply(struct mail *m)
{
	struct clock clock = cli_clock(m->cli);
	struct why why = { { 0 } };
	enum err e;

	if (cli_store(m->cli) != EX_OK)
		return EX_TEMPFAIL;
	e = returned_apply(m->cli->config, m->cli->store, clock_wall_s(&clock),
	    &m->back, &why);
	if (e == E_ABSENT || e == E_EXISTS)
		return ignore(m, &why);
	return e == E_OK ? print_outcome(m) : defer(m, e, &why);
}

static int
take(struct mail *m, struct span message)
{
	struct why why = { { 0 } };
	enum err e = returned_read(m->cli->config, message,
	    span_str(cli_value(m->cli, "to")), &m->arena, &m->back, &why);

	if (e == E_NOMEM)
		return defer(m, e, &why);
	if (e != E_OK)
		return ignore(m, &why);
	return m->back.left_alone == NULL ? apply(m) : leave_alone(m);
}

/* Standard input to its end, since a mail server may take less for a failure.
 */
static enum err
read_message(struct buf *out, struct why *why)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(STDIN_FILENO, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno != EINTR)
			return why_errno(why, "standard input");
		if (n > 0)
			buf_add(out,
			    span_head((struct span){ chunk, (size_t)n },
				RETURNED_BYTES_MAX - out->len));
	}
	return out->err;
}

int
cmd_delivery_bounce(struct cli *cli)
{
	struct mail m = { .cli = cli, .arena = ARENA_INIT(RETURNED_ARENA_MAX) };
	struct buf message = BUF_INIT(RETURNED_BYTES_MAX);
	struct why why = { { 0 } };
	enum err e = read_message(&message, &why);
	int code;

	if (e != E_OK)
		code = defer(&m, e, &why);
	else if (cli_config(cli) != EX_OK)
		code = EX_TEMPFAIL;
	else
		code = take(&m, buf_span(&message));
	buf_free(&message);
	arena_free(&m.arena);
	return code;
}
