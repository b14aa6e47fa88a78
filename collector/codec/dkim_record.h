/* codec/dkim_record.h -- a published DKIM key record; does it let our key sign
 * reports? RFC 6376 s3.6.1, RFC 8463. Pure. */
#ifndef CODEC_DKIM_RECORD_H
#define CODEC_DKIM_RECORD_H

#include "codec/dkim_tags.h"

/* Views of the record; p is NULL where the tag is not there. */
struct dkim_record {
	struct span type;     /* k=; "rsa" if it is not there */
	struct span key;      /* p=: base64, not checked yet; empty: revoked */
	struct span hashes;   /* h=: words */
	struct span services; /* s=: words */
	struct span flags;    /* t=: words */
};

/* txt: untrusted bytes, the strings of one record joined. False, and *ret is
 * left alone: it is no key record. */
bool dkim_record_read(struct span txt, struct dkim_record *ret);

enum dkim_published {
#define DKIM_PUBLISHED(name, sentence) DKIM_PUBLISHED_##name,
#include "codec/dkim_published.def"
#undef DKIM_PUBLISHED
};

/* txts: what stands at the selector, the strings of each record joined:
 * untrusted bytes. ours: what dkim_key_record makes of our key; its s= does not
 * count. Of several faults the one that stands first in the table is told.
 *
 * Keys are compared as bytes. An RSA key may stand there as
 * SubjectPublicKeyInfo, which is what everybody publishes, or as RSAPublicKey,
 * which is what RFC 6376 says: each has one encoding in DER. */
enum dkim_published dkim_record_judge(struct span_list txts, struct span ours);

/* One sentence: what is wrong and what to do. */
const char *dkim_published_sentence(enum dkim_published);

#endif
