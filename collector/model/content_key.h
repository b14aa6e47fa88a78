/* model/content_key.h -- the name of a record, policy or failure detail: equal
 * content has an equal key on every machine. */
#ifndef MODEL_CONTENT_KEY_H
#define MODEL_CONTENT_KEY_H

#include "base/span.h"

#define CONTENT_KEY_BYTES 16

struct content_key {
	unsigned char b[CONTENT_KEY_BYTES];
};

static inline struct span
content_key_span(const struct content_key *k)
{
	return (struct span){ (const char *)k->b, CONTENT_KEY_BYTES };
}

static inline int
content_key_cmp(const struct content_key *a, const struct content_key *b)
{
	return memcmp(a->b, b->b, CONTENT_KEY_BYTES);
}

#endif
