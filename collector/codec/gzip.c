#include "codec/gzip.h"

#include <endian.h>
#include <limits.h>
#include <zlib.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#define WINDOW_BITS (15 + 16) /* + 16: gzip instead of zlib framing */
#define RAW_WINDOW_BITS (-15) /* no framing */
#define TRAILER_SIZE 8
#define CHUNK_MIN 16384
#define CHUNK_MAX (1 << 30)
#define DEFLATE_RATIO_MAX 1032 /* zlib's "Maximum Compression Factor" */
#define MEMORY_LEVEL 8
#define STORED_MAX 65535 /* RFC 1951 s3.2.4: bytes of a stored block */

static enum err
compress_at(int level, struct span plain, struct buf *out)
{
	size_t before = out->len;
	z_stream z = { 0 };
	char *at;
	uLong bound;
	int rc;

	if (plain.len > UINT_MAX)
		return E_RANGE;
	if (deflateInit2(&z, level, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL,
		Z_DEFAULT_STRATEGY) != Z_OK)
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

enum err
gzip_compress(struct span plain, struct buf *out)
{
	return compress_at(Z_DEFAULT_COMPRESSION, plain, out);
}

enum err
gzip_compress_fast(struct span plain, struct buf *out)
{
	return compress_at(Z_BEST_SPEED, plain, out);
}

/* -- the CRC -- */

#ifdef __x86_64__
#define FOLD_MIN 64

/* v times x^n, and the next 16 bytes added: what stands n bits further on. by
 * has two remainders of the polynomial, for the halves of v. */
__attribute__((target("pclmul"))) static inline __m128i
fold(__m128i v, __m128i by, __m128i next)
{
	return _mm_xor_si128(next,
	    _mm_xor_si128(_mm_clmulepi64_si128(v, by, 0x00),
		_mm_clmulepi64_si128(v, by, 0x11)));
}

static inline __m128i
load(const char *p)
{
	return _mm_loadu_si128((const __m128i *)p);
}

/* Replace the front of *s, which has FOLD_MIN bytes or more, by 16 bytes that
 * leave the same remainder; the start value of the CRC is in them. (Gopal et
 * al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ".) */
__attribute__((target("pclmul"))) static void
fold_front(struct span *s, unsigned char ret[16])
{
	/* x^(512+32), x^(512-32); x^(128+32), x^(128-32); bits reversed. */
	const __m128i by4 = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
	const __m128i by1 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
	__m128i v[4];

	for (int i = 0; i < 4; i++)
		v[i] = load(s->p + i * 16);
	v[0] = _mm_xor_si128(v[0], _mm_cvtsi32_si128(-1));
	for (*s = span_skip(*s, 64); s->len >= 64; *s = span_skip(*s, 64))
		for (int i = 0; i < 4; i++)
			v[i] = fold(v[i], by4, load(s->p + i * 16));
	for (int i = 1; i < 4; i++)
		v[0] = fold(v[0], by1, v[i]);
	_mm_storeu_si128((__m128i *)ret, v[0]);
}
#endif

uint32_t
gzip_crc(struct span s)
{
	uLong crc = 0;

#ifdef __x86_64__
	unsigned char front[16];

	if (s.len >= FOLD_MIN && __builtin_cpu_supports("pclmul")) {
		fold_front(&s, front);
		/* zlib starts with the complement of what it is given. */
		crc = crc32_z(UINT32_MAX, front, sizeof(front));
	}
#endif
	return (uint32_t)crc32_z(crc, (const Bytef *)s.p, s.len);
}

/* -- wrapping -- */

static void
add16(struct buf *out, uint16_t v)
{
	v = htole16(v);
	buf_add(out, (struct span){ (const char *)&v, sizeof(v) });
}

static void
add32(struct buf *out, uint32_t v)
{
	v = htole32(v);
	buf_add(out, (struct span){ (const char *)&v, sizeof(v) });
}

/* RFC 1951 s3.2.4. The lowest bit marks the last one. */
static void
add_stored(struct buf *out, struct span block, bool is_last)
{
	buf_add(out, is_last ? SPAN_LIT("\1") : SPAN_LIT("\0"));
	add16(out, (uint16_t)block.len);
	add16(out, (uint16_t)~block.len);
	buf_add(out, block);
}

enum err
gzip_wrap(struct span plain, struct buf *out)
{
	struct span left = plain;

	if (plain.len > UINT32_MAX)
		return E_RANGE;
	/* RFC 1952 s2.3: deflate, no flags, no time, unknown system. */
	buf_add(out, SPAN_LIT("\x1f\x8b\x08\0\0\0\0\0\0\xff"));
	do {
		struct span block = span_head(left, STORED_MAX);

		left = span_skip(left, block.len);
		add_stored(out, block, left.len == 0);
	} while (left.len > 0);
	add32(out, gzip_crc(plain));
	add32(out, (uint32_t)plain.len);
	return out->err;
}

/* -- expanding -- */

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

static uint32_t
get32(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

/* RFC 1952 s2.3.1: CRC32 and ISIZE stand behind the data of a member. */
static bool
trailer_is_right(const char *trailer, struct span plain)
{
	return get32(trailer) == gzip_crc(plain) &&
	    get32(trailer + 4) == (uint32_t)plain.len;
}

static enum err
expand_member(z_stream *z, size_t expected, struct buf *out)
{
	size_t before = out->len;
	enum err e = expand_stream(z, expected, out);

	if (e == E_OK &&
	    !trailer_is_right((const char *)z->next_in - TRAILER_SIZE,
		span_skip(buf_span(out), before)))
		e = E_SYNTAX;
	return e;
}

enum err
gzip_expand(struct span gz, struct buf *out)
{
	size_t expected = gz.len < TRAILER_SIZE
	    ? 0
	    : believe(get32(gz.p + gz.len - 4), gz.len);
	z_stream z = { 0 };
	enum err e = start(&z, gz, WINDOW_BITS);

	if (e != E_OK)
		return e;
	/* The sums are looked at here: zlib's take a sixth of the time. */
	(void)inflateValidate(&z, 0);
	do
		e = expand_member(&z, expected, out);
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
