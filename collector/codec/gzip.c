#include "codec/gzip.h"

#include <endian.h>
#include <limits.h>
#include <zlib.h>

#define WINDOW_BITS (15 + 16) /* + 16: gzip instead of zlib framing */
#define RAW_WINDOW_BITS (-15) /* no framing */
#define CHUNK_MIN 16384
#define CHUNK_MAX (1 << 30)
#define DEFLATE_RATIO_MAX 1032 /* zlib's "Maximum Compression Factor" */
#define MEMORY_LEVEL 8

enum err
gzip_compress(struct span plain, struct buf *out)
{
	size_t before = out->len;
	z_stream z = { 0 };
	char *at;
	uLong bound;
	int rc;

	if (plain.len > UINT_MAX)
		return E_RANGE;
	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_BITS,
		MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return E_NOMEM;
	bound = deflateBound(&z, plain.len);
	if ((at = buf_extend(out, bound)) == NULL) {
		(void)deflateEnd(&z);
		return out->err;
	}
	z.next_in = (z_const Bytef *)plain.p;
	z.avail_in = (uInt)plain.len;
	z.next_out = (Bytef *)at;
	z.avail_out = (uInt)bound;
	rc = deflate(&z, Z_FINISH);
	out->len = before + z.total_out;
	out->p[out->len] = '\0';
	(void)deflateEnd(&z);
	return rc == Z_STREAM_END ? E_OK : E_NOMEM;
}

/* One byte where none is allowed: is the stream's end all that is left? */
static enum err
expand_nothing(z_stream *z, int *ret_rc)
{
	unsigned char past;

	z->next_out = &past;
	z->avail_out = sizeof(past);
	*ret_rc = inflate(z, Z_FINISH);
	return z->avail_out == 0 ? E_RANGE : E_OK;
}

/* Inflate into the next n bytes of out, or as many as its ceiling leaves. */
static enum err
expand_some(z_stream *z, size_t n, struct buf *out, int *ret_rc)
{
	size_t left = out->max - out->len;
	char *at;

	if (left == 0)
		return expand_nothing(z, ret_rc);
	if (n > left)
		n = left;
	if ((at = buf_extend(out, n)) == NULL)
		return out->err;
	z->next_out = (Bytef *)at;
	z->avail_out = (uInt)n;
	/* To the end if there is room: then zlib keeps no window. */
	*ret_rc = inflate(z, Z_FINISH);
	out->len -= z->avail_out;
	out->p[out->len] = '\0';
	return E_OK;
}

/* Inflate what is left of the input until a stream ends. */
static enum err
expand_stream(z_stream *z, size_t expected, struct buf *out)
{
	size_t n = expected > CHUNK_MIN ? expected : CHUNK_MIN;
	int rc = Z_OK;
	enum err e;

	do {
		e = expand_some(z, n < CHUNK_MAX ? n : CHUNK_MAX, out, &rc);
		if (e != E_OK)
			return e;
		if (rc == Z_BUF_ERROR && z->avail_out == 0)
			rc = Z_OK; /* there was too little room */
		n = out->len > CHUNK_MIN ? out->len : CHUNK_MIN;
	} while (rc == Z_OK);
	if (rc == Z_STREAM_END)
		return E_OK;
	return rc == Z_MEM_ERROR ? E_NOMEM : E_SYNTAX;
}

/* The most that so many bytes can expand to: what an input says of itself is
 * believed up to there. */
static size_t
believe(size_t expected, size_t input)
{
	return expected / DEFLATE_RATIO_MAX < input ? expected
						    : input * DEFLATE_RATIO_MAX;
}

static enum err
start(z_stream *z, struct span in, int window_bits)
{
	if (in.len > UINT_MAX)
		return E_RANGE;
	if (inflateInit2(z, window_bits) != Z_OK)
		return E_NOMEM;
	z->next_in = (z_const Bytef *)in.p;
	z->avail_in = (uInt)in.len;
	return E_OK;
}

/* RFC 1952 s2.3.1: ISIZE, the last four bytes. */
static size_t
told_size(struct span gz)
{
	uint32_t isize = 0;

	if (gz.len >= sizeof(isize))
		memcpy(&isize, gz.p + gz.len - sizeof(isize), sizeof(isize));
	return le32toh(isize);
}

enum err
gzip_expand(struct span gz, struct buf *out)
{
	size_t expected = believe(told_size(gz), gz.len);
	z_stream z = { 0 };
	enum err e = start(&z, gz, WINDOW_BITS);

	if (e != E_OK)
		return e;
	do
		e = expand_stream(&z, expected, out);
	while (e == E_OK && z.avail_in > 0 && inflateReset(&z) == Z_OK);
	(void)inflateEnd(&z);
	return e;
}

enum err
gzip_expand_raw(struct span deflated, size_t expected, struct buf *out)
{
	z_stream z = { 0 };
	enum err e = start(&z, deflated, RAW_WINDOW_BITS);

	if (e != E_OK)
		return e;
	e = expand_stream(&z, believe(expected, deflated.len), out);
	if (e == E_OK && z.avail_in > 0)
		e = E_SYNTAX;
	(void)inflateEnd(&z);
	return e;
}

uint32_t
gzip_crc(struct span s)
{
	return (uint32_t)crc32_z(0, (const Bytef *)s.p, s.len);
}
