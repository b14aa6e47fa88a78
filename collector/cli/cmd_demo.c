/* cli/cmd_demo.c -- demo: the real service in a folder of its own, fed with
 * sample sessions as of yesterday, so that it closes the day at once. In a
 * folder that was kept it goes on as it stands: receipt time never goes back,
 * so there the sample could only come in as of today. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/num.h"
#include "cli/demo.h"
#include "cli/emit.h"
#include "cli/process.h"

#define LOOK_EVERY_US 20000
static const struct port {
	const char *variable;
	int64_t usual;
	size_t offset; /* in struct demo_folder */
} ports[] = {
	{ "DEMO_PORT", 8460, offsetof(struct demo_folder, port) },
	{ "DEMO_PAGE_PORT", 8461, offsetof(struct demo_folder, page_port) },
};

const struct cli_option demo_options[] = {
	{ "corpus", "DIR", "folder with sample datagrams, one in each *.json" },
	{ NULL, NULL, NULL },
};

/* -- the configuration -- */

static enum err
check_config(const struct demo *d, struct why *why)
{
	const struct config *c = d->cli->config;

	if (!c->daemon_demo)
		return why_set(why, E_USAGE,
		    "%s is not of a demo; name another folder in DEMO_DIR",
		    d->folder.config);
	if (emit_reaches(c->collect_socket))
		return why_set(why, E_BUSY,
		    "a tlsrptd listens on %s already; does a demo run there?",
		    c->collect_socket);
	return demo_check_ports(d, why);
}

/* From here on that file counts. An exit code. */
static int
use_config(struct demo *d, const char *path)
{
	struct why why = { { 0 } };
	enum err e;
	int code;

	config_free(d->cli->config);
	d->cli->config = NULL;
	d->cli->config_path = path;
	if ((code = cli_config(d->cli)) != EX_OK)
		return code;
	e = check_config(d, &why);
	return e == E_OK ? EX_OK : cli_fail(d->cli, e, &why);
}

/* -- staying -- */

/* On a terminal, or asked to, it stays until it is told to end. */
static bool
stays(void)
{
	const char *end = getenv("DEMO_EXIT"), *stay = getenv("DEMO_STAY");

	if (end != NULL && strcmp(end, "1") == 0)
		return false;
	return isatty(STDOUT_FILENO) ||
	    (stay != NULL && strcmp(stay, "1") == 0);
}

static int
stay(struct demo *d)
{
	struct why why = { { 0 } };

	(void)printf("\nThe service stays up; Ctrl-C ends it%s.\n",
	    d->folder.temporary ? " and removes the folder" : "");
	(void)fflush(stdout);
	while (!demo_was_ended() && demo_runs(d, &why))
		(void)usleep(LOOK_EVERY_US);
	if (demo_was_ended())
		return EX_OK;
	(void)cli_fail(d->cli, E_IO, &why);
	return EX_UNAVAILABLE;
}

/* -- the whole -- */

static int
read_port(struct demo *d, const struct port *p)
{
	int64_t *to = (int64_t *)((char *)&d->folder + p->offset);
	const char *given = getenv(p->variable);

	*to = p->usual;
	if (given == NULL || given[0] == '\0' ||
	    num_parse(span_str(given), 1, UINT16_MAX, to) == E_OK)
		return EX_OK;
	return cli_usage(d->cli, "%s: \"%s\" is not a port from 1 to %d",
	    p->variable, given, UINT16_MAX);
}

static int
read_ports(struct demo *d)
{
	int code = EX_OK;

	for (size_t i = 0; code == EX_OK && i < sizeof(ports) / sizeof(*ports);
	     i++)
		code = read_port(d, &ports[i]);
	return code;
}

/* Everything that has to be there before tlsrptd is started. An exit code. */
static int
prepare(struct demo *d, bool sample)
{
	struct why why = { { 0 } };
	const char *path;
	enum err e = demo_folder_make(&d->folder, &why);

	if (e == E_OK)
		e = process_sibling("tlsrptd", d->tlsrptd, sizeof(d->tlsrptd),
		    &why);
	if (e == E_OK && d->folder.kept)
		return use_config(d, d->folder.config);
	path = sample ? d->folder.yesterday : d->folder.config;
	if (e == E_OK)
		e = demo_folder_configure(&d->folder, path,
		    sample ? -S_PER_DAY : 0, &why);
	return e == E_OK ? use_config(d, path) : cli_fail(d->cli, e, &why);
}

/* An older one is brought up to this program's schema first. */
static bool
store_is_ready(struct demo *d)
{
	return demo_ask_store(d, NULL);
}

/* The service runs, with the reports of the sample written and those of others
 * received. An exit code. */
static int
bring_up(struct demo *d, bool sample)
{
	struct why why = { { 0 } };
	enum err e = E_OK;
	int code;

	if (sample && (e = demo_fill(d, &why)) != E_OK)
		return cli_fail(d->cli, e, &why);
	if (sample && (code = use_config(d, d->folder.config)) != EX_OK)
		return code;
	if (sample)
		e = demo_tell_story(d, &why);
	if (e == E_OK)
		e = demo_start(d, &why);
	if (e == E_OK)
		e = demo_wait_socket(d, &why);
	if (e == E_OK && sample)
		e = demo_wait_reports(d, &why);
	if (e == E_OK && d->folder.kept)
		e = demo_wait(d, store_is_ready, "the store is ready", &why);
	else if (e == E_OK)
		e = demo_offer(d, &why);
	if (e == E_OK && !d->folder.kept)
		e = demo_let_in(d, &why);
	if (e == E_OK && sample)
		e = demo_receive(d, &why);
	return e == E_OK ? EX_OK : cli_fail(d->cli, e, &why);
}

static int
run(struct demo *d)
{
	const char *empty = getenv("DEMO_EMPTY");
	bool sample = empty == NULL || strcmp(empty, "1") != 0;
	int code = read_ports(d);

	if (code == EX_OK)
		code = prepare(d, sample);
	sample = sample && !d->folder.kept;
	if (code == EX_OK)
		code = bring_up(d, sample);
	if (code == EX_OK && d->folder.kept)
		code = demo_show_kept(d);
	else if (code == EX_OK && sample)
		code = demo_show_sample(d);
	if (code == EX_OK && sample)
		code = demo_show_inbox(d);
	if (code == EX_OK)
		demo_say_where(d);
	if (code == EX_OK && stays())
		code = stay(d);
	else if (code == EX_OK && d->folder.temporary)
		(void)puts("\nThe folder goes now; DEMO_DIR=DIR keeps it in "
			   "DIR.");
	return code;
}

int
cmd_demo(struct cli *cli)
{
	struct demo d = { .cli = cli };
	int code;

	demo_catch_signals();
	code = run(&d);
	demo_stop(&d);
	/* A failed one stays for a look at its log. */
	if (d.folder.temporary &&
	    (code == EX_OK || access(d.folder.log, F_OK) != 0) &&
	    demo_folder_remove(&d.folder) != E_OK && code == EX_OK)
		code = EX_OSERR;
	return code;
}
