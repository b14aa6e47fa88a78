/* report/seen_tls.h -- STARTTLS that is gone after it was there for long is
 * evidence (RFC 7435 s2, trust on first use): the report says when it was last
 * seen. */
#ifndef REPORT_SEEN_TLS_H
#define REPORT_SEEN_TLS_H

#include "base/arena.h"
#include "model/tally.h"
#include "store/store.h"

/* What is a stable history: sessions with TLS in a row, over so many days. */
#define SEEN_TLS_RUN_MIN 10
#define SEEN_TLS_DAYS_MIN 7

/* Details of starttls-not-supported that have a host and no
 * failure-reason-code get "starttls-seen-until-" and the UTC day, if the logs
 * of our MTAs tell of a stable history of that host and of no TLS since, up to
 * the end of the tally's day. Texts are in the arena. E_NOMEM, and errors of
 * store_log_histories. */
MUST_CHECK enum err seen_tls_note(struct store *, struct tally *,
    struct arena *, struct why *why);

#endif
