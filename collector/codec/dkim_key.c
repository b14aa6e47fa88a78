#include "codec/dkim_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "base/base64.h"

#define ED25519_KEY_SIZE 32

struct dkim_key {
	EVP_PKEY *pkey;
	bool is_rsa;
};

/* -- reading -- */

/* Without it the library would ask the terminal. */
static int
no_passphrase(char *text, int size, int writing, void *asked)
{
	(void)text;
	(void)size;
	(void)writing;
	*(bool *)asked = true;
	return -1;
}

static enum err
read_pem(struct span pem, EVP_PKEY **ret, struct why *why)
{
	BIO *bio = NULL;
	bool asked = false;

	if (pem.len > DKIM_KEY_FILE_MAX)
		return why_set(why, E_SYNTAX, "more than %d bytes for a key",
		    DKIM_KEY_FILE_MAX);
	if ((bio = BIO_new_mem_buf(pem.len > 0 ? pem.p : "", (int)pem.len)) ==
	    NULL)
		return why_set(why, E_NOMEM, "out of memory");
	*ret = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &asked);
	BIO_free(bio);
	ERR_clear_error();
	if (asked)
		return why_set(why, E_SYNTAX,
		    "the key is encrypted with a passphrase");
	if (*ret == NULL)
		return why_set(why, E_SYNTAX, "no private key in PEM");
	return E_OK;
}

static enum err
check_kind(const EVP_PKEY *pkey, struct why *why)
{
	const char *name = EVP_PKEY_get0_type_name(pkey);
	int bits = EVP_PKEY_get_bits(pkey);

	if (EVP_PKEY_is_a(pkey, "ED25519"))
		return E_OK;
	if (!EVP_PKEY_is_a(pkey, "RSA"))
		return why_set(why, E_VERSION,
		    "a key of type %s, where DKIM has RSA and Ed25519",
		    name == NULL ? "unknown" : name);
	/* RFC 8301 s3.2: at least 1024, SHOULD be at least 2048. */
	if (bits < DKIM_RSA_BITS_MIN || bits > DKIM_RSA_BITS_MAX)
		return why_set(why, E_VERSION,
		    "an RSA key of %d bits, where %d to %d are taken", bits,
		    DKIM_RSA_BITS_MIN, DKIM_RSA_BITS_MAX);
	return E_OK;
}

enum err
dkim_key_parse(struct span pem, struct dkim_key **ret, struct why *why)
{
	struct dkim_key *key = calloc(1, sizeof(*key));
	enum err e;

	if (key == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	e = read_pem(pem, &key->pkey, why);
	if (e == E_OK)
		e = check_kind(key->pkey, why);
	if (e == E_OK) {
		key->is_rsa = EVP_PKEY_is_a(key->pkey, "RSA");
		*ret = key;
	} else {
		dkim_key_free(key);
	}
	return e;
}

void
dkim_key_free(struct dkim_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

const char *
dkim_key_type(const struct dkim_key *key)
{
	return key->is_rsa ? "rsa" : "ed25519";
}

const char *
dkim_key_algorithm(const struct dkim_key *key)
{
	return key->is_rsa ? "rsa-sha256" : "ed25519-sha256";
}

/* -- signing -- */

static bool
sign_bytes(EVP_PKEY *pkey, const EVP_MD *md, struct span data,
    unsigned char *sig, size_t *len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool done = ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, md, NULL, pkey) == 1 &&
	    EVP_DigestSign(ctx, sig, len, (const unsigned char *)data.p,
		data.len) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return done;
}

/* RFC 8463 s3: what Ed25519 signs is the SHA-256 of the data. */
static bool
sign_ed25519(EVP_PKEY *pkey, struct span data, unsigned char *sig, size_t *len)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned n;

	return EVP_Digest(data.p, data.len, hash, &n, EVP_sha256(), NULL) ==
	    1 &&
	    sign_bytes(pkey, NULL, (struct span){ (char *)hash, n }, sig, len);
}

enum err
dkim_key_sign(const struct dkim_key *key, struct span data, struct buf *out,
    struct why *why)
{
	unsigned char sig[DKIM_SIGNATURE_MAX];
	size_t len = sizeof(sig);
	bool done = key->is_rsa
	    ? sign_bytes(key->pkey, EVP_sha256(), data, sig, &len)
	    : sign_ed25519(key->pkey, data, sig, &len);

	if (!done)
		return why_set(why, E_IO, "the %s key does not sign",
		    dkim_key_type(key));
	buf_add(out, (struct span){ (char *)sig, len });
	return out->err;
}

/* -- the record -- */

/* RFC 6376 s3.6.1, as everybody reads it: SubjectPublicKeyInfo in DER. */
static enum err
add_rsa(EVP_PKEY *pkey, struct buf *out)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(pkey, &der);

	ERR_clear_error();
	if (len <= 0)
		return E_IO;
	base64_encode((struct span){ (char *)der, (size_t)len }, out);
	OPENSSL_free(der);
	return out->err;
}

/* RFC 8463 s4: the 32 bytes of the key alone. */
static enum err
add_ed25519(const EVP_PKEY *pkey, struct buf *out)
{
	unsigned char raw[ED25519_KEY_SIZE];
	size_t len = sizeof(raw);

	if (EVP_PKEY_get_raw_public_key(pkey, raw, &len) != 1) {
		ERR_clear_error();
		return E_IO;
	}
	base64_encode((struct span){ (char *)raw, len }, out);
	return out->err;
}

enum err
dkim_key_record(const struct dkim_key *key, enum dkim_service service,
    struct buf *out)
{
	buf_addf(out, "v=DKIM1; k=%s; ", dkim_key_type(key));
	if (service == DKIM_SERVICE_TLSRPT)
		buf_adds(out, "s=tlsrpt; ");
	buf_adds(out, "p=");
	return key->is_rsa ? add_rsa(key->pkey, out)
			   : add_ed25519(key->pkey, out);
}
