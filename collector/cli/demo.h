/* cli/demo.h -- what the parts of the demo share. */
#ifndef CLI_DEMO_H
#define CLI_DEMO_H

#include "cli/cli.h"
#include "cli/demo_folder.h"
#include "cli/import_batch.h"

/* Of what others report while one looks on. */
#define DEMO_DOMAIN "ours.example"

#define DEMO_PASSWORD_SIZE 21

struct demo {
	struct cli *cli;
	struct demo_folder folder;
	char tlsrptd[PATH_MAX];
	pid_t pid;	 /* of tlsrptd; 0: not running */
	off_t log_start; /* of what this tlsrptd logs */
	uint64_t sent;	 /* sessions */
	struct import_counts story;
	char password[DEMO_PASSWORD_SIZE]; /* of the page; "": not known */
};

/* -- demo_service.c: tlsrptd, which runs beside it -- */

/* From now on a signal ends every wait. */
void demo_catch_signals(void);
bool demo_was_ended(void);

/* With the configuration that counts now. */
MUST_CHECK enum err demo_start(struct demo *, struct why *why);
void demo_stop(struct demo *);
/* Whether it runs; if not, why is set. */
bool demo_runs(struct demo *, struct why *why);

/* Wait until the question is answered with yes, while tlsrptd runs. what: "the
 * socket is there". */
typedef bool demo_question_fn(struct demo *);
MUST_CHECK enum err demo_wait(struct demo *, demo_question_fn *,
    const char *what, struct why *why);

/* Ask the store; one that is not there yet says no. NULL: is it there? */
bool demo_ask_store(struct demo *, demo_question_fn *);
/* A command has opened it. */
void demo_close_store(struct demo *);

/* -- demo_traffic.c: the sample sessions -- */

/* Have them counted as of yesterday, and write the configuration for today. */
MUST_CHECK enum err demo_fill(struct demo *, struct why *why);
MUST_CHECK enum err demo_wait_socket(struct demo *, struct why *why);
MUST_CHECK enum err demo_wait_reports(struct demo *, struct why *why);

/* -- demo_inbox.c: reports of others -- */

/* Own a domain, and have reports about it lie there. */
MUST_CHECK enum err demo_offer(struct demo *, struct why *why);
/* Post one of them, hand over another as a mail, and wait for both. */
MUST_CHECK enum err demo_receive(struct demo *, struct why *why);
/* E_BUSY: somebody else has one of the ports. */
MUST_CHECK enum err demo_check_ports(const struct demo *, struct why *why);
/* Commands to paste; self: this program's path. */
void demo_say_inbox(const struct demo *, const char *self);

/* -- demo_story_import.c: what others reported before -- */

/* Own the domains of the story and have its reports come, while tlsrptd does
 * not run. */
MUST_CHECK enum err demo_tell_story(struct demo *, struct why *why);

/* -- demo_page.c: the page -- */

/* Add a user with a password that nobody knows but who reads it here. */
MUST_CHECK enum err demo_let_in(struct demo *, struct why *why);
void demo_say_page(const struct demo *);

/* -- demo_show.c: what it shows; exit codes -- */

int demo_show_sample(struct demo *);
int demo_show_inbox(const struct demo *);
int demo_show_kept(struct demo *);
void demo_say_where(const struct demo *);

#endif
