/* cli/cmd_import.c -- import: reports of others out of files, and out of a mail
 * that a mail server hands over. The latter must not be bounced, as its sender
 * may be forged: whatever is in it, it is taken; only what goes wrong here has
 * the mail server come again. */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/import_file.h"
#include "cli/import_tree.h"
#include "cli/progress.h"
#include "intake/key_lookup.h"

struct import {
	struct cli *cli;
	struct clock clock;
	struct key_lookup *lookup; /* NULL: no key is looked up */
	struct intake intake;
	struct import_batch *batch;
	struct progress progress;
	uint64_t files, bytes;	       /* done */
	uint64_t all_files, all_bytes; /* while progress is shown */
	uint64_t skipped;	       /* no files */
	uint64_t failed;	       /* could not be read */
};

static bool
is_stdin(const char *operand)
{
	return strcmp(operand, "-") == 0;
}

/* A mail server hands over one mail. */
static bool
is_pipe(const struct cli *cli)
{
	return cli->noperands == 1 && is_stdin(cli->operands[0]);
}

/* -- what is told on the way -- */

static uint64_t
reports(const struct import_counts *c)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < IMPORT_STATES; i++)
		sum += i == INBOX_UNREADABLE ? 0 : c->n[i];
	return sum;
}

static void
tell(void *arg, uint64_t bytes)
{
	struct import *m = arg;
	struct import_counts c = import_batch_counts(m->batch);
	char text[256];

	if (!progress_is_due(&m->progress))
		return;
	(void)snprintf(text, sizeof(text),
	    "%" PRIu64 " of %" PRIu64 " files, %" PRIu64 " reports, %" PRIu64
	    " duplicates, %" PRIu64 " unreadable",
	    m->files, m->all_files, reports(&c), c.n[INBOX_DUPLICATE],
	    c.n[INBOX_UNREADABLE]);
	progress_tell(&m->progress, m->bytes + bytes, m->all_bytes, text);
}

static void
note_skipped(void *arg, const char *path, const char *what)
{
	struct import *m = arg;
	struct why why = { { 0 } };

	m->skipped++;
	progress_clear(&m->progress);
	(void)cli_fail(m->cli,
	    why_set(&why, E_SYNTAX, "%s: %s, passed over", path, what), &why);
}

static void
note_failed(void *arg, enum err e, const struct why *why)
{
	struct import *m = arg;

	m->failed++;
	progress_clear(&m->progress);
	(void)cli_fail(m->cli, e, why);
}

/* -- the files -- */

static enum err
count_file(void *arg, const char *path, int fd, uint64_t bytes, struct why *why)
{
	struct import *m = arg;

	(void)path;
	(void)fd;
	(void)why;
	m->all_files++;
	m->all_bytes += bytes;
	return E_OK;
}

/* One that cannot be read holds up no other; the store's trouble does. */
static enum err
take_file(void *arg, const char *path, int fd, uint64_t bytes, struct why *why)
{
	struct import *m = arg;
	struct import_file file = { .batch = m->batch,
		.name = path,
		.tell = tell,
		.arg = m };
	struct why own = { { 0 } };
	enum err e = import_file_read(&file, fd, &own);

	if (file.store_failed || e == E_NOMEM)
		return why_set(why, e, "%s",
		    own.text[0] == '\0' ? err_text(e) : own.text);
	if (e != E_OK)
		note_failed(m, e, &own);
	else
		m->files++;
	m->bytes += bytes;
	tell(m, 0);
	return E_OK;
}

static enum err
walk(struct import *m, const char *operand, const struct import_visitor *v,
    struct why *why)
{
	if (!is_stdin(operand))
		return import_tree_walk(operand, v, why);
	return v->file(m, operand, STDIN_FILENO, 0, why);
}

/* Without a terminal nobody needs to know how many there are. */
static enum err
count_all(struct import *m, struct why *why)
{
	const struct import_visitor v = { .file = count_file, .arg = m };
	enum err e = E_OK;

	for (size_t i = 0;
	     m->progress.is_shown && e == E_OK && i < m->cli->noperands; i++)
		e = walk(m, m->cli->operands[i], &v, why);
	return e;
}

static enum err
take_all(struct import *m, struct why *why)
{
	const struct import_visitor v = { .file = take_file,
		.skipped = note_skipped,
		.failed = note_failed,
		.opens = true,
		.arg = m };
	enum err e = count_all(m, why);

	for (size_t i = 0; e == E_OK && i < m->cli->noperands; i++)
		e = walk(m, m->cli->operands[i], &v, why);
	if (e == E_OK)
		e = import_batch_flush(m->batch, why);
	progress_clear(&m->progress);
	return e;
}

/* -- how it ends -- */

static void
print_count(FILE *to, uint64_t n, const char *what)
{
	if (n > 0)
		(void)fprintf(to, ", %" PRIu64 " %s", n, what);
}

/* What a mail server hands over ends well even if its log takes no line. */
static void
print_summary(const struct import *m, const struct import_counts *c)
{
	FILE *to = is_pipe(m->cli) ? stderr : stdout;

	(void)fprintf(to, "%" PRIu64 " file%s", m->files,
	    m->files == 1 ? "" : "s");
	for (int i = 1; i < IMPORT_STATES; i++)
		print_count(to, c->n[i], inbox_state_text((enum inbox_state)i));
	print_count(to, m->skipped, "passed over");
	print_count(to, m->failed, "could not be read");
	(void)fputc('\n', to);
}

static int
print_json(const struct import *m, const struct import_counts *c)
{
	struct json_out *out = json_out_new();

	if (out == NULL)
		return cli_print_json(m->cli, NULL);
	json_out_object(out, NULL);
	json_out_count(out, "files", m->files);
	for (int i = 1; i < IMPORT_STATES; i++)
		json_out_count(out, inbox_state_text((enum inbox_state)i),
		    c->n[i]);
	json_out_count(out, "passed-over", m->skipped);
	json_out_count(out, "failed", m->failed);
	json_out_end(out);
	return cli_print_json(m->cli, out);
}

static int
print(const struct import *m)
{
	struct import_counts counts = import_batch_counts(m->batch);
	int code = EX_OK;

	if (m->cli->json)
		code = print_json(m, &counts);
	else
		print_summary(m, &counts);
	return code == EX_OK && m->failed > 0 ? EX_NOINPUT : code;
}

/* Of the store, that it is locked or full; and of memory. */
static bool
passes(enum err e)
{
	return e == E_BUSY || e == E_AWAY || e == E_UNCERTAIN || e == E_FULL ||
	    e == E_NOMEM;
}

static enum err
begin(struct import *m, struct why *why)
{
	enum err e = key_lookup_open(m->cli->config, -1, &m->lookup, why);

	m->intake = intake_of(m->cli->config, &m->clock, key_lookup_ask,
	    m->lookup);
	if (e == E_OK &&
	    (m->batch = import_batch_new(&m->intake, m->cli->store)) == NULL)
		e = why_set(why, E_NOMEM, "out of memory");
	return e;
}

static int
import(struct import *m)
{
	struct why why = { { 0 } };
	enum err e;
	int code = cli_store(m->cli);

	if (code != EX_OK)
		return code;
	m->clock = cli_clock(m->cli);
	progress_begin(&m->progress);
	e = begin(m, &why);
	if (e == E_OK)
		e = take_all(m, &why);
	if (e == E_OK)
		code = print(m);
	else
		code = cli_fail(m->cli, e, &why);
	import_batch_free(m->batch);
	key_lookup_close(m->lookup);
	return passes(e) ? EX_TEMPFAIL : code;
}

int
cmd_import(struct cli *cli)
{
	struct import m = { .cli = cli };
	int code = import(&m);

	return code == EX_OK || !is_pipe(cli) ? code : EX_TEMPFAIL;
}
