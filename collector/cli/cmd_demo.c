/* cli/cmd_demo.c -- demo: the real service in a folder of its own, fed with
 * sample sessions as of yesterday, so that it closes the day at once. */
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli.h"
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
	char folder[PATH_MAX];
	char config[PATH_MAX + 32], socket[PATH_MAX + 32], log[PATH_MAX + 32];
	char reports[PATH_MAX + 32], tlsrptd[PATH_MAX];
	bool temporary; /* the folder goes when the demo ends */
	pid_t pid;	/* of tlsrptd; 0: not running */
	uint64_t sent;
};

static volatile sig_atomic_t ended;

static void
note_end(int signal_number)
{
	(void)signal_number;
	ended = 1;
}

/* -- the folder -- */

static enum err
make_folder(struct demo *d, struct why *why)
{
	const char *wanted = getenv("DEMO_DIR");
	enum err e;

	d->temporary = wanted == NULL || wanted[0] == '\0';
	if (d->temporary) {
		(void)snprintf(d->folder, sizeof(d->folder),
		    "/tmp/tlsrpt-demo.XXXXXX");
		if (mkdtemp(d->folder) == NULL)
			return why_errno(why, "%s", d->folder);
	} else {
		if ((e = file_make_folder(wanted, 0750, why)) != E_OK)
			return e;
		if (realpath(wanted, d->folder) == NULL)
			return why_errno(why, "%s", wanted);
	}
	(void)snprintf(d->config, sizeof(d->config), "%s/tlsrptd.conf",
	    d->folder);
	(void)snprintf(d->socket, sizeof(d->socket), "%s/tlsrpt.sock",
	    d->folder);
	(void)snprintf(d->log, sizeof(d->log), "%s/tlsrptd.log", d->folder);
	(void)snprintf(d->reports, sizeof(d->reports), "%s/reports", d->folder);
	return E_OK;
}

/* offset_s: of the daemon's clock against the machine's. */
static enum err
write_config(const struct demo *d, int64_t offset_s, struct why *why)
{
	struct buf text = BUF_INIT(65536);
	int dir_fd = open(d->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e;

	if (dir_fd < 0)
		return why_errno(why, "%s", d->folder);
	buf_addf(&text,
	    "# Made by `tlsrpt demo`.\n"
	    "[daemon]\n"
	    "data_dir = data\n"
	    "demo = yes\n"
	    "clock_offset = %llds\n\n"
	    "[collect]\n"
	    "socket = tlsrpt.sock\n"
	    "flush_interval = 200ms\n\n"
	    "[report]\n"
	    "organization = Example Sender\n"
	    "contact = tls-reports@sender.example\n\n"
	    "[deliver]\n"
	    "directory = %s\n",
	    (long long)offset_s, d->reports);
	e = file_write_durably(dir_fd, "tlsrptd.conf", buf_span(&text), 0640,
	    why);
	(void)close(dir_fd);
	buf_free(&text);
	return e;
}

static int
remove_folder(const struct demo *d)
{
	const char *const argv[] = { "/bin/rm", "-rf", "--", d->folder, NULL };
	int status = 0;
	pid_t pid;

	if (process_start(argv, "/dev/null", &pid, NULL) != E_OK)
		return EX_OSERR;
	while (process_runs(pid, &status))
		(void)usleep(LOOK_EVERY_US);
	return status == 0 ? EX_OK : EX_OSERR;
}

/* -- the daemon -- */

static enum err
start_daemon(struct demo *d, struct why *why)
{
	const char *const argv[] = { d->tlsrptd, "-c", d->config, NULL };

	return process_start(argv, d->log, &d->pid, why);
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
		if (!process_runs(d->pid, &status)) {
			d->pid = 0;
			return why_set(why, E_IO, "tlsrptd has ended; see %s",
			    d->log);
		}
		if (clock_mono_ns(&clock) > until)
			return why_set(why, E_BUSY,
			    "waited in vain until %s; see %s", what, d->log);
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

/* Ask the store; a store that is not there yet says no. */
static bool
with_store(struct demo *d, question_fn *question)
{
	struct store_schema schema;
	struct why why = { { 0 } };
	bool yes = false;

	if (access(d->config, R_OK) != 0 || cli_config(d->cli) != EX_OK ||
	    store_open(d->cli->config->store_path_url, &d->cli->store, &why) !=
		E_OK)
		return false;
	if (store_check(d->cli->store, &schema, &why) == E_OK)
		yes = question(d);
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
	return emit_reaches(d->socket);
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
send_corpus(struct demo *d, struct why *why)
{
	const char *corpus = cli_value(d->cli, "corpus");
	char pattern[PATH_MAX];
	glob_t found;
	enum err e = E_OK;

	(void)snprintf(pattern, sizeof(pattern), "%s/*.json",
	    corpus == NULL ? TLSRPTD_SAMPLES : corpus);
	if (glob(pattern, 0, NULL, &found) != 0)
		return why_set(why, E_ABSENT,
		    "no sample datagrams at %s: see --corpus", pattern);
	for (size_t i = 0; i < found.gl_pathc && e == E_OK; i++)
		e = emit_file(d->socket, found.gl_pathv[i], &d->sent, why);
	globfree(&found);
	return e;
}

/* Yesterday: the daemon's clock is set back a day while the sessions come in.
 * Then it starts again with the right time, sees that midnight has passed, and
 * closes the day. */
static enum err
fill(struct demo *d, struct why *why)
{
	enum err e = write_config(d, -S_PER_DAY, why);

	if (e == E_OK)
		e = start_daemon(d, why);
	if (e == E_OK)
		e = wait_until(d, socket_is_there, "the socket is there", why);
	if (e == E_OK)
		e = send_corpus(d, why);
	if (e == E_OK)
		e = wait_until(d, sessions_are_in, "the sessions are counted",
		    why);
	stop_daemon(d);
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
show(struct demo *d)
{
	char **operands = d->cli->operands;
	int code;

	(void)printf("%llu sessions came in over %s as of yesterday.\n"
		     "What was counted (tlsrpt tally list):\n\n",
	    (unsigned long long)d->sent, d->socket);
	code = cmd_tally_list(d->cli);
	store_close(d->cli->store);
	d->cli->store = NULL;
	if (code == EX_OK)
		code = show_one_report(d);
	d->cli->operands = operands;
	d->cli->noperands = 0;
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
	    d->config, d->socket, d->reports, d->log, self, d->config, self,
	    d->config);
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
	int status;

	(void)printf("\nThe service stays up; Ctrl-C ends it%s.\n",
	    d->temporary ? " and removes the folder" : "");
	(void)fflush(stdout);
	while (!ended && process_runs(d->pid, &status))
		(void)usleep(LOOK_EVERY_US);
	if (ended)
		return EX_OK;
	d->pid = 0;
	(void)fprintf(stderr, "tlsrpt demo: tlsrptd has ended; see %s\n",
	    d->log);
	return EX_UNAVAILABLE;
}

/* -- the whole -- */

static int
run(struct demo *d)
{
	const char *empty = getenv("DEMO_EMPTY");
	bool sample = empty == NULL || strcmp(empty, "1") != 0;
	struct why why = { { 0 } };
	int code = EX_OK;
	enum err e = make_folder(d, &why);

	if (e == E_OK)
		e = process_sibling("tlsrptd", d->tlsrptd, sizeof(d->tlsrptd),
		    &why);
	d->cli->config_path = d->config;
	if (e == E_OK && sample)
		e = fill(d, &why);
	if (e == E_OK)
		e = write_config(d, 0, &why);
	if (e == E_OK)
		e = start_daemon(d, &why);
	if (e == E_OK)
		e = wait_until(d, socket_is_there, "the socket is there", &why);
	config_free(d->cli->config);
	d->cli->config = NULL;
	if (e == E_OK && sample)
		e = wait_until(d, reports_are_out, "the reports are written",
		    &why);
	if (e != E_OK)
		return cli_fail(d->cli, e, &why);
	if (sample)
		code = show(d);
	if (code == EX_OK)
		say_where(d);
	if (code == EX_OK && stays())
		code = stay(d);
	else if (code == EX_OK && d->temporary)
		(void)puts("\nThe folder goes now; DEMO_DIR=DIR keeps it in "
			   "DIR.");
	return code;
}

int
cmd_demo(struct cli *cli)
{
	struct demo d = { .cli = cli };
	struct sigaction action;
	int code;

	memset(&action, 0, sizeof(action));
	action.sa_handler = note_end;
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	code = run(&d);
	stop_daemon(&d);
	/* A failed one stays for a look at its log. */
	if (d.temporary && code == EX_OK)
		code = remove_folder(&d);
	return code;
}
