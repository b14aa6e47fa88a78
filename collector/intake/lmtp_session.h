/* intake/lmtp_session.h -- one connection of the LMTP server. All of it is the
 * server's thread's, but for what the sink says of a message. */
#ifndef INTAKE_LMTP_SESSION_H
#define INTAKE_LMTP_SESSION_H

#include <pthread.h>

#include "base/log.h"
#include "intake/lmtp_server.h"

/* What all sessions share. */
struct lmtp_shared {
	const struct lmtp_server_options *options;
	uint64_t held;		     /* bytes of messages that are coming in */
	struct log_limit complaints; /* about messages that are put off */
	int wake_fd;		     /* eventfd: the sink has said something */
	pthread_mutex_t lock;	     /* over what it says */
};

struct lmtp_session;

/* fd is taken over on E_OK. E_NOMEM. */
MUST_CHECK enum err lmtp_session_open(struct lmtp_shared *, int fd,
    struct lmtp_session **ret);
void lmtp_session_close(struct lmtp_session *);

/* What to poll for. False: nothing, the sink has its message. */
bool lmtp_session_wants(const struct lmtp_session *, int *ret_fd,
    short *ret_events);

/* Go on: after poll found something, or after lmtp_session_collect. */
void lmtp_session_run(struct lmtp_session *, bool is_readable);

/* Pass on what the sink has said meanwhile. True: it has said something. */
bool lmtp_session_collect(struct lmtp_session *);

/* Monotonic: when the peer will have taken too long. */
int64_t lmtp_session_due_ns(const struct lmtp_session *);
/* It has. */
void lmtp_session_expire(struct lmtp_session *);
/* End it as soon as no message of its is with the sink. */
void lmtp_session_dismiss(struct lmtp_session *);

/* To be closed. */
bool lmtp_session_is_over(const struct lmtp_session *);

#endif
