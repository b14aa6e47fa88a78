#include "codec/dkim_record.h"

#include <assert.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "codec/dkim_key.h"

#define KEY_BYTES_MAX DKIM_RECORD_MAX

static const char *const sentences[] = {
#define DKIM_PUBLISHED(name, sentence) [DKIM_PUBLISHED_##name] = sentence,
#include "codec/dkim_published.def"
#undef DKIM_PUBLISHED
};

const char *
dkim_published_sentence(enum dkim_published published)
{
	return sentences[published];
}

/* -- reading -- */

/* RFC 6376 s3.6.1: v= MUST be the first tag, and records with another one MUST
 * be discarded; p= is REQUIRED. */
bool
dkim_record_read(struct span txt, struct dkim_record *ret)
{
	struct dkim_tags tags;
	struct span version, key;

	if (!dkim_tags_read(txt, &tags))
		return false;
	version = dkim_tag_value(&tags, "v");
	key = dkim_tag_value(&tags, "p");
	if (key.p == NULL ||
	    (version.p != NULL &&
		(!span_eq(tags.v[0].name, SPAN_LIT("v")) ||
		    !span_eq(version, SPAN_LIT("DKIM1")))))
		return false;
	*ret = (struct dkim_record){
		.type = dkim_tag_value(&tags, "k"),
		.key = key,
		.hashes = dkim_tag_value(&tags, "h"),
		.services = dkim_tag_value(&tags, "s"),
		.flags = dkim_tag_value(&tags, "t"),
	};
	if (ret->type.p == NULL)
		ret->type = SPAN_LIT("rsa");
	return true;
}

/* -- our key -- */

struct key {
	unsigned char bytes[KEY_BYTES_MAX];
	size_t len; /* those past KEY_BYTES_MAX are counted only */
};

static bool
read_key(struct span text, struct key *ret)
{
	return dkim_base64_read(text, ret->bytes, sizeof(ret->bytes),
	    &ret->len);
}

static struct span
key_span(const struct key *k)
{
	return (struct span){ (const char *)k->bytes, k->len };
}

/* RSAPublicKey of a key that we know as SubjectPublicKeyInfo. */
static bool
is_rsa_public_key(struct span der, const struct key *ours)
{
	const unsigned char *p = ours->bytes;
	EVP_PKEY *pkey = d2i_PUBKEY(NULL, &p, (long)ours->len);
	unsigned char *plain = NULL;
	int len = pkey == NULL ? -1 : i2d_PublicKey(pkey, &plain);
	bool same = len > 0 &&
	    span_eq(der, (struct span){ (const char *)plain, (size_t)len });

	OPENSSL_free(plain);
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	return same;
}

static bool
is_same_key(const struct key *theirs, const struct key *ours, bool is_rsa)
{
	if (theirs->len > KEY_BYTES_MAX)
		return false;
	return span_eq(key_span(theirs), key_span(ours)) ||
	    (is_rsa && is_rsa_public_key(key_span(theirs), ours));
}

/* -- the judgement -- */

static enum dkim_published
judge_key(const struct dkim_record *r, const struct dkim_record *ours)
{
	struct key their_key, our_key;
	bool readable = read_key(ours->key, &our_key);

	assert(readable && our_key.len <= KEY_BYTES_MAX);
	if (!read_key(r->key, &their_key))
		return DKIM_PUBLISHED_BROKEN;
	if (r->key.len == 0)
		return DKIM_PUBLISHED_REVOKED;
	if (!span_eq(r->type, ours->type))
		return DKIM_PUBLISHED_WRONG_TYPE;
	if (!is_same_key(&their_key, &our_key,
		span_eq(ours->type, SPAN_LIT("rsa"))))
		return DKIM_PUBLISHED_OTHER_KEY;
	return DKIM_PUBLISHED_OK;
}

/* What it may be used for. Flags (t=) forbid us nothing: "y" is for receivers
 * to lower their expectations, "s" forbids subdomains in i=, which we have not.
 */
static enum dkim_published
judge_use(const struct dkim_record *r)
{
	if (r->hashes.p != NULL && !dkim_has_word(r->hashes, "sha256"))
		return DKIM_PUBLISHED_NOT_SHA256;
	/* s3: receivers MAY ignore reports where s= lacks tlsrpt. "*" is all
	 * services, "email" is not this one. */
	if (r->services.p != NULL && !dkim_has_word(r->services, "*") &&
	    !dkim_has_word(r->services, "tlsrpt"))
		return DKIM_PUBLISHED_NOT_FOR_TLSRPT;
	return DKIM_PUBLISHED_OK;
}

enum dkim_published
dkim_record_judge(struct span_list txts, struct span ours)
{
	struct dkim_record our_record, r;
	bool readable = dkim_record_read(ours, &our_record);
	enum dkim_published published;

	assert(readable);
	if (txts.n == 0)
		return DKIM_PUBLISHED_ABSENT;
	/* RFC 6376 s3.6.2.2: with several the results are undefined. */
	if (txts.n > 1)
		return DKIM_PUBLISHED_SEVERAL;
	if (!dkim_record_read(txts.v[0], &r))
		return DKIM_PUBLISHED_BROKEN;
	published = judge_key(&r, &our_record);
	return published == DKIM_PUBLISHED_OK ? judge_use(&r) : published;
}
