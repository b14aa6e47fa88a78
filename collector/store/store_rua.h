/* store/store_rua.h -- destinations that our own look into DNS has shown: when
 * DNS fails, a report goes on to those, and to no others. Errors as in store.h.
 */
#ifndef STORE_STORE_RUA_H
#define STORE_STORE_RUA_H

#include "store/store.h"

/* The domain's record names uri; dnssec: how sure that is, as in the schema. A
 * time within the hour after the last one is not noted. */
MUST_CHECK enum err store_rua_saw(struct store *, struct span domain,
    struct span uri, struct span dnssec, int64_t now_s, struct why *why);

MUST_CHECK enum err store_rua_is_seen(struct store *, struct span domain,
    struct span uri, bool *ret, struct why *why);

#endif
