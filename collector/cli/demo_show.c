/* cli/demo_show.c -- what the demo shows. */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/demo.h"
#include "cli/demo_story.h"
#include "cli/prose.h"

#define STATES_MAX 1024

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
	demo_close_store(d);
	if (e != E_OK)
		return cli_fail(d->cli, e, &why);
	d->cli->operands = &operand;
	d->cli->noperands = 1;
	(void)printf("\nOne of the reports (tlsrpt report show %s):\n\n",
	    best.id);
	code = cmd_report_show(d->cli);
	demo_close_store(d);
	return code;
}

int
demo_show_sample(struct demo *d)
{
	char **operands = d->cli->operands;
	int code;

	(void)printf("%llu sessions came in over %s as of yesterday.\n"
		     "What was counted (tlsrpt tally list):\n\n",
	    (unsigned long long)d->sent, d->cli->config->collect_socket);
	code = cmd_tally_list(d->cli);
	demo_close_store(d);
	if (code == EX_OK)
		code = show_one_report(d);
	d->cli->operands = operands;
	d->cli->noperands = 0;
	return code;
}

/* "3 counted, 1 foreign". */
static uint64_t
count_story(const struct demo *d, struct buf *states)
{
	uint64_t all = 0;

	for (size_t i = 0; i < IMPORT_STATES; i++) {
		if (d->story.n[i] == 0)
			continue;
		buf_addf(states, "%s%" PRIu64 " %s", all == 0 ? "" : ", ",
		    d->story.n[i], inbox_state_text((enum inbox_state)i));
		all += d->story.n[i];
	}
	return all;
}

static void
show_story(const struct demo *d)
{
	struct buf states = BUF_INIT(STATES_MAX);
	uint64_t all = count_story(d, &states);

	(void)putchar('\n');
	prose(0,
	    "Others have reported for %d days, all of it made up: of "
	    "shop.example a certificate expired, one reporter alone saw no "
	    "STARTTLS at bank.example, the MTA-STS policy of club.example went "
	    "from testing to enforce, lab.example forgot its TLSA records over "
	    "a new key, and quiet.example gets little mail. %" PRIu64
	    " reports came: %s (tlsrpt inbox quarantine).",
	    STORY_DAYS, all, buf_str(&states));
	buf_free(&states);
}

/* Of what has just come. */
static int
list_inbox(const struct demo *d)
{
	static const struct cli_option domain = { "domain", NULL, NULL };
	struct cli_given given = { &domain, DEMO_DOMAIN };
	struct cli cli = *d->cli;
	int code;

	cli.given = &given;
	cli.ngiven = 1;
	code = cmd_inbox_list(&cli);
	store_close(cli.store);
	return code;
}

int
demo_show_inbox(const struct demo *d)
{
	show_story(d);
	(void)printf("\nOthers report about " DEMO_DOMAIN ": one posted to "
		     "http://%s/tlsrpt, one came\nas a mail to %s. Nobody "
		     "signed the mail, so it does not\ncount "
		     "(tlsrpt inbox list --domain " DEMO_DOMAIN "):\n\n",
	    d->cli->config->intake_http_listen,
	    d->cli->config->intake_lmtp_listen);
	return list_inbox(d);
}

int
demo_show_kept(struct demo *d)
{
	int code;

	(void)printf("%s holds an earlier demo. It goes on as it stands; no "
		     "sample is sent\nagain. What is there (tlsrpt status):"
		     "\n\n",
	    d->folder.path);
	code = cmd_status(d->cli);
	demo_close_store(d);
	return code;
}

void
demo_say_where(const struct demo *d)
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
	demo_say_inbox(d, self);
	demo_say_page(d);
	(void)fflush(stdout);
}
