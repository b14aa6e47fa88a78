/* codec/dkim_record.h -- a published DKIM key record: does it let our key sign
 * reports? RFC 6376 s3.6.1, RFC 8463. Pure. */
#ifndef CODEC_DKIM_RECORD_H
#define CODEC_DKIM_RECORD_H

#include "base/span.h"

#define DKIM_TAGS_MAX 32 /* of a record; those that are known are 8 */

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
