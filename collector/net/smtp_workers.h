/* net/smtp_workers.h -- threads that each carry out one mail at a time and keep
 * a connection for the next. libcurl waits for the reply to a message, and for
 * that to QUIT, without returning: a multi handle would stand still meanwhile,
 * whatever else it has under way. */
#ifndef NET_SMTP_WORKERS_H
#define NET_SMTP_WORKERS_H

#include "net/smtp_transfer.h"

/* At most max threads, started as they are needed. E_NOMEM. */
MUST_CHECK enum err smtp_workers_open(size_t max, struct smtp_workers **ret);

/* What they have is finished first, in a few seconds. NULL is fine. */
void smtp_workers_close(struct smtp_workers *);

/* Have a mail carried out, no more than max before they are finished by
 * transfers_finish. E_NOMEM: no thread can be had. */
MUST_CHECK enum err smtp_workers_take(struct smtp_workers *,
    struct smtp_transfer *);

#endif
