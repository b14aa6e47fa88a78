/* daemon/claim.h -- that no two tlsrptd collect as one: each claims the
 * collector's id in the store when it starts.
 *
 * Who finds a claim there that was not made in its own folder is a copy, or has
 * been copied, and is refused: both would count what is in both journals, and
 * each would take the other's position for its own. */
#ifndef DAEMON_CLAIM_H
#define DAEMON_CLAIM_H

#include "daemon/identity.h"
#include "store/store.h"

struct claim;

/* The identity is used until claim_free. */
MUST_CHECK enum err claim_new(struct identity *, const struct clock *,
    struct claim **ret, struct why *why);
void claim_free(struct claim *); /* NULL is fine */

/* Register with the store, and have its claim be ours. first: where our journal
 * begins; ret_position: where to go on in it.
 * E_CONFLICT: another tlsrptd has the id, a person has to decide; E_BUSY: it
 * may have, so try again soon. */
MUST_CHECK enum err claim_make(struct claim *, struct store *, struct span host,
    const struct position *first, struct position *ret_position,
    struct why *why);
/* The store was found at another place than we left it: claim it anew. */
void claim_doubt(struct claim *);
/* This tlsrptd ends: whoever comes next need not wait. */
void claim_end(struct claim *, struct store *);

const struct uuid *claim_collector(const struct claim *);
/* Empty before claim_make. */
struct span claim_text(const struct claim *);

#endif
