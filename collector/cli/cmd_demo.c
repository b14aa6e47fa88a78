/* cli/cmd_demo.c -- demo: the real service in a folder of its own, fed with
 * sample sessions as of yesterday, so that it closes the day at once. In a
 * folder that was kept it goes on as it stands: receipt time never goes back,
 * so there the sample could only come in as of today. */
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/num.h"
#include "cli/cli.h"
#include "cli/demo_folder.h"
#include "cli/emit.h"
#include "cli/process.h"
#include "tlsrptd_paths.h"

#define PATIENCE_NS (30 * NS_PER_S)
#define LOOK_EVERY_US 20000

const struct cli_option demo_options[] = {
	{ "corpus", "DIR", "folder with sample datagrams, one in each *.json" },
	{ NULL, NULL, NULL },
};

struct demo {
	struct cli *cli;
	struct demo_folder folder;
	char tlsrptd[PATH_MAX];
	pid_t pid;	 /* of tlsrptd; 0: not running */
	off_t log_start; /* of what this tlsrptd logs */
	uint64_t sent;
};

static volatile sig_atomic_t ended;

static void
note_end(int signal_number)
{
	(void)signal_number;
	ended = 1;
}

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
	return E_OK;
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

/* -- the daemon -- */

static enum err
start_daemon(struct demo *d, struct why *why)
{
	const char *const argv[] = { d->tlsrptd, "-c", d->cli->config_path,
		NULL };
	struct stat st;

	d->log_start = stat(d->folder.log, &st) == 0 ? st.st_size : 0;
	return process_start(argv, d->folder.log, &d->pid, why);
}

static enum err
note_death(struct demo *d, struct why *why)
{
	char reason[DEMO_REASON_SIZE];

	d->pid = 0;
	demo_folder_reason(&d->folder, d->log_start, reason);
	return why_set(why, E_IO, "tlsrptd has ended%s%.300s; see %s",
	    reason[0] == '\0' ? "" : ": ", reason, d->folder.log);
}

static void
stop_daemon(struct demo *d)
{
	if (d->pid != 0)
		process_end(d->pid);
	d->pid = 0;
}

/* Wait until the question is answered with yes, while the daemon runs. */
typedef bool question_fn(struct demo *);

static enum err
wait_until(struct demo *d, question_fn *question, const char *what,
    struct why *why)
{
	struct clock clock = clock_machine(0);
	int64_t until = clock_mono_ns(&clock) + PATIENCE_NS;
	int status;

	while (!question(d)) {
		if (ended)
			return why_set(why, E_BUSY, "interrupted");
		if (!process_runs(d->pid, &status))
			return note_death(d, why);
		if (clock_mono_ns(&clock) > until)
			return why_set(why, E_BUSY,
			    "waited in vain until %s; see %s", what,
			    d->folder.log);
		(void)usleep(LOOK_EVERY_US);
	}
	return E_OK;
}

static enum err
add_sessions(void *arg, struct span counter, uint64_t n)
{
	if (span_eq(counter, SPAN_LIT("received")))
		*(uint64_t *)arg += n;
	return E_OK;
}

static enum err
sum_days(void *arg, const struct day_state *day)
{
	struct day_state *sum = arg;

	sum->closed_s = day->closed_s;
	sum->reports += day->reports;
	sum->delivered += day->delivered;
	return E_OK;
}

/* Ask the store; a store that is not there yet says no. question NULL: is it
 * there? */
static bool
with_store(struct demo *d, question_fn *question)
{
	struct store_schema schema;
	struct why why = { { 0 } };
	bool yes = false;

	if (store_open(d->cli->config->store_path_url, &d->cli->store, &why) !=
	    E_OK)
		return false;
	if (store_check(d->cli->store, &schema, &why) == E_OK)
		yes = question == NULL || question(d);
	store_close(d->cli->store);
	d->cli->store = NULL;
	return yes;
}

static bool
all_in_store(struct demo *d)
{
	struct why why = { { 0 } };
	uint64_t received = 0;

	return store_counter_list(d->cli->store, 0, DAY_MAX, add_sessions,
		   &received, &why) == E_OK &&
	    received >= d->sent;
}

static bool
all_delivered(struct demo *d)
{
	struct day_state sum = { .day = 0 };
	struct why why = { { 0 } };

	return store_day_list(d->cli->store, 0, sum_days, &sum, &why) == E_OK &&
	    sum.closed_s != 0 && sum.reports > 0 &&
	    sum.delivered == sum.reports;
}

static bool
socket_is_there(struct demo *d)
{
	return emit_reaches(d->cli->config->collect_socket);
}

/* An older one is brought up to this program's schema first. */
static bool
store_is_ready(struct demo *d)
{
	return with_store(d, NULL);
}

static bool
sessions_are_in(struct demo *d)
{
	return with_store(d, all_in_store);
}

static bool
reports_are_out(struct demo *d)
{
	return with_store(d, all_delivered);
}

/* -- the sample -- */

static enum err
find_samples(const struct demo *d, glob_t *ret, struct why *why)
{
	const char *corpus = cli_value(d->cli, "corpus");
	char pattern[PATH_MAX];

	(void)snprintf(pattern, sizeof(pattern), "%s/*.json",
	    corpus == NULL ? TLSRPTD_SAMPLES : corpus);
	if (glob(pattern, 0, NULL, ret) != 0)
		return why_set(why, E_ABSENT,
		    "no sample datagrams at %s: see --corpus", pattern);
	return E_OK;
}

static enum err
send_samples(struct demo *d, const glob_t *samples, struct why *why)
{
	enum err e = wait_until(d, socket_is_there, "the socket is there", why);

	for (size_t i = 0; i < samples->gl_pathc && e == E_OK; i++)
		e = emit_file(d->cli->config->collect_socket,
		    samples->gl_pathv[i], &d->sent, why);
	return e == E_OK
	    ? wait_until(d, sessions_are_in, "the sessions are counted", why)
	    : e;
}

/* Yesterday: the daemon's clock is set back a day while the sessions come in.
 * When it starts again with the right time, it sees that midnight has passed,
 * and closes the day. */
static enum err
fill(struct demo *d, struct why *why)
{
	glob_t samples = { .gl_pathc = 0 };
	enum err e = find_samples(d, &samples, why);

	if (e == E_OK)
		e = start_daemon(d, why);
	if (e == E_OK)
		e = send_samples(d, &samples, why);
	stop_daemon(d);
	globfree(&samples);
	if (e == E_OK)
		e = demo_folder_configure(&d->folder, d->folder.config, 0, why);
	if (e == E_OK)
		(void)unlink(d->folder.yesterday);
	return e;
}

/* -- what it shows -- */

struct choice {
	uint64_t sessions, bytes;
	char id[64];
};

/* The one that has most to tell: failures beside successes, then a policy. */
static enum err
note_telling(void *arg, const struct report_row *r)
{
	uint64_t sessions = r->failed > 0 ? r->succeeded + r->failed : 0;
	struct choice *best = arg;

	if (sessions < best->sessions ||
	    (sessions == best->sessions && r->json_bytes <= best->bytes))
		return E_OK;
	best->sessions = sessions;
	best->bytes = r->json_bytes;
	(void)snprintf(best->id, sizeof(best->id), "%.*s", SPAN_ARG(r->id));
	return E_OK;
}

static int
show_one_report(struct demo *d)
{
	struct choice best = { .sessions = 0 };
	struct why why = { { 0 } };
	int code = cli_store(d->cli);
	char *operand = best.id;
	enum err e;

	if (code != EX_OK)
		return code;
	e = store_report_list(d->cli->store, 0, DAY_MAX, note_telling, &best,
	    &why);
	store_close(d->cli->store);
	d->cli->store = NULL;
	if (e != E_OK)
		return cli_fail(d->cli, e, &why);
	d->cli->operands = &operand;
	d->cli->noperands = 1;
	(void)printf("\nOne of the reports (tlsrpt report show %s):\n\n",
	    best.id);
	return cmd_report_show(d->cli);
}

static int
show_sample(struct demo *d)
{
	char **operands = d->cli->operands;
	int code;

	(void)printf("%llu sessions came in over %s as of yesterday.\n"
		     "What was counted (tlsrpt tally list):\n\n",
	    (unsigned long long)d->sent, d->cli->config->collect_socket);
	code = cmd_tally_list(d->cli);
	store_close(d->cli->store);
	d->cli->store = NULL;
	if (code == EX_OK)
		code = show_one_report(d);
	d->cli->operands = operands;
	d->cli->noperands = 0;
	return code;
}

static int
show_kept(struct demo *d)
{
	int code;

	(void)printf("%s holds an earlier demo. It goes on as it stands; no "
		     "sample is sent\nagain. What is there (tlsrpt status):"
		     "\n\n",
	    d->folder.path);
	code = cmd_status(d->cli);
	store_close(d->cli->store);
	d->cli->store = NULL;
	return code;
}

static void
say_where(const struct demo *d)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n < 0 ? 0 : n] = '\0';
	(void)printf("\nWhere it lies:\n"
		     "  configuration  %s\n"
		     "  socket         %s\n"
		     "  reports        %s\n"
		     "  log            %s\n\n"
		     "Try:\n"
		     "  %s -c %s status\n"
		     "  %s -c %s emit --domain example.com \\\n"
		     "      --rua mailto:tls@example.com\n",
	    d->folder.config, d->cli->config->collect_socket,
	    d->cli->config->deliver_directory, d->folder.log, self,
	    d->folder.config, self, d->folder.config);
	(void)fflush(stdout);
}

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
	int status;

	(void)printf("\nThe service stays up; Ctrl-C ends it%s.\n",
	    d->folder.temporary ? " and removes the folder" : "");
	(void)fflush(stdout);
	while (!ended && process_runs(d->pid, &status))
		(void)usleep(LOOK_EVERY_US);
	if (ended)
		return EX_OK;
	(void)cli_fail(d->cli, note_death(d, &why), &why);
	return EX_UNAVAILABLE;
}

/* -- the whole -- */

/* Nothing listens there yet; a wrong port is said all the same. */
static int
check_port(const struct cli *cli)
{
	const char *port = getenv("DEMO_PORT");
	int64_t n;

	if (port == NULL || port[0] == '\0' ||
	    num_parse(span_str(port), 1, UINT16_MAX, &n) == E_OK)
		return EX_OK;
	return cli_usage(cli, "DEMO_PORT: \"%s\" is not a port from 1 to %d",
	    port, UINT16_MAX);
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

/* The service runs, with the reports of the sample written. An exit code. */
static int
bring_up(struct demo *d, bool sample)
{
	struct why why = { { 0 } };
	enum err e = E_OK;
	int code;

	if (sample && (e = fill(d, &why)) != E_OK)
		return cli_fail(d->cli, e, &why);
	if (sample && (code = use_config(d, d->folder.config)) != EX_OK)
		return code;
	e = start_daemon(d, &why);
	if (e == E_OK)
		e = wait_until(d, socket_is_there, "the socket is there", &why);
	if (e == E_OK && sample)
		e = wait_until(d, reports_are_out, "the reports are written",
		    &why);
	else if (e == E_OK && d->folder.kept)
		e = wait_until(d, store_is_ready, "the store is ready", &why);
	return e == E_OK ? EX_OK : cli_fail(d->cli, e, &why);
}

static int
run(struct demo *d)
{
	const char *empty = getenv("DEMO_EMPTY");
	bool sample = empty == NULL || strcmp(empty, "1") != 0;
	int code = check_port(d->cli);

	if (code == EX_OK)
		code = prepare(d, sample);
	sample = sample && !d->folder.kept;
	if (code == EX_OK)
		code = bring_up(d, sample);
	if (code == EX_OK && d->folder.kept)
		code = show_kept(d);
	else if (code == EX_OK && sample)
		code = show_sample(d);
	if (code == EX_OK)
		say_where(d);
	if (code == EX_OK && stays())
		code = stay(d);
	else if (code == EX_OK && d->folder.temporary)
		(void)puts("\nThe folder goes now; DEMO_DIR=DIR keeps it in "
			   "DIR.");
	return code;
}

/* Whatever ends the demo, tlsrptd ends with it: also a terminal that is closed,
 * and a pipe that nobody reads any more. */
static void
catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = note_end;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)sigaction(signals[i], &action, NULL);
}

int
cmd_demo(struct cli *cli)
{
	struct demo d = { .cli = cli };
	int code;

	catch_signals();
	code = run(&d);
	stop_daemon(&d);
	/* A failed one stays for a look at its log. */
	if (d.folder.temporary && code == EX_OK)
		code = demo_folder_remove(&d.folder) == E_OK ? EX_OK : EX_OSERR;
	return code;
}
