/* intake/attribute.h -- which of our domains the policies of a report are
 * about. */
#ifndef INTAKE_ATTRIBUTE_H
#define INTAKE_ATTRIBUTE_H

#include "codec/receipt_flags.h"
#include "store/store.h"

/* What says whom a report is about that does not say it itself. */
struct attribution_hints {
	struct span header; /* a TLS-Report-Domain that is signed; or empty */
	struct span route;  /* token of the path or subaddress; or empty */
};

struct attribution {
	/* One of each policy: the domain of ours whose it is, or whose MX
	 * host's it is; empty: none. */
	struct span *owned;
	bool any;
	uint32_t flags; /* 1 << enum receipt_flag */
};

/* A policy that does not tell its domain gets the one that is hinted at; if
 * there is none it has none. What is returned is in the arena. E_NOMEM; errors
 * of the store. */
MUST_CHECK enum err attribute(struct store *, struct incoming_report *,
    const struct attribution_hints *, struct arena *, struct attribution *ret,
    struct why *why);

#endif
