/* codec/zip.h -- a ZIP archive that holds one file, as some reporters send
 * reports. Pure. */
#ifndef CODEC_ZIP_H
#define CODEC_ZIP_H

#include "base/buf.h"

/* Append the one entry of an archive, stored or deflated. It is found by the
 * central directory at the end; what the entry's own header says must be the
 * same. Its name is not used.
 *   zip  untrusted bytes, from the archive's first to its last
 *   why  what is wrong, for a person; may be NULL
 * E_SYNTAX damaged, or with what is not taken: several entries, encryption,
 * zip64, other methods; E_RANGE past out's ceiling; E_NOMEM. */
MUST_CHECK enum err zip_expand(struct span zip, struct buf *out,
    struct why *why);

#endif
