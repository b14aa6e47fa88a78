/* intake/opened.h -- what was received as the store takes it: the reports in
 * it, and its bytes as they are kept. All of the work that needs no store. */
#ifndef INTAKE_OPENED_H
#define INTAKE_OPENED_H

#include "intake/examine.h"

struct opened {
	struct examined examined;
	struct why fault; /* why there is no report in it */
	struct buf raw;	  /* gzip */
	size_t bytes;	  /* before that */
};

/* body stays as it is while ret is used.
 *   parked  why it is kept as one that cannot be read, without a look; or NULL
 * Free ret in any case. E_NOMEM: for what is kept; of a report that needs more
 * than one may have it is the fault. */
MUST_CHECK enum err opened_from(const struct receipt_facts *, struct span body,
    const struct why *parked, struct opened *ret, struct why *why);
void opened_free(struct opened *);

/* About how many bytes of memory it takes. */
size_t opened_size(const struct opened *);

#endif
