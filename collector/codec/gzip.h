/* codec/gzip.h -- RFC 1952, and the DEFLATE stream inside it. Pure. */
#ifndef CODEC_GZIP_H
#define CODEC_GZIP_H

#include <stdint.h>

#include "base/buf.h"

/* Append plain as one gzip member without name and time. E_NOMEM, E_RANGE: past
 * out's ceiling. */
MUST_CHECK enum err gzip_compress(struct span plain, struct buf *out);

/* The same for what is sent at once: larger by some percent, in a fraction of
 * the time. */
MUST_CHECK enum err gzip_compress_fast(struct span plain, struct buf *out);

/* The same for what is compressed already: no smaller, and without the work. */
MUST_CHECK enum err gzip_wrap(struct span plain, struct buf *out);

/* Append what gz expands to: one or more members and nothing behind them.
 * E_RANGE: past out's ceiling; E_SYNTAX: damaged or cut short; E_NOMEM. */
MUST_CHECK enum err gzip_expand(struct span gz, struct buf *out);

/* The same for one DEFLATE stream (RFC 1951) without a frame, as archives hold
 * it. expected: how many bytes it is said to expand to, which need not be so.
 */
MUST_CHECK enum err gzip_expand_raw(struct span deflated, size_t expected,
    struct buf *out);

/* The CRC-32 of RFC 1952, which archives use as well. */
uint32_t gzip_crc(struct span);

#endif
