/* codec/secret.h -- what a client shows to be known: 256 random bits as text;
 * and what is kept of it. Pure. */
#ifndef CODEC_SECRET_H
#define CODEC_SECRET_H

#include <stdbool.h>

#include "base/err.h"
#include "base/span.h"
#include "codec/sha256.h"

#define SECRET_BYTES 32
#define SECRET_TEXT_SIZE 44 /* 43 characters of base64url and the NUL */

void secret_text(const unsigned char random[SECRET_BYTES],
    char ret[SECRET_TEXT_SIZE]);

/* Its SHA-256: nothing that is so random needs salt. E_SYNTAX: no such text;
 * E_NOMEM. */
MUST_CHECK enum err secret_key(struct span text,
    unsigned char ret[SHA256_BYTES]);

/* In a time that tells nothing of where they differ. */
bool secret_eq(struct span a, struct span b);

#endif
