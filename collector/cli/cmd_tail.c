/* cli/cmd_tail.c -- tail: what the logs of MTAs tell of their sessions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/file.h"
#include "base/uuid.h"
#include "cli/cli.h"
#include "ingest/log_tail.h"

#define LOOK_EVERY_NS (500 * NS_PER_MS)
#define HOST_MAX 256
#define LINE_BYTES ((size_t)64 * 1024)

const struct cli_option tail_options[] = {
	{ "store", NULL, "count the sessions in the store, each once" },
	{ "follow", NULL, "go on as the logs grow and are rotated" },
	{ NULL, NULL, NULL },
};

struct tail {
	struct cli *cli;
	struct clock clock;
	struct store *store; /* NULL: nothing is counted */
	char collector[HOST_MAX];
	struct log_tail **logs; /* one an operand */
	struct buf line;
};

/* -- what is printed -- */

static void
add_word(struct buf *out, const char *key, struct span value)
{
	buf_addf(out, " %s=", key);
	escape_terminal(out, value);
}

/* RFC 7435 s3: the words are those of the page and of the reports. */
static void
print_words(struct tail *t, const struct mta_session *s)
{
	char time[TIME_TEXT_SIZE];

	time_text(s->time_s, time);
	buf_addf(&t->line, "%s %s tls=%s", time, level_text(s->level),
	    tls_seen_text(s->tls));
	add_word(&t->line, "domain", s->domain);
	add_word(&t->line, "mx", s->mx_host);
	add_word(&t->line, "ip", s->peer_ip);
	if (s->queue_id.len > 0)
		add_word(&t->line, "id", s->queue_id);
	if (s->mta.len > 0)
		add_word(&t->line, "mta", s->mta);
	if (s->has_datagram)
		buf_adds(&t->line, " datagram");
}

/* A log's own words may be any bytes. */
static void
put_harmless(struct json_out *out, const char *key, struct span s)
{
	struct buf text = BUF_INIT(LINE_BYTES);

	escape_terminal(&text, s);
	json_out_text(out, key, buf_span(&text));
	buf_free(&text);
}

static void
put_json(struct json_out *out, const struct mta_session *s)
{
	json_out_object(out, NULL);
	cli_json_time(out, "time", s->time_s);
	json_out_text(out, "level", span_str(level_text(s->level)));
	json_out_text(out, "tls", span_str(tls_seen_text(s->tls)));
	put_harmless(out, "mta", s->mta);
	put_harmless(out, "queue-id", s->queue_id);
	json_out_text(out, "policy-domain", s->domain);
	json_out_text(out, "receiving-mx-hostname", s->mx_host);
	json_out_text(out, "receiving-ip", s->peer_ip);
	json_out_bool(out, "datagram", s->has_datagram);
	json_out_end(out);
}

/* A line each, so that a program can read them as they come. */
static enum err
print_session(void *arg, const struct mta_session *s)
{
	struct tail *t = arg;
	struct json_out *out;
	enum err e = E_OK;

	buf_clear(&t->line);
	if (!t->cli->json) {
		print_words(t, s);
	} else if ((out = json_out_new()) != NULL) {
		put_json(out, s);
		e = json_out_finish(out, JSON_COMPACT_STYLE, &t->line);
		json_out_free(out);
	} else {
		e = E_NOMEM;
	}
	if (e == E_OK)
		e = t->line.err;
	if (e == E_OK && puts(buf_str(&t->line)) == EOF)
		e = E_IO;
	return e;
}

/* -- whose logs they are -- */

/* As role collect names itself here, so that neither counts what the other has;
 * without one the machine's name. */
static int
know_collector(struct tail *t)
{
	struct buf text = BUF_INIT(1024), path = BUF_INIT(4096);
	char id[UUID_TEXT_SIZE];
	struct why why = { { 0 } };
	struct span s;
	struct uuid uuid;
	enum err e;

	buf_addf(&path, "%s/collector-id", t->cli->config->daemon_data_dir);
	e = file_read(buf_str(&path), &text, &why);
	s = buf_span(&text);
	if (e == E_OK && uuid_parse(span_trim(span_until(&s, '\n')), &uuid)) {
		uuid_text(&uuid, id);
		(void)snprintf(t->collector, sizeof(t->collector), "%s", id);
	} else if (e == E_OK) {
		e = why_set(&why, E_SYNTAX, "%s has no UUID", buf_str(&path));
	} else if (e == E_ABSENT) {
		e = gethostname(t->collector, sizeof(t->collector) - 1) == 0
		    ? E_OK
		    : why_errno(&why, "gethostname");
	}
	buf_free(&path);
	buf_free(&text);
	return e == E_OK ? EX_OK : cli_fail(t->cli, e, &why);
}

/* -- the logs -- */

static enum err
open_log(struct tail *t, size_t i, struct why *why)
{
	const char *operand = t->cli->operands[i];
	struct log_tail_options options = {
		.collector = span_str(t->collector),
		.clock = &t->clock,
		.fn = print_session,
		.arg = t,
	};

	if (strcmp(operand, "-") != 0)
		options.path = operand;
	if (options.path != NULL && access(options.path, F_OK) != 0)
		return why_errno(why, "%s", operand);
	return log_tail_new(&options, &t->logs[i], why);
}

/* To its end, as it is now. */
static enum err
read_log(struct tail *t, size_t i, struct why *why)
{
	enum err e = E_OK;

	while (e == E_OK)
		e = log_tail_run(t->logs[i], t->store, why);
	(void)fflush(stdout);
	if (log_tail_lost(t->logs[i]))
		(void)fprintf(stderr,
		    "tlsrpt tail: %s: what was written before it was rotated "
		    "is gone, in part\n",
		    t->cli->operands[i]);
	return e == E_ABSENT ? E_OK : e;
}

static bool
passes(enum err e)
{
	return e == E_BUSY || e == E_AWAY || e == E_UNCERTAIN;
}

/* Until killed. While the store is away, the logs keep what they have. */
static enum err
follow(struct tail *t, struct why *why)
{
	const struct timespec pause = { .tv_nsec = LOOK_EVERY_NS };
	enum err e = E_OK;

	while (e == E_OK) {
		for (size_t i = 0; e == E_OK && i < t->cli->noperands; i++) {
			struct why own = { { 0 } };

			e = read_log(t, i, &own);
			if (passes(e))
				(void)cli_fail(t->cli, e, &own);
			else if (e != E_OK)
				(void)why_set(why, e, "%s", own.text);
			e = passes(e) ? E_OK : e;
		}
		(void)nanosleep(&pause, NULL);
	}
	return e;
}

static enum err
read_all(struct tail *t, struct why *why)
{
	bool follows = cli_value(t->cli, "follow") != NULL;
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < t->cli->noperands; i++)
		e = open_log(t, i, why);
	for (size_t i = 0; !follows && e == E_OK && i < t->cli->noperands; i++)
		e = read_log(t, i, why);
	return e == E_OK && follows ? follow(t, why) : e;
}

static int
run(struct tail *t)
{
	struct why why = { { 0 } };
	enum err e;

	t->logs = calloc(t->cli->noperands, sizeof(t->logs[0]));
	if (t->logs == NULL)
		return cli_fail(t->cli, E_NOMEM, &why);
	e = read_all(t, &why);
	for (size_t i = 0; i < t->cli->noperands; i++)
		log_tail_free(t->logs[i]);
	free(t->logs);
	return e == E_OK ? EX_OK : cli_fail(t->cli, e, &why);
}

/* Standard input is read to its end, however long that takes. */
static int
check(struct cli *cli)
{
	bool follows = cli_value(cli, "follow") != NULL;

	for (size_t i = 0; i < cli->noperands; i++)
		if (strcmp(cli->operands[i], "-") == 0 &&
		    (cli->noperands > 1 || follows))
			return cli_usage(cli,
			    "\"-\" is read alone, to its end");
	return EX_OK;
}

int
cmd_tail(struct cli *cli)
{
	struct tail t = { .cli = cli,
		.clock = clock_machine(0),
		.line = BUF_INIT(LINE_BYTES) };
	int code = check(cli);

	if (code == EX_OK && cli_value(cli, "store") != NULL) {
		if ((code = cli_store(cli)) == EX_OK)
			code = know_collector(&t);
		if (code == EX_OK)
			t.clock = cli_clock(cli);
		t.store = cli->store;
	}
	if (code == EX_OK)
		code = run(&t);
	buf_free(&t.line);
	return code;
}
