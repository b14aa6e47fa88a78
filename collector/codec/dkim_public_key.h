/* codec/dkim_public_key.h -- a public key that was published for DKIM: RFC 6376
 * s3.6.1 and RFC 8463 s4. Pure. */
#ifndef CODEC_DKIM_PUBLIC_KEY_H
#define CODEC_DKIM_PUBLIC_KEY_H

#include <stdbool.h>

#include "base/err.h"
#include "base/span.h"

struct dkim_public_key;

/* bytes: of p= of a record, untrusted. An RSA key is SubjectPublicKeyInfo or
 * RSAPublicKey in DER, an Ed25519 key its 32 bytes. *ret is the caller's.
 * E_SYNTAX: no such key; E_NOMEM. */
MUST_CHECK enum err dkim_public_key_rsa(struct span bytes,
    struct dkim_public_key **ret);
MUST_CHECK enum err dkim_public_key_ed25519(struct span bytes,
    struct dkim_public_key **ret);
void dkim_public_key_free(struct dkim_public_key *); /* NULL is fine */

unsigned dkim_public_key_bits(const struct dkim_public_key *);

/* E_DENIED: the key did not make this signature over data; E_NOMEM, E_IO: the
 * library failed. */
MUST_CHECK enum err dkim_public_key_verify(const struct dkim_public_key *,
    struct span data, struct span signature);

#endif
