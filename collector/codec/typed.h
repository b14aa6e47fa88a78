/* codec/typed.h -- destinations and domains as a person types them, in the
 * spelling that the store has. Pure. */
#ifndef CODEC_TYPED_H
#define CODEC_TYPED_H

#include "base/arena.h"
#include "base/err.h"

/* Each gives a text in the arena. E_SYNTAX: why says what is wrong with it;
 * E_NOMEM. */

/* A URI of a rua field, or one as it is listed by us: as in delivery.uri. */
MUST_CHECK enum err typed_uri(struct span, struct arena *, struct span *ret,
    struct why *why);
/* A domain name or an IP address: as in struct destination. */
MUST_CHECK enum err typed_host(struct span, struct arena *, struct span *ret,
    struct why *why);
/* A domain that reports are about. */
MUST_CHECK enum err typed_domain(struct span, struct arena *, struct span *ret,
    struct why *why);

#endif
