/* codec/dkim_signature.h -- the DKIM signatures that a message has, as far as
 * they can be judged without their keys: RFC 6376 s3.5 and RFC 6376 s6.1.1.
 * Pure. */
#ifndef CODEC_DKIM_SIGNATURE_H
#define CODEC_DKIM_SIGNATURE_H

#include <stdint.h>

#include "codec/dkim_canonical.h"
#include "codec/dkim_fault.h"
#include "codec/mime_read.h"

#define DKIM_SIGNATURES_MAX 5 /* of a message that are looked at */
#define DKIM_NAMES_MAX 256    /* in h= of a signature */

enum dkim_algorithm { DKIM_RSA_SHA256, DKIM_ED25519_SHA256 };

struct dkim_signature {
	const struct mime_field *field;
	/* What it claims, as far as that could be read; lower case but for the
	 * last. Empty where it could not. */
	struct span domain;    /* d= */
	struct span selector;  /* s= */
	struct span identity;  /* the domain of i=, which is d= without i= */
	struct span algorithm; /* a= */
	struct span b_text;    /* b=, with blanks */
	bool has_length;       /* l=: reports MUST NOT have it (s3) */
	int64_t signed_s;      /* t=, UTC; -1: it does not say */
	int64_t expires_s;     /* x= */
	/* DKIM_FAULT_NONE: its key decides. */
	enum dkim_fault fault;
	/* The name in DNS of its key record; empty if no key can help it. */
	struct span key_name;

	/* For dkim_verify. */
	enum dkim_algorithm kind;
	enum dkim_canonical header_way, body_way;
	struct span names;     /* h= */
	struct span b_whole;   /* what is taken out of the field */
	struct span signature; /* the bytes of b= */
};

struct dkim_signatures {
	struct dkim_signature *v; /* as they stand in the header */
	size_t n;
	size_t left_out; /* that there are past DKIM_SIGNATURES_MAX */
	struct mime_header header;
};

/* message: untrusted bytes, which must outlast *ret, with CRLF at the end of
 * each line (codec/crlf.h makes such). Its body is compared with what each
 * signature says of it. Everything of *ret is in the arena and the message.
 *   received_s  when the message was received, UTC: x= is judged by it
 * E_RANGE: a header past DKIM_HEADER_MAX or MIME_FIELDS_MAX; E_NOMEM; E_IO: the
 * library failed. */
MUST_CHECK enum err dkim_signatures_read(struct span message,
    int64_t received_s, struct arena *, struct dkim_signatures *ret,
    struct why *why);

#endif
