#include "codec/dkim_record.h"

#include <assert.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/ascii.h"
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

/* -- tag=value lists (RFC 6376 s3.2) -- */

struct record {
	/* p is NULL where the tag is not there. */
	struct span version, hashes, type, key, services;
	struct span names[DKIM_TAGS_MAX];
	size_t ntags;
};

/* FWS, which a TXT record has no reason to fold with CRLF. */
static bool
is_blank(char c)
{
	return ascii_is_one_of(c, " \t\r\n");
}

static struct span
trim(struct span s)
{
	while (s.len > 0 && is_blank(s.p[0]))
		s = span_skip(s, 1);
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

/* tag-name = ALPHA *ALNUMPUNC */
static bool
is_tag_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.p[i]) && name.p[i] != '_')
			return false;
	return name.len > 0 && ascii_is_alpha(name.p[0]);
}

/* tag-value: printable ASCII and FWS. */
static bool
is_tag_value(struct span value)
{
	for (size_t i = 0; i < value.len; i++)
		if (!ascii_is_printable(value.p[i]) && !is_blank(value.p[i]))
			return false;
	return true;
}

/* RFC 6376 s3.2: unknown tags MUST be ignored. NULL: unknown. */
static struct span *
place_of(struct record *r, struct span name)
{
	const struct {
		struct span name;
		struct span *place;
	} tags[] = {
		{ SPAN_LIT("v"), &r->version },
		{ SPAN_LIT("h"), &r->hashes },
		{ SPAN_LIT("k"), &r->type },
		{ SPAN_LIT("p"), &r->key },
		{ SPAN_LIT("s"), &r->services },
	};

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (span_eq(name, tags[i].name))
			return tags[i].place;
	return NULL;
}

/* RFC 6376 s3.2: a tag that is there twice makes the whole list invalid. */
static bool
add_name(struct record *r, struct span name)
{
	for (size_t i = 0; i < r->ntags; i++)
		if (span_eq(r->names[i], name))
			return false;
	if (r->ntags == DKIM_TAGS_MAX)
		return false;
	r->names[r->ntags++] = name;
	return true;
}

static bool
add_tag(struct record *r, struct span tag)
{
	bool assigned = span_has(tag, '=');
	struct span name = trim(span_until(&tag, '=')), value = trim(tag);
	struct span *place;

	if (!assigned || !is_tag_name(name) || !is_tag_value(value) ||
	    !add_name(r, name))
		return false;
	if ((place = place_of(r, name)) != NULL)
		*place = value;
	return true;
}

/* RFC 6376 s3.6.1: v= MUST be the first tag, and records with another one MUST
 * be discarded; p= is REQUIRED. */
static bool
read_record(struct span txt, struct record *ret)
{
	struct record r = { .ntags = 0 };

	txt = trim(txt);
	do
		if (!add_tag(&r, span_until(&txt, ';')))
			return false;
	while (trim(txt).len > 0);
	if (r.version.p != NULL &&
	    (!span_eq(r.names[0], SPAN_LIT("v")) ||
		!span_eq(r.version, SPAN_LIT("DKIM1"))))
		return false;
	*ret = r;
	return r.key.p != NULL;
}

/* -- values -- */

/* Whether one of the words, which have ":" between them, is a or b. */
static bool
has_word(struct span list, struct span a, struct span b)
{
	struct span word;

	while (list.len > 0) {
		word = trim(span_until(&list, ':'));
		if (span_eq(word, a) || span_eq(word, b))
			return true;
	}
	return false;
}

static struct span
type_of(const struct record *r)
{
	return r->type.p == NULL ? SPAN_LIT("rsa") : r->type;
}

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

struct key {
	unsigned char bytes[KEY_BYTES_MAX];
	size_t len; /* those past KEY_BYTES_MAX are counted only */
};

/* RFC 6376 s2.10: base64string, with FWS anywhere; it does not insist on the
 * padding. */
static bool
read_key(struct span text, struct key *ret)
{
	unsigned bits = 0, digits = 0, pads = 0;

	ret->len = 0;
	for (size_t i = 0; i < text.len; i++) {
		int value = base64_value(text.p[i]);

		if (is_blank(text.p[i]))
			continue;
		if (text.p[i] == '=' && ++pads <= 2)
			continue;
		if (value < 0 || pads > 0)
			return false;
		bits = bits << 6 | (unsigned)value;
		if (digits++ % 4 == 0)
			continue;
		if (ret->len < KEY_BYTES_MAX)
			ret->bytes[ret->len] = (unsigned char)(bits >>
			    (6 - 2 * ((digits - 1) % 4)));
		ret->len++;
	}
	return digits % 4 != 1 && (pads == 0 || (digits + pads) % 4 == 0);
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
judge_key(const struct record *r, const struct record *ours)
{
	struct span type = type_of(ours);
	struct key their_key, our_key;
	bool readable = read_key(ours->key, &our_key);

	assert(readable && our_key.len <= KEY_BYTES_MAX);
	if (!read_key(r->key, &their_key))
		return DKIM_PUBLISHED_BROKEN;
	if (r->key.len == 0)
		return DKIM_PUBLISHED_REVOKED;
	if (!span_eq(type_of(r), type))
		return DKIM_PUBLISHED_WRONG_TYPE;
	if (!is_same_key(&their_key, &our_key, span_eq(type, SPAN_LIT("rsa"))))
		return DKIM_PUBLISHED_OTHER_KEY;
	return DKIM_PUBLISHED_OK;
}

/* What it may be used for. Flags (t=) forbid us nothing: "y" is for receivers
 * to lower their expectations, "s" forbids subdomains in i=, which we have not.
 */
static enum dkim_published
judge_use(const struct record *r)
{
	const struct span sha256 = SPAN_LIT("sha256");

	if (r->hashes.p != NULL && !has_word(r->hashes, sha256, sha256))
		return DKIM_PUBLISHED_NOT_SHA256;
	/* s3: receivers MAY ignore reports where s= lacks tlsrpt. "*" is all
	 * services, "email" is not this one. */
	if (r->services.p != NULL &&
	    !has_word(r->services, SPAN_LIT("*"), SPAN_LIT("tlsrpt")))
		return DKIM_PUBLISHED_NOT_FOR_TLSRPT;
	return DKIM_PUBLISHED_OK;
}

enum dkim_published
dkim_record_judge(struct span_list txts, struct span ours)
{
	struct record our_record, r;
	bool readable = read_record(ours, &our_record);
	enum dkim_published published;

	assert(readable);
	if (txts.n == 0)
		return DKIM_PUBLISHED_ABSENT;
	/* RFC 6376 s3.6.2.2: with several the results are undefined. */
	if (txts.n > 1)
		return DKIM_PUBLISHED_SEVERAL;
	if (!read_record(txts.v[0], &r))
		return DKIM_PUBLISHED_BROKEN;
	published = judge_key(&r, &our_record);
	return published == DKIM_PUBLISHED_OK ? judge_use(&r) : published;
}
