/* model/mta_history.h -- what was seen so far of the TLS of one MX host of one
 * policy domain: trust on first use (RFC 7435 s2). It is evidence and no
 * verdict: who runs the host may change it. */
#ifndef MODEL_MTA_HISTORY_H
#define MODEL_MTA_HISTORY_H

#include "model/mta_session.h"

/* Times are UTC seconds, 0: never. */
struct mta_history {
	int64_t first_s, last_s;	 /* sessions at all */
	int64_t first_tls_s, last_tls_s; /* with TLS */
	uint64_t run;			 /* sessions with TLS in a row */
	int64_t run_since_s;		 /* the first of them */
	enum level best;		 /* of those with TLS; 0: none */
	/* TLS was missing after the run: the run stays as it was before that,
	 * until there is TLS again, which begins a new one. */
	int64_t missing_since_s, last_missing_s;
	uint64_t missing;
};

/* In the order of their times, as far as that is known: of several logs one is
 * read later. What is older than the run neither ends nor lengthens it; TLS
 * that was missing before the last success is kept as last_missing_s alone.
 * What the log does not tell of TLS, and what the MTA itself did without,
 * changes nothing but last_s. */
void mta_history_add(struct mta_history *, const struct mta_session *);

#endif
