/* model/org_domain.h -- the organisational domain of a name, by the public
 * suffix list of the system: what RFC 7489 s3.2 aligns by. */
#ifndef MODEL_ORG_DOMAIN_H
#define MODEL_ORG_DOMAIN_H

#include "base/span.h"

/* The end of name that is one label more than a public suffix: "b.co.uk" of
 * "a.b.co.uk". Empty: name is a public suffix or no name. name: as
 * domain_canonical gives it. The list is read at the first call, and kept. */
struct span org_domain(struct span name);

/* Whether both are of one organisation; a public suffix is only with itself. */
bool org_domain_is_same(struct span a, struct span b);

#endif
