/* codec/tlsa.h -- one TLSA record, RFC 6698 s2.1, and whether SMTP may use it,
 * RFC 7672 s3.1. Pure. */
#ifndef CODEC_TLSA_H
#define CODEC_TLSA_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define TLSA_DATA_MAX 16384 /* of a whole certificate */
enum {
	TLSA_DANE_TA = 2, /* RFC 7218: usages that SMTP has */
	TLSA_DANE_EE = 3,
};

struct tlsa {
	uint8_t usage, selector, matching;
	struct span data; /* a part of the record */
};

/* E_SYNTAX: too short to be one; E_RANGE: past TLSA_DATA_MAX. */
MUST_CHECK enum err tlsa_read(struct span rdata, struct tlsa *ret,
    struct why *why);

/* "3 1 1 0123...": RFC 6698 s2.2, digits in lower case. */
void tlsa_write(struct buf *out, const struct tlsa *);

/* NULL, or constant words for a person why SMTP can make no use of it. */
const char *tlsa_unusable(const struct tlsa *);

#endif
