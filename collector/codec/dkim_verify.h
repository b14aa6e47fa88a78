/* codec/dkim_verify.h -- a DKIM signature judged by its key: RFC 6376 s6.1,
 * RFC 8301, RFC 8463. Pure. */
#ifndef CODEC_DKIM_VERIFY_H
#define CODEC_DKIM_VERIFY_H

#include "codec/dkim_signature.h"

#define DKIM_VERIFY_BITS_MIN 1024 /* RFC 8301 s3.2: of an RSA key */

struct dkim_judgement {
	enum dkim_fault fault; /* DKIM_FAULT_NONE: it passes */
	/* Of the key, once it could be read. */
	unsigned key_bits; /* 0: it could not */
	bool for_all;	   /* s= is not there or has "*" */
	bool for_email;	   /* s= has "email" */
	bool for_tlsrpt;   /* s= has "tlsrpt" */
	bool testing;	   /* t=y: it does not pass, whatever else */
	bool strict;	   /* t=s */
};

/* The signature is one of all. txts: what stands at its key_name, none if there
 * is no such name, the strings of each record joined; untrusted bytes. Those
 * that are no key records do not count. A signature that has a fault already
 * keeps it. E_NOMEM; E_IO: the library failed. */
MUST_CHECK enum err dkim_verify(const struct dkim_signatures *all,
    const struct dkim_signature *, struct span_list txts,
    struct dkim_judgement *ret);

/* What it is while DNS gives no answer. */
struct dkim_judgement dkim_verify_without_answer(const struct dkim_signature *);

#endif
