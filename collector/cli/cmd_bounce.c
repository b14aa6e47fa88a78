/* cli/cmd_bounce.c -- delivery bounce: what a mail server gives a mail to that
 * came to the bounce address. It must not bounce that in turn: a mail that does
 * not concern us is a success, and all that goes wrong may be tried again. */
#include <errno.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/escape.h"
#include "cli/cli.h"
#include "codec/bounce_address.h"
#include "codec/dsn_read.h"
#include "store/store_bounce.h"

#define MESSAGE_MAX 1048576 /* bytes that are looked at */
#define PARSED_MAX 16777216
#define WINDOW_S (30 * S_PER_DAY) /* in which mails that came back add up */

const struct cli_option delivery_bounce_options[] = {
	{ "to", "ADDRESS",
	    "recipient of the mail (default: those in its header)" },
	{ NULL, NULL, NULL },
};

struct mail {
	struct cli *cli;
	struct arena arena;
	struct mime mime;
	struct bounce_address about;
	struct dsn dsn;
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
ignore_verdict(const struct mail *m, const char *what)
{
	struct why why = { { 0 } };

	(void)why_set(&why, E_ABSENT, "delivery %s, attempt %lld: %s%s%.*s",
	    m->about.delivery, (long long)m->about.attempt, what,
	    m->dsn.text.len == 0 ? "" : ": ", SPAN_ARG(m->dsn.text));
	return ignore(m, &why);
}

static int
print_outcome(const struct mail *m, int64_t until_s)
{
	struct buf line = BUF_INIT(8 * DSN_TEXT_MAX);
	char until[TIME_TEXT_SIZE];

	buf_addf(&line,
	    "delivery %s, attempt %lld came back: ", m->about.delivery,
	    (long long)m->about.attempt);
	escape_terminal(&line, m->dsn.text);
	if (until_s != 0) {
		time_text(until_s, until);
		buf_addf(&line, "; nothing is sent there until %s", until);
	}
	(void)puts(buf_str(&line));
	buf_free(&line);
	return EX_OK;
}

/* -- the store -- */

static int
add(struct mail *m)
{
	const struct config *c = m->cli->config;
	const struct bounce bounce = { span_str(m->about.delivery),
		m->about.attempt, m->dsn.verdict == DSN_FAILED_FOR_GOOD,
		m->dsn.text };
	const struct bounce_limit limit = { c->deliver_bounce_after, WINDOW_S,
		c->deliver_bounce_suppress_ms / 1000 };
	struct clock clock = cli_clock(m->cli);
	struct why why = { { 0 } };
	int64_t until_s;
	enum err e;

	if (cli_store(m->cli) != EX_OK)
		return EX_TEMPFAIL;
	e = store_bounce_add(m->cli->store, &bounce, &limit,
	    clock_wall_s(&clock), &until_s, &why);
	if (e == E_ABSENT || e == E_EXISTS)
		return ignore(m, &why);
	return e == E_OK ? print_outcome(m, until_s) : defer(m, e, &why);
}

/* -- the mail -- */

/* The first address in the text that is ours. */
static bool
find_address(struct mail *m, struct span text)
{
	struct span bounce = span_str(m->cli->config->deliver_bounce_address);

	while (text.len > 0) {
		size_t n = 0;

		while (n < text.len &&
		    !ascii_is_one_of(text.p[n], " \t\r\n<>,;:()\""))
			n++;
		if (bounce_address_parse(bounce, span_head(text, n),
			&m->about) == E_OK)
			return true;
		text = span_skip(text, n < text.len ? n + 1 : n);
	}
	return false;
}

static bool
find_recipient(struct mail *m)
{
	static const char *const names[] = { "X-Original-To", "Delivered-To",
		"To" };
	const struct mime_header *h = &m->mime.v[0].header;
	const char *to = cli_value(m->cli, "to");

	if (to != NULL)
		return find_address(m, span_str(to));
	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
		for (size_t i = 0; i < h->n; i++)
			if (span_eq_nocase(h->v[i].name, span_str(names[k])) &&
			    find_address(m, h->v[i].value))
				return true;
	return false;
}

static int
apply(struct mail *m)
{
	switch (m->dsn.verdict) {
	case DSN_OTHER:
		return ignore_verdict(m, "no delivery status notification");
	case DSN_DELAYED:
		return ignore_verdict(m, "delayed");
	case DSN_DELIVERED:
		return ignore_verdict(m, "delivered");
	case DSN_FAILED_FOR_GOOD:
	case DSN_FAILED_FOR_NOW:
		break;
	}
	return add(m);
}

static int
take(struct mail *m, struct span message)
{
	struct why why = { { 0 } };
	enum err e = mime_parse(message, &m->arena, &m->mime, &why);

	if (e == E_OK && !find_recipient(m))
		e = why_set(&why, E_ABSENT,
		    "the mail is not for an address made of "
		    "deliver.bounce_address");
	if (e == E_OK)
		e = dsn_read(&m->mime, &m->arena, &m->dsn, &why);
	if (e == E_NOMEM)
		return defer(m, e, &why);
	return e == E_OK ? apply(m) : ignore(m, &why);
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
				MESSAGE_MAX - out->len));
	}
	return out->err;
}

int
cmd_delivery_bounce(struct cli *cli)
{
	struct mail m = { .cli = cli, .arena = ARENA_INIT(PARSED_MAX) };
	struct buf message = BUF_INIT(MESSAGE_MAX);
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
