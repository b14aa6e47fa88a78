/* model/mta_session.h -- an SMTP session as the log of the sending MTA tells of
 * it, and what follows from it for how well it was protected. */
#ifndef MODEL_MTA_SESSION_H
#define MODEL_MTA_SESSION_H

#include "model/levels.h"

/* The store keeps the number. */
enum tls_seen {
#define TLS_SEEN(code, name, text, sentence) TLS_SEEN_##name = code,
#include "model/tls_seen.def"
#undef TLS_SEEN
};

#define MTA_QUEUE_ID_MAX 32 /* bytes; what is behind them does not count */

/* With one policy domain: a session that had mails for two is told of twice. */
struct mta_session {
	int64_t time_s;	      /* UTC */
	struct span mta;      /* the host in the log, up to DOMAIN_TEXT_MAX
			       * bytes; may be empty */
	struct span queue_id; /* of the first mail; may be empty */
	struct span domain;   /* canonical: the next hop where the log has it,
			       * else the recipient's */
	struct span mx_host;  /* canonical */
	struct span peer_ip;  /* canonical */
	enum tls_seen tls;
	enum level level;
	bool has_datagram; /* the MTA sent one about the session as well */
};

/* E_ABSENT: no such code. */
MUST_CHECK enum err tls_seen_from_code(int64_t code, enum tls_seen *ret);

const char *tls_seen_text(enum tls_seen);     /* "starttls-refused" */
const char *tls_seen_sentence(enum tls_seen); /* for a person */

/* went_on: mail was sent, or could have been, over the session. RFC 7435 s3:
 * what nobody verified is not authenticated, whatever its certificate. */
enum level tls_seen_level(enum tls_seen, bool went_on);

/* There was TLS, as good as the MTA wants it. */
bool tls_seen_is_success(enum tls_seen);
/* There was none, though the MTA would have used it: what somebody on the path
 * does who strips it. */
bool tls_seen_is_missing(enum tls_seen);

#endif
