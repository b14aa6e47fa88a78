/* codec/dkim_fields.h -- which fields of a header a DKIM signature is over,
 * RFC 6376 s5.4.2. Pure. */
#ifndef CODEC_DKIM_FIELDS_H
#define CODEC_DKIM_FIELDS_H

#include "codec/dkim_canonical.h"
#include "codec/mime_read.h"

#define DKIM_HEADER_MAX 65536 /* bytes of a message's header */

/* Append the fields that names (h=) chooses, each with a CRLF: of those with a
 * name the undermost that was not chosen yet. A name with no field left adds
 * nothing.
 *   header  as mime_take_header gives it
 *   own     the field of the signature itself, which is never chosen, or NULL
 *   names   words with ":" between them */
void dkim_fields_add(enum dkim_canonical, const struct mime_header *header,
    const struct mime_field *own, struct span names, struct buf *out);

/* Whether names has that one; ASCII case does not count. */
bool dkim_fields_name(struct span names, const char *name);

#endif
