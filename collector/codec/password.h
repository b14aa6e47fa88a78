/* codec/password.h -- passwords as crypt(5) keeps them, by yescrypt. Pure. */
#ifndef CODEC_PASSWORD_H
#define CODEC_PASSWORD_H

#include <stdbool.h>

#include "base/err.h"
#include "base/span.h"

#define PASSWORD_MIN 10 /* bytes */
#define PASSWORD_MAX 256
#define PASSWORD_SALT_BYTES 16
#define PASSWORD_HASH_SIZE 384

/* E_RANGE: too short or too long, or a NUL in it; E_NOMEM. */
MUST_CHECK enum err password_hash(struct span password,
    const unsigned char salt[PASSWORD_SALT_BYTES],
    char ret[PASSWORD_HASH_SIZE]);

/* SPAN_NONE: nobody's, which takes as long as another and fits nothing.
 * E_DENIED: it is another one; E_NOMEM. */
MUST_CHECK enum err password_check(struct span password, struct span hash);

#endif
