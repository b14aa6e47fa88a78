/* cli/demo_service.c -- tlsrptd, which runs beside the demo. */
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/demo.h"
#include "cli/process.h"

#define PATIENCE_NS (30 * NS_PER_S)
#define LOOK_EVERY_US 20000

static volatile sig_atomic_t ended;

static void
note_end(int signal_number)
{
	(void)signal_number;
	ended = 1;
}

bool
demo_was_ended(void)
{
	return ended != 0;
}

/* Whatever ends the demo, tlsrptd ends with it: also a terminal that is closed,
 * and a pipe that nobody reads any more. */
void
demo_catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = note_end;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)sigaction(signals[i], &action, NULL);
}

enum err
demo_start(struct demo *d, struct why *why)
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

void
demo_stop(struct demo *d)
{
	if (d->pid != 0)
		process_end(d->pid);
	d->pid = 0;
}

enum err
demo_wait(struct demo *d, demo_question_fn *question, const char *what,
    struct why *why)
{
	struct clock clock = clock_machine(0);
	int64_t until = clock_mono_ns(&clock) + PATIENCE_NS;

	while (!question(d)) {
		if (ended)
			return why_set(why, E_BUSY, "interrupted");
		if (!demo_runs(d, why))
			return E_IO;
		if (clock_mono_ns(&clock) > until)
			return why_set(why, E_BUSY,
			    "waited in vain until %s; see %s", what,
			    d->folder.log);
		(void)usleep(LOOK_EVERY_US);
	}
	return E_OK;
}

bool
demo_runs(struct demo *d, struct why *why)
{
	int status;

	if (process_runs(d->pid, &status))
		return true;
	(void)note_death(d, why);
	return false;
}

void
demo_close_store(struct demo *d)
{
	store_close(d->cli->store);
	d->cli->store = NULL;
}

bool
demo_ask_store(struct demo *d, demo_question_fn *question)
{
	struct store_schema schema;
	struct why why = { { 0 } };
	bool yes = false;

	if (store_open(d->cli->config->store_path_url, &d->cli->store, &why) !=
	    E_OK)
		return false;
	if (store_check(d->cli->store, &schema, &why) == E_OK)
		yes = question == NULL || question(d);
	demo_close_store(d);
	return yes;
}
