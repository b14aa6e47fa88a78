#include "codec/dkim_signature.h"

#include <openssl/evp.h>

#include "base/ascii.h"
#include "base/num.h"
#include "codec/dkim_fields.h"
#include "codec/dkim_key.h"
#include "codec/dkim_tags.h"
#include "codec/mime_lex.h"
#include "model/address.h"

#define SHA256_SIZE 32
#define TIME_DIGITS_MAX 12   /* RFC 6376 s3.5 */
#define LENGTH_DIGITS_MAX 76 /* RFC 6376 s3.5 */
#define KEY_NAME_MAX 253     /* RFC 1035 s2.3.4, as text */
#define KEY_LABEL "._domainkey."

/* What is at hand while a signature is read. The first error of the machine
 * stays in err. */
struct reading {
	struct dkim_tags tags;
	struct dkim_signature *sig;
	unsigned char body_hash[SHA256_SIZE]; /* bh= */
	struct span length;		      /* l=; p is NULL without it */
	struct arena *arena;
	enum err err;
};

/* RFC 6376 s6.1.1: one that fails a step fails as a whole. */
typedef enum dkim_fault step_fn(struct reading *);

/* -- words -- */

static struct span
lower(struct reading *r, struct span s)
{
	s = mime_lower(r->arena, s);
	if (s.p == NULL)
		r->err = E_NOMEM;
	return s;
}

static struct span
value(const struct reading *r, const char *tag)
{
	return dkim_tag_value(&r->tags, tag);
}

static bool
is_digits(struct span s, size_t max)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_digit(s.p[i]))
			return false;
	return s.len > 0 && s.len <= max;
}

/* -- the steps, in the order in which faults are told -- */

static enum dkim_fault
read_tags(struct reading *r)
{
	static const char *const required[] = { "v", "a", "b", "bh", "d", "h",
		"s" };

	if (!dkim_tags_read(r->sig->field->value, &r->tags))
		return DKIM_FAULT_TAGS;
	r->length = value(r, "l");
	r->sig->has_length = r->length.p != NULL;
	r->sig->algorithm = value(r, "a");
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		if (dkim_tag(&r->tags, required[i]) == NULL)
			return DKIM_FAULT_TAG_ABSENT;
	return DKIM_FAULT_NONE;
}

static enum dkim_fault
read_version(struct reading *r)
{
	return span_eq(value(r, "v"), SPAN_LIT("1")) ? DKIM_FAULT_NONE
						     : DKIM_FAULT_VERSION;
}

/* RFC 6376 s3.5: d= has at least two labels. */
static enum dkim_fault
read_domain(struct reading *r)
{
	struct span domain = value(r, "d"), selector = value(r, "s");

	if (!address_host_is_valid(domain) || !span_has(domain, '.') ||
	    !address_host_is_valid(selector) ||
	    selector.len + strlen(KEY_LABEL) + domain.len > KEY_NAME_MAX)
		return DKIM_FAULT_DOMAIN;
	r->sig->domain = r->sig->identity = lower(r, domain);
	r->sig->selector = lower(r, selector);
	return DKIM_FAULT_NONE;
}

static enum dkim_fault
read_algorithm(struct reading *r)
{
	struct span a = r->sig->algorithm;

	/* RFC 8301 s3.1: rsa-sha1 MUST NOT be used for verifying. */
	if (span_eq(a, SPAN_LIT("rsa-sha1")))
		return DKIM_FAULT_RSA_SHA1;
	r->sig->kind = span_eq(a, SPAN_LIT("ed25519-sha256"))
	    ? DKIM_ED25519_SHA256
	    : DKIM_RSA_SHA256;
	return r->sig->kind == DKIM_ED25519_SHA256 ||
		span_eq(a, SPAN_LIT("rsa-sha256"))
	    ? DKIM_FAULT_NONE
	    : DKIM_FAULT_ALGORITHM;
}

static bool
read_way(struct span word, enum dkim_canonical *ret)
{
	*ret = span_eq(word, SPAN_LIT("relaxed")) ? DKIM_RELAXED : DKIM_SIMPLE;
	return *ret == DKIM_RELAXED || span_eq(word, SPAN_LIT("simple"));
}

/* RFC 6376 s3.5: "simple/simple" if it is not there; what is not said of the
 * body is simple. */
static enum dkim_fault
read_canonical(struct reading *r)
{
	struct span body = value(r, "c"), header;
	bool both = span_has(body, '/');

	if (body.p == NULL)
		body = SPAN_LIT("simple");
	header = span_until(&body, '/');
	if (!both)
		body = SPAN_LIT("simple");
	return read_way(header, &r->sig->header_way) &&
		read_way(body, &r->sig->body_way)
	    ? DKIM_FAULT_NONE
	    : DKIM_FAULT_CANONICAL;
}

/* Whether name is domain or below it. */
static bool
is_within(struct span name, struct span domain)
{
	struct span dot;

	if (name.len <= domain.len)
		return span_eq(name, domain);
	dot = span_skip(name, name.len - domain.len - 1);
	return dot.p[0] == '.' && span_eq(span_skip(dot, 1), domain);
}

static enum dkim_fault
read_identity(struct reading *r)
{
	struct span i = value(r, "i");

	if (i.p == NULL)
		return DKIM_FAULT_NONE;
	if (!span_has(i, '@'))
		return DKIM_FAULT_IDENTITY;
	/* A "@" of the local part is in front of the domain's. */
	while (span_has(i, '@'))
		(void)span_until(&i, '@');
	if (!address_host_is_valid(i))
		return DKIM_FAULT_IDENTITY;
	i = lower(r, i);
	if (!is_within(i, r->sig->domain))
		return DKIM_FAULT_IDENTITY;
	r->sig->identity = i;
	return DKIM_FAULT_NONE;
}

/* RFC 5322 s2.2, where ";" would end the tag (RFC 6376 s3.5). */
static bool
is_field_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~')
			return false;
	return name.len > 0;
}

static enum dkim_fault
read_names(struct reading *r)
{
	struct span rest = value(r, "h"), name;
	bool has_from = false, more = true;

	r->sig->names = rest;
	for (size_t n = 0; more; n++) {
		more = span_has(rest, ':');
		name = dkim_take_word(&rest);
		if (!is_field_name(name) || n == DKIM_NAMES_MAX)
			return DKIM_FAULT_NAMES;
		has_from |= span_eq_nocase(name, SPAN_LIT("From"));
	}
	/* RFC 6376 s5.4: From MUST be signed. */
	return has_from ? DKIM_FAULT_NONE : DKIM_FAULT_FROM_NOT_SIGNED;
}

static enum dkim_fault
read_query(struct reading *r)
{
	struct span q = value(r, "q");

	return q.p == NULL || dkim_has_word(q, "dns/txt") ? DKIM_FAULT_NONE
							  : DKIM_FAULT_QUERY;
}

static bool
read_time(struct span s, int64_t *ret)
{
	if (s.p == NULL)
		return true;
	return is_digits(s, TIME_DIGITS_MAX) &&
	    num_parse(s, 0, INT64_MAX, ret) == E_OK;
}

/* RFC 6376 s3.5: x= MUST be greater than t=. */
static enum dkim_fault
read_times(struct reading *r)
{
	struct dkim_signature *sig = r->sig;

	if (!read_time(value(r, "t"), &sig->signed_s) ||
	    !read_time(value(r, "x"), &sig->expires_s) ||
	    (sig->expires_s >= 0 && sig->expires_s <= sig->signed_s))
		return DKIM_FAULT_TIMES;
	return DKIM_FAULT_NONE;
}

static enum dkim_fault
read_length(struct reading *r)
{
	return r->length.p == NULL || is_digits(r->length, LENGTH_DIGITS_MAX)
	    ? DKIM_FAULT_NONE
	    : DKIM_FAULT_LENGTH;
}

static enum dkim_fault
read_bytes(struct reading *r)
{
	const struct dkim_tag *b = dkim_tag(&r->tags, "b");
	unsigned char bytes[DKIM_SIGNATURE_MAX];
	size_t len, hash_len;

	r->sig->b_text = b->value;
	r->sig->b_whole = b->whole;
	if (!dkim_base64_read(value(r, "bh"), r->body_hash, SHA256_SIZE,
		&hash_len) ||
	    hash_len != SHA256_SIZE ||
	    !dkim_base64_read(b->value, bytes, sizeof(bytes), &len) ||
	    len == 0 || len > sizeof(bytes))
		return DKIM_FAULT_BASE64;
	r->sig->signature = arena_copy(r->arena,
	    (struct span){ (const char *)bytes, len });
	if (r->sig->signature.p == NULL)
		r->err = E_NOMEM;
	return DKIM_FAULT_NONE;
}

static enum dkim_fault
read_field(struct reading *r)
{
	static step_fn *const steps[] = { read_tags, read_version, read_domain,
		read_algorithm, read_canonical, read_identity, read_names,
		read_query, read_times, read_length, read_bytes };
	enum dkim_fault fault = DKIM_FAULT_NONE;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (fault == DKIM_FAULT_NONE && r->err == E_OK)
			fault = steps[i](r);
	return fault;
}

/* -- the body -- */

/* Each canonical form is made once, when the first signature asks for it. */
struct body {
	struct span raw;
	struct {
		bool done;
		struct buf text;
		unsigned char hash[SHA256_SIZE];
	} of[2];
};

static enum err
hash(struct span s, unsigned char ret[SHA256_SIZE])
{
	return EVP_Digest(s.p, s.len, ret, NULL, EVP_sha256(), NULL) == 1
	    ? E_OK
	    : E_IO;
}

static enum err
make_canonical(struct body *b, enum dkim_canonical way)
{
	struct buf *text = &b->of[way].text;
	enum err e;

	if (b->of[way].done)
		return E_OK;
	*text = BUF_INIT(b->raw.len + 2);
	dkim_canonical_body(way, b->raw, text);
	e = text->err;
	if (e == E_OK)
		e = hash(buf_span(text), b->of[way].hash);
	b->of[way].done = e == E_OK;
	return e;
}

/* RFC 6376 s3.5: l= counts bytes of the canonical body, and MUST NOT be more
 * than it has. */
static enum err
hash_part(struct span canonical, struct span length,
    unsigned char ret[SHA256_SIZE], enum dkim_fault *fault)
{
	int64_t len;

	if (num_parse(length, 0, (int64_t)canonical.len, &len) == E_OK)
		return hash(span_head(canonical, (size_t)len), ret);
	*fault = DKIM_FAULT_LENGTH;
	return E_OK;
}

static enum dkim_fault
check_body(struct reading *r, struct body *b)
{
	enum dkim_canonical way = r->sig->body_way;
	enum dkim_fault fault = DKIM_FAULT_NONE;
	unsigned char got[SHA256_SIZE] = { 0 };

	r->err = make_canonical(b, way);
	if (r->err != E_OK)
		return fault;
	memcpy(got, b->of[way].hash, sizeof(got));
	if (r->sig->has_length)
		r->err = hash_part(buf_span(&b->of[way].text), r->length, got,
		    &fault);
	if (fault == DKIM_FAULT_NONE &&
	    memcmp(got, r->body_hash, sizeof(got)) != 0)
		fault = DKIM_FAULT_BODY;
	return fault;
}

static void
free_body(struct body *b)
{
	buf_free(&b->of[DKIM_SIMPLE].text);
	buf_free(&b->of[DKIM_RELAXED].text);
}

/* -- the message -- */

static struct span
make_key_name(struct reading *r)
{
	struct buf name = BUF_INIT(KEY_NAME_MAX);
	struct span ret;

	buf_add(&name, r->sig->selector);
	buf_adds(&name, KEY_LABEL);
	buf_add(&name, r->sig->domain);
	ret = arena_copy(r->arena, buf_span(&name));
	if (name.err != E_OK || ret.p == NULL)
		r->err = E_NOMEM;
	buf_free(&name);
	return ret;
}

static enum err
read_signature(const struct mime_field *field, struct body *body,
    int64_t received_s, struct arena *arena, struct dkim_signature *ret)
{
	struct reading r = { .sig = ret, .arena = arena };

	*ret = (struct dkim_signature){ .field = field,
		.signed_s = -1,
		.expires_s = -1 };
	ret->fault = read_field(&r);
	if (ret->fault == DKIM_FAULT_NONE && ret->expires_s >= 0 &&
	    received_s > ret->expires_s)
		ret->fault = DKIM_FAULT_EXPIRED;
	if (ret->fault == DKIM_FAULT_NONE && r.err == E_OK)
		ret->fault = check_body(&r, body);
	if (ret->fault == DKIM_FAULT_NONE && r.err == E_OK)
		ret->key_name = make_key_name(&r);
	return r.err;
}

static bool
is_signature(const struct mime_field *f)
{
	return span_eq_nocase(f->name, SPAN_LIT("DKIM-Signature"));
}

static void
count(struct dkim_signatures *all)
{
	for (size_t i = 0; i < all->header.n; i++)
		all->n += is_signature(&all->header.v[i]);
	if (all->n > DKIM_SIGNATURES_MAX) {
		all->left_out = all->n - DKIM_SIGNATURES_MAX;
		all->n = DKIM_SIGNATURES_MAX;
	}
}

static enum err
read_all(struct dkim_signatures *all, struct body *body, int64_t received_s,
    struct arena *arena)
{
	size_t n = 0;
	enum err e = E_OK;

	count(all);
	all->v = arena_alloc(arena, DKIM_SIGNATURES_MAX * sizeof(*all->v));
	if (all->v == NULL)
		return E_NOMEM;
	for (size_t i = 0; n < all->n && e == E_OK; i++)
		if (is_signature(&all->header.v[i]))
			e = read_signature(&all->header.v[i], body, received_s,
			    arena, &all->v[n++]);
	return e;
}

enum err
dkim_signatures_read(struct span message, int64_t received_s,
    struct arena *arena, struct dkim_signatures *ret, struct why *why)
{
	struct dkim_signatures all = { .n = 0 };
	struct body body = { .raw = message };
	enum err e;

	mime_skip_mailbox_line(&message);
	body.raw = message;
	e = mime_take_header(&body.raw, arena, &all.header, why);
	if (e == E_OK && message.len - body.raw.len > DKIM_HEADER_MAX)
		e = why_set(why, E_RANGE, "a header of more than %d bytes",
		    DKIM_HEADER_MAX);
	if (e == E_OK)
		e = read_all(&all, &body, received_s, arena);
	free_body(&body);
	if (e == E_OK)
		*ret = all;
	return e == E_OK ? E_OK : why_set(why, e, "%s", err_text(e));
}
