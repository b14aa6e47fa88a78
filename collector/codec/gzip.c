#include "codec/gzip.h"

#include <limits.h>
#include <zlib.h>

#define WINDOW_BITS (15 + 16) /* + 16: gzip instead of zlib framing */
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

/* Inflate what is left of the input until a member ends. */
static enum err
expand_member(z_stream *z, struct buf *out)
{
	unsigned char chunk[65536];
	int rc;

	do {
		z->next_out = chunk;
		z->avail_out = sizeof(chunk);
		rc = inflate(z, Z_NO_FLUSH);
		if (rc != Z_OK && rc != Z_STREAM_END)
			return rc == Z_MEM_ERROR ? E_NOMEM : E_SYNTAX;
		buf_add(out,
		    (struct span){ (char *)chunk,
			sizeof(chunk) - z->avail_out });
		if (out->err != E_OK)
			return out->err;
	} while (rc != Z_STREAM_END);
	return E_OK;
}

enum err
gzip_expand(struct span gz, struct buf *out)
{
	z_stream z = { 0 };
	enum err e;

	if (gz.len > UINT_MAX)
		return E_RANGE;
	if (inflateInit2(&z, WINDOW_BITS) != Z_OK)
		return E_NOMEM;
	z.next_in = (z_const Bytef *)gz.p;
	z.avail_in = (uInt)gz.len;
	do
		e = expand_member(&z, out);
	while (e == E_OK && z.avail_in > 0 && inflateReset(&z) == Z_OK);
	(void)inflateEnd(&z);
	return e;
}
