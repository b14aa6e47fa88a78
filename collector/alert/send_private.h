/* alert/send_private.h -- what the files of alert/send share. */
#ifndef ALERT_SEND_PRIVATE_H
#define ALERT_SEND_PRIVATE_H

#include "alert/send.h"
#include "base/program.h"
#include "net/transfers.h"

/* What came of it; outside text is escaped, what is too long is cut. */
void alert_outcome_set(struct alert_outcome *, enum alert_fate, const char *fmt,
    ...) PRINTF(3, 4);

/* Until all are done or the sender is to break off. */
void alert_wait(const struct alert_sender *, struct transfers *);
/* The same for a program; it is gone then. What it ended with decides. */
void alert_wait_program(const struct alert_sender *, struct program *,
    struct alert_outcome *ret);

/* A failure is one of this machine, and nothing was sent. */
MUST_CHECK enum err alert_by_mail(const struct alert_sender *,
    const struct route_word *, const struct alert_message *,
    struct alert_outcome *ret, struct why *why);
MUST_CHECK enum err alert_by_webhook(const struct alert_sender *,
    const struct route_word *, const struct alert_message *,
    struct alert_outcome *ret, struct why *why);
MUST_CHECK enum err alert_by_command(const struct alert_sender *,
    const struct route_word *, const struct alert_message *,
    struct alert_outcome *ret, struct why *why);
MUST_CHECK enum err alert_by_log(const struct alert_sender *,
    const struct route_word *, const struct alert_message *,
    struct alert_outcome *ret, struct why *why);

#endif
