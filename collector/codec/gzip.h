/* codec/gzip.h -- RFC 1952. Pure. */
#ifndef CODEC_GZIP_H
#define CODEC_GZIP_H

#include "base/buf.h"

/* Append plain as one gzip member without name and time. E_NOMEM, E_RANGE: past
 * out's ceiling. */
MUST_CHECK enum err gzip_compress(struct span plain, struct buf *out);

/* Append what gz expands to: one or more members and nothing behind them.
 * E_RANGE: past out's ceiling; E_SYNTAX: damaged or cut short; E_NOMEM. */
MUST_CHECK enum err gzip_expand(struct span gz, struct buf *out);

#endif
