/* codec/dkim_tags.h -- lists of tags, which signatures and key records of DKIM
 * are: RFC 6376 s3.2. Pure. */
#ifndef CODEC_DKIM_TAGS_H
#define CODEC_DKIM_TAGS_H

#include "base/span.h"

#define DKIM_TAGS_MAX \
	32 /* of a list; 13 are known of a signature, 8 of a key */

/* Views of the list. */
struct dkim_tag {
	struct span name;
	struct span value; /* without the blanks around it */
	struct span whole; /* with them: all between "=" and ";" */
};

struct dkim_tags {
	struct dkim_tag v[DKIM_TAGS_MAX];
	size_t n;
};

/* text: untrusted bytes. False, and *ret is left alone: it is no such list, a
 * tag is there twice, or there are more than DKIM_TAGS_MAX. */
bool dkim_tags_read(struct span text, struct dkim_tags *ret);

/* NULL: it is not there. */
const struct dkim_tag *dkim_tag(const struct dkim_tags *, const char *name);
/* p is NULL: it is not there. */
struct span dkim_tag_value(const struct dkim_tags *, const char *name);

/* Cut the first of the words that have ":" between them off *list, and take the
 * blanks around it away. */
struct span dkim_take_word(struct span *list);
bool dkim_has_word(struct span list, const char *word);

/* The bytes of base64 with blanks anywhere and padding or not (RFC 6376 s2.10),
 * at most max of them: those past it are counted only. False: it is none. */
bool dkim_base64_read(struct span text, unsigned char *bytes, size_t max,
    size_t *ret_len);

#endif
