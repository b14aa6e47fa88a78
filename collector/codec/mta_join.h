/* codec/mta_join.h -- lines of logs become sessions: what is told of TLS in one
 * line and of the recipient in another is put together. Pure; under a ceiling:
 * of too many connections at once the oldest are forgotten, and their sessions
 * are told of as if TLS were not logged. */
#ifndef CODEC_MTA_JOIN_H
#define CODEC_MTA_JOIN_H

#include "codec/mta_log.h"

#define MTA_JOIN_LINKS 4096 /* connections at once */
/* What a line tells of TLS holds for deliveries for so long. */
#define MTA_JOIN_LASTS_S 3600
#define MTA_JOIN_AT_ONCE 2 /* sessions that one line may tell of */

struct mta_join;

struct mta_join *mta_join_new(void);   /* NULL: out of memory */
void mta_join_free(struct mta_join *); /* NULL is fine */

/* The texts are valid during the call. */
typedef enum err mta_session_fn(void *arg, const struct mta_session *);

/* Take the next line, of any MTA; what fn returns is returned. E_NOMEM. */
MUST_CHECK enum err mta_join_take(struct mta_join *, const struct mta_line *,
    mta_session_fn *fn, void *arg);

#endif
