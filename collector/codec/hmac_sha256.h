/* codec/hmac_sha256.h -- HMAC-SHA256 (RFC 2104, FIPS 198-1). Pure. */
#ifndef CODEC_HMAC_SHA256_H
#define CODEC_HMAC_SHA256_H

#include "codec/sha256.h"

/* E_NOMEM. */
MUST_CHECK enum err hmac_sha256(struct span key, struct span text,
    unsigned char ret[SHA256_BYTES]);

#endif
