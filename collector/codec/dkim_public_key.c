#include "codec/dkim_public_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>

struct dkim_public_key {
	EVP_PKEY *pkey;
	bool is_rsa;
};

/* Takes pkey, which may be NULL. */
static enum err
make(EVP_PKEY *pkey, bool is_rsa, struct dkim_public_key **ret)
{
	struct dkim_public_key *key = NULL;

	ERR_clear_error();
	if (pkey != NULL && EVP_PKEY_is_a(pkey, "RSA") == is_rsa)
		key = calloc(1, sizeof(*key));
	else {
		EVP_PKEY_free(pkey);
		return E_SYNTAX;
	}
	if (key == NULL) {
		EVP_PKEY_free(pkey);
		return E_NOMEM;
	}
	key->pkey = pkey;
	key->is_rsa = is_rsa;
	*ret = key;
	return E_OK;
}

/* RFC 6376 s3.6.1 says RSAPublicKey, everybody publishes the other. Nothing may
 * follow. */
static EVP_PKEY *
read_rsa(struct span der)
{
	const unsigned char *begin = (const unsigned char *)der.p, *p = begin;
	EVP_PKEY *pkey = d2i_PUBKEY(NULL, &p, (long)der.len);

	if (pkey == NULL) {
		p = begin;
		pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)der.len);
	}
	if (pkey != NULL && p != begin + der.len) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	return pkey;
}

enum err
dkim_public_key_rsa(struct span bytes, struct dkim_public_key **ret)
{
	return make(read_rsa(bytes), true, ret);
}

enum err
dkim_public_key_ed25519(struct span bytes, struct dkim_public_key **ret)
{
	return make(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
			(const unsigned char *)bytes.p, bytes.len),
	    false, ret);
}

void
dkim_public_key_free(struct dkim_public_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

unsigned
dkim_public_key_bits(const struct dkim_public_key *key)
{
	return key->is_rsa ? (unsigned)EVP_PKEY_get_bits(key->pkey) : 256;
}

static enum err
verify(EVP_PKEY *pkey, const EVP_MD *md, struct span data,
    struct span signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	enum err e = ctx == NULL ? E_NOMEM : E_OK;

	if (e == E_OK && EVP_DigestVerifyInit(ctx, NULL, md, NULL, pkey) != 1)
		e = E_IO;
	/* What is no signature at all is an error to it, not a 0. */
	if (e == E_OK &&
	    EVP_DigestVerify(ctx, (const unsigned char *)signature.p,
		signature.len, (const unsigned char *)data.p, data.len) != 1)
		e = E_DENIED;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return e;
}

/* RFC 8463 s3: what Ed25519 signs is the SHA-256 of the data. */
enum err
dkim_public_key_verify(const struct dkim_public_key *key, struct span data,
    struct span signature)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned n;

	if (key->is_rsa)
		return verify(key->pkey, EVP_sha256(), data, signature);
	if (EVP_Digest(data.p, data.len, hash, &n, EVP_sha256(), NULL) != 1)
		return E_IO;
	return verify(key->pkey, NULL, (struct span){ (char *)hash, n },
	    signature);
}
