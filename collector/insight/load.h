/* insight/load.h -- evidence out of the store. */
#ifndef INSIGHT_LOAD_H
#define INSIGHT_LOAD_H

#include "insight/evidence.h"

struct load {
	struct store *store;
	int64_t today, as_of_s; /* as in struct evidence */
	const struct elsewhere *elsewhere;
	size_t nelsewhere;
};

/* Who reports about any domain of ours, for all of them; in the arena. */
MUST_CHECK enum err load_elsewhere(struct load *, struct arena *,
    struct why *why);

/* What is known of the domain; all of it is in the arena. E_NOMEM: the arena's
 * ceiling. */
MUST_CHECK enum err load_evidence(const struct load *, struct span domain,
    struct arena *, struct evidence *ret, struct why *why);

#endif
