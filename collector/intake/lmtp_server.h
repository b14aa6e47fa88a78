/* intake/lmtp_server.h -- takes mails from the mail server of this machine, RFC
 * 2033, and says of each that it is there once the sink has it for good.
 *
 * One thread serves all connections and waits for none of them. What a mail
 * says is never a reason to refuse it, since the mail server would send that
 * back to a sender who may be forged; what we lack is, for the moment. */
#ifndef INTAKE_LMTP_SERVER_H
#define INTAKE_LMTP_SERVER_H

#include "base/clock.h"
#include "codec/lmtp.h"
#include "intake/receipt.h"

struct lmtp_server_options {
	struct lmtp_options dialogue;
	const int *listen_fds; /* listening stream sockets; the caller's */
	size_t nlisten;
	size_t sessions_max; /* more are told to come back later */
	/* Bytes for messages that are coming in, over all sessions; at least
	 * twice dialogue.max_bytes. */
	uint64_t memory_max;
	int64_t idle_ns;    /* without a byte from or to the peer */
	int64_t session_ns; /* in all, but for what the sink takes */
	const struct clock *clock;
	const struct receipt_sink *sink;
};

struct lmtp_server;

/* Start the thread. What options point to outlives it. E_RANGE: memory_max. */
MUST_CHECK enum err lmtp_server_start(const struct lmtp_server_options *,
    struct lmtp_server **ret, struct why *why);

/* Messages that the sink has are answered first: it must still be at work. All
 * others are told to come back later. NULL is fine. */
void lmtp_server_stop(struct lmtp_server *);

#endif
