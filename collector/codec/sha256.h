/* codec/sha256.h -- SHA-256 of bytes (FIPS 180-4). Pure. */
#ifndef CODEC_SHA256_H
#define CODEC_SHA256_H

#include "base/err.h"
#include "base/span.h"

#define SHA256_BYTES 32

/* E_NOMEM. */
MUST_CHECK enum err sha256(struct span, unsigned char ret[SHA256_BYTES]);

#endif
