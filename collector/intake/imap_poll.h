/* intake/imap_poll.h -- looks into one mailbox, takes what is new there, and
 * marks what is in the spool for good.
 *
 * What is new the mailbox itself tells, by flags and keywords; so what is
 * remembered here may be lost. A message that is in the spool but not marked is
 * taken once more after a crash, and found to be the same later on. One that
 * cannot be had holds up no other: it is tried last in the next looks, and then
 * left, marked, for a person. */
#ifndef INTAKE_IMAP_POLL_H
#define INTAKE_IMAP_POLL_H

#include "base/clock.h"
#include "intake/imap_mark.h"
#include "intake/receipt.h"

#define IMAP_WINDOW 2000   /* messages that one question looks through */
#define IMAP_NEW_MAX 10000 /* new ones that are found in one look */
#define IMAP_TRIES_MAX 3   /* for a message that cannot be had */
#define IMAP_STRIKES_MAX                                    \
	5 /* messages in a row that cannot; then it is over \
	   */

struct imap_poll_options {
	struct span name; /* of the mailbox, in the log; without a password */
	enum imap_taken taken;
	const char *folder;
	size_t message_max; /* bytes */
	const struct clock *clock;
	const struct receipt_sink *sink;
	struct imap_link link;
};

struct imap_poll;

/* What options point to outlives it. E_NOMEM. */
MUST_CHECK enum err imap_poll_open(const struct imap_poll_options *,
    struct imap_poll **ret, struct why *why);
void imap_poll_close(struct imap_poll *); /* NULL is fine */

/* One look. *ret_more: there is more to take at once. Errors are those of
 * net/imap_client.h, and those of the sink that are not of one message; what
 * was taken before is marked. */
MUST_CHECK enum err imap_poll_run(struct imap_poll *, bool *ret_more,
    struct why *why);

#endif
