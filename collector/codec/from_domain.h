/* codec/from_domain.h -- the domain of a mail's From: RFC 5322 s3.6.2. Pure. */
#ifndef CODEC_FROM_DOMAIN_H
#define CODEC_FROM_DOMAIN_H

#include "codec/mime_read.h"

/* In the spelling of model/domain.h, in the arena. E_ABSENT: there is not
 * exactly one From with exactly one address and a domain that is a name;
 * E_NOMEM. */
MUST_CHECK enum err from_domain(const struct mime_header *, struct arena *,
    struct span *ret);

#endif
