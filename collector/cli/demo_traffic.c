/* cli/demo_traffic.c -- the sample sessions: sent as of yesterday, so that the
 * day closes at once. */
#include <glob.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/demo.h"
#include "cli/emit.h"
#include "tlsrptd_paths.h"

/* -- how far it is -- */

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

static bool
sessions_are_in(struct demo *d)
{
	return demo_ask_store(d, all_in_store);
}

static bool
reports_are_out(struct demo *d)
{
	return demo_ask_store(d, all_delivered);
}

enum err
demo_wait_socket(struct demo *d, struct why *why)
{
	return demo_wait(d, socket_is_there, "the socket is there", why);
}

enum err
demo_wait_reports(struct demo *d, struct why *why)
{
	return demo_wait(d, reports_are_out, "the reports are written", why);
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
	enum err e = demo_wait_socket(d, why);

	for (size_t i = 0; i < samples->gl_pathc && e == E_OK; i++)
		e = emit_file(d->cli->config->collect_socket,
		    samples->gl_pathv[i], &d->sent, why);
	return e == E_OK
	    ? demo_wait(d, sessions_are_in, "the sessions are counted", why)
	    : e;
}

/* Yesterday: the daemon's clock is set back a day while the sessions come in.
 * When it starts again with the right time, it sees that midnight has passed,
 * and closes the day. */
enum err
demo_fill(struct demo *d, struct why *why)
{
	glob_t samples = { .gl_pathc = 0 };
	enum err e = find_samples(d, &samples, why);

	if (e == E_OK)
		e = demo_start(d, why);
	if (e == E_OK)
		e = send_samples(d, &samples, why);
	demo_stop(d);
	globfree(&samples);
	if (e == E_OK)
		e = demo_folder_configure(&d->folder, d->folder.config, 0, why);
	if (e == E_OK)
		(void)unlink(d->folder.yesterday);
	return e;
}
