/* model/domain.h -- one spelling for a domain name: A-labels (RFC 5891), lower
 * case, no final dot. */
#ifndef MODEL_DOMAIN_H
#define MODEL_DOMAIN_H

#include "base/arena.h"
#include "base/err.h"

/* Any bytes become a name of at most DOMAIN_TEXT_MAX bytes out of a-z 0-9 - _ .
 * * and %XX, so that a hostile name still counts, apart from all others; or an
 * address literal (RFC 5321 s4.1.3). A name that had to be escaped or cut sets
 * *ret_repaired, which is else left alone. The result is in the arena. E_NOMEM.
 */
MUST_CHECK enum err domain_canonical(struct span name, struct arena *,
    struct span *ret, bool *ret_repaired);

#endif
