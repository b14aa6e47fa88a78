#include "codec/dkim_verify.h"

#include "codec/dkim_fields.h"
#include "codec/dkim_key.h"
#include "codec/dkim_public_key.h"
#include "codec/dkim_record.h"

/* -- the record -- */

static bool
begins_as_record(struct span txt)
{
	return span_take(&txt, SPAN_LIT("v=DKIM1"));
}

/* RFC 6376 s3.6.2.2: with several the results are undefined. What does not
 * even begin as a record is of something else, such as a wildcard. */
static enum dkim_fault
choose_record(struct span_list txts, struct dkim_record *ret)
{
	enum dkim_fault fault = DKIM_FAULT_KEY_ABSENT;
	struct dkim_record r;

	for (size_t i = 0; i < txts.n; i++) {
		if (!dkim_record_read(txts.v[i], &r)) {
			if (begins_as_record(txts.v[i]) &&
			    fault == DKIM_FAULT_KEY_ABSENT)
				fault = DKIM_FAULT_KEY_BROKEN;
			continue;
		}
		if (fault == DKIM_FAULT_NONE)
			return DKIM_FAULT_KEY_SEVERAL;
		fault = DKIM_FAULT_NONE;
		*ret = r;
	}
	return fault;
}

static void
read_uses(const struct dkim_record *r, struct dkim_judgement *j)
{
	j->for_all = r->services.p == NULL || dkim_has_word(r->services, "*");
	j->for_email = dkim_has_word(r->services, "email");
	j->for_tlsrpt = dkim_has_word(r->services, "tlsrpt");
	j->testing = dkim_has_word(r->flags, "y");
	j->strict = dkim_has_word(r->flags, "s");
}

/* RFC 6376 s6.1.2. */
static enum dkim_fault
check_record(const struct dkim_record *r, const struct dkim_signature *sig,
    const struct dkim_judgement *j)
{
	const char *type = sig->kind == DKIM_RSA_SHA256 ? "rsa" : "ed25519";

	if (r->key.len == 0)
		return DKIM_FAULT_KEY_REVOKED;
	if (!span_eq(r->type, span_str(type)))
		return DKIM_FAULT_KEY_TYPE;
	if (r->hashes.p != NULL && !dkim_has_word(r->hashes, "sha256"))
		return DKIM_FAULT_KEY_HASH;
	/* RFC 6376 s3.6.1: i= MUST NOT be a subdomain of d= then. */
	if (j->strict && !span_eq(sig->identity, sig->domain))
		return DKIM_FAULT_KEY_STRICT;
	return DKIM_FAULT_NONE;
}

static enum err
read_key(const struct dkim_record *r, enum dkim_algorithm kind,
    struct dkim_public_key **ret)
{
	unsigned char bytes[DKIM_RECORD_MAX];
	size_t len;

	if (!dkim_base64_read(r->key, bytes, sizeof(bytes), &len) ||
	    len > sizeof(bytes))
		return E_SYNTAX;
	return kind == DKIM_RSA_SHA256
	    ? dkim_public_key_rsa((struct span){ (char *)bytes, len }, ret)
	    : dkim_public_key_ed25519((struct span){ (char *)bytes, len }, ret);
}

/* -- the signature -- */

/* RFC 6376 s3.7: the field of the signature itself comes last, with b= empty
 * and without a CRLF. */
static void
add_own_field(const struct dkim_signature *sig, struct buf *out)
{
	struct span raw = sig->field->raw;
	struct buf field = BUF_INIT(raw.len);
	size_t before = (size_t)(sig->b_whole.p - raw.p);

	buf_add(&field, span_head(raw, before));
	buf_add(&field, span_skip(raw, before + sig->b_whole.len));
	dkim_canonical_field(sig->header_way, buf_span(&field), out);
	if (field.err != E_OK && out->err == E_OK)
		out->err = field.err;
	buf_free(&field);
}

static enum err
check_signature(const struct dkim_signatures *all,
    const struct dkim_signature *sig, const struct dkim_public_key *key)
{
	struct buf data = BUF_INIT(3 * DKIM_HEADER_MAX);
	enum err e;

	dkim_fields_add(sig->header_way, &all->header, sig->field, sig->names,
	    &data);
	add_own_field(sig, &data);
	e = data.err;
	if (e == E_OK)
		e = dkim_public_key_verify(key, buf_span(&data),
		    sig->signature);
	buf_free(&data);
	return e;
}

/* Leaves j->fault alone if it is right. */
static enum err
check_with_key(const struct dkim_signatures *all,
    const struct dkim_signature *sig, const struct dkim_record *r,
    struct dkim_judgement *j)
{
	struct dkim_public_key *key = NULL;
	enum err e = read_key(r, sig->kind, &key);

	if (e == E_SYNTAX) {
		j->fault = DKIM_FAULT_KEY_BROKEN;
		return E_OK;
	}
	if (e != E_OK)
		return e;
	j->key_bits = dkim_public_key_bits(key);
	if (sig->kind == DKIM_RSA_SHA256 &&
	    (j->key_bits < DKIM_VERIFY_BITS_MIN ||
		j->key_bits > DKIM_RSA_BITS_MAX))
		j->fault = DKIM_FAULT_KEY_SIZE;
	else
		e = check_signature(all, sig, key);
	if (e == E_DENIED) {
		j->fault = DKIM_FAULT_SIGNATURE;
		e = E_OK;
	}
	dkim_public_key_free(key);
	return e;
}

enum err
dkim_verify(const struct dkim_signatures *all, const struct dkim_signature *sig,
    struct span_list txts, struct dkim_judgement *ret)
{
	struct dkim_judgement j = { .fault = sig->fault };
	struct dkim_record r;
	enum err e = E_OK;

	if (j.fault == DKIM_FAULT_NONE)
		j.fault = choose_record(txts, &r);
	if (j.fault == DKIM_FAULT_NONE) {
		read_uses(&r, &j);
		j.fault = check_record(&r, sig, &j);
	}
	if (j.fault == DKIM_FAULT_NONE)
		e = check_with_key(all, sig, &r, &j);
	/* RFC 6376 s3.6.1: not to be treated better than one without. */
	if (j.fault == DKIM_FAULT_NONE && j.testing)
		j.fault = DKIM_FAULT_KEY_TESTING;
	if (e == E_OK)
		*ret = j;
	return e;
}

struct dkim_judgement
dkim_verify_without_answer(const struct dkim_signature *sig)
{
	return (struct dkim_judgement){
		.fault = sig->fault == DKIM_FAULT_NONE ? DKIM_FAULT_KEY_UNKNOWN
						       : sig->fault,
	};
}
