/* intake/imap_poller.h -- a thread that looks into one mailbox now and then:
 * one that hangs holds up no other. */
#ifndef INTAKE_IMAP_POLLER_H
#define INTAKE_IMAP_POLLER_H

#include "intake/imap_poll.h"
#include "net/imap_client.h"

struct imap_poller_options {
	struct imap_client_options client; /* without should_stop and arg */
	struct imap_poll_options poll; /* without link; its name is copied */
	int64_t period_ns;	       /* between two looks */
};

struct imap_poller;

/* Start the thread, which looks at once. clock, sink and folder outlive it; the
 * other texts are copied. Errors are those of imap_client_open, and E_IO. */
MUST_CHECK enum err imap_poller_start(const struct imap_poller_options *,
    struct imap_poller **ret, struct why *why);

/* Let it end, without waiting for that. */
void imap_poller_let_go(struct imap_poller *);
/* It ends in a second or so; what the sink has is awaited: it must still be at
 * work. NULL is fine. */
void imap_poller_stop(struct imap_poller *);

/* Between a look that failed and the next, the failed-th in a row: less than
 * the period at first, then twice as long each time, up to a fifth more or less
 * by random. */
int64_t imap_poller_backoff_ns(int64_t period_ns, unsigned failed,
    uint64_t random);

#endif
