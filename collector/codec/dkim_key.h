/* codec/dkim_key.h -- a private key that signs for DKIM, and the record that
 * tells the public one: RFC 6376 s3.6.1, RFC 8463. Pure. */
#ifndef CODEC_DKIM_KEY_H
#define CODEC_DKIM_KEY_H

#include "base/buf.h"
#include "base/err.h"

#define DKIM_RSA_BITS_MIN 2048
#define DKIM_RSA_BITS_MAX 8192
#define DKIM_SIGNATURE_MAX (DKIM_RSA_BITS_MAX / 8) /* bytes */
#define DKIM_KEY_FILE_MAX 65536			   /* bytes of a PEM file */
#define DKIM_RECORD_MAX 2048			   /* bytes of a record */

struct dkim_key; /* may be used by several threads at a time */

/* The first private key in PEM text: RSA of DKIM_RSA_BITS_MIN to _MAX bits, or
 * Ed25519. *ret is the caller's. E_SYNTAX: no private key, or one with a
 * passphrase; E_VERSION: one that DKIM has no use for; E_NOMEM. */
MUST_CHECK enum err dkim_key_parse(struct span pem, struct dkim_key **ret,
    struct why *why);
void dkim_key_free(struct dkim_key *); /* NULL is fine */

/* "rsa" or "ed25519", as in k= of its record. */
const char *dkim_key_type(const struct dkim_key *);
/* "rsa-sha256" or "ed25519-sha256", as in a= of a signature. */
const char *dkim_key_algorithm(const struct dkim_key *);

/* Append the signature's bytes over data. E_NOMEM, E_IO: the library failed,
 * E_RANGE: past out's ceiling. */
MUST_CHECK enum err dkim_key_sign(const struct dkim_key *, struct span data,
    struct buf *out, struct why *why);

/* What the key may sign: s= of its record. */
enum dkim_service {
	DKIM_SERVICE_TLSRPT, /* s3: SHOULD contain s=tlsrpt */
	DKIM_SERVICE_ANY,
};

/* Append the text to publish at <selector>._domainkey.<domain>: at most
 * DKIM_RECORD_MAX bytes of printable ASCII without quotes. E_NOMEM, E_IO: the
 * library failed, E_RANGE: past out's ceiling. */
MUST_CHECK enum err dkim_key_record(const struct dkim_key *, enum dkim_service,
    struct buf *out);

#endif
