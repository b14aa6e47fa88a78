#include "codec/tlsa.h"

enum { FULL, SHA2_256, SHA2_512 }; /* RFC 7218: matching types */

enum err
tlsa_read(struct span rdata, struct tlsa *ret, struct why *why)
{
	if (rdata.len < 4)
		return why_set(why, E_SYNTAX, "too short for a TLSA record");
	if (rdata.len - 3 > TLSA_DATA_MAX)
		return why_set(why, E_RANGE, "more than %d bytes",
		    TLSA_DATA_MAX);
	*ret = (struct tlsa){
		.usage = (uint8_t)rdata.p[0],
		.selector = (uint8_t)rdata.p[1],
		.matching = (uint8_t)rdata.p[2],
		.data = span_skip(rdata, 3),
	};
	return E_OK;
}

void
tlsa_write(struct buf *out, const struct tlsa *t)
{
	buf_addf(out, "%u %u %u ", t->usage, t->selector, t->matching);
	for (size_t i = 0; i < t->data.len; i++)
		buf_addf(out, "%02x", (unsigned char)t->data.p[i]);
}

const char *
tlsa_unusable(const struct tlsa *t)
{
	/* RFC 7672 s3.1.3: PKIX-TA(0) and PKIX-EE(1) are treated as unusable.
	 */
	if (t->usage != TLSA_DANE_TA && t->usage != TLSA_DANE_EE)
		return "the usage is none of DANE-TA(2) and DANE-EE(3)";
	if (t->selector > 1)
		return "the selector is none of Cert(0) and SPKI(1)";
	if (t->matching > SHA2_512)
		return "the matching type is not known";
	if ((t->matching == SHA2_256 && t->data.len != 32) ||
	    (t->matching == SHA2_512 && t->data.len != 64))
		return "the digest has the wrong length";
	/* A digest can be of anything, these bytes are a DER sequence. */
	if (t->matching == FULL && t->data.p[0] != 0x30)
		return "it is neither a certificate nor a key";
	return NULL;
}
