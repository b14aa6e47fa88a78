#include "codec/hmac_sha256.h"

#include "base/buf.h"

#define BLOCK 64 /* bytes: FIPS 180-4 s1 */

/* RFC 2104 s2: H(K XOR pad, text). */
static enum err
padded(const unsigned char key[BLOCK], unsigned char pad, struct span text,
    unsigned char ret[SHA256_BYTES])
{
	struct buf all = BUF_INIT(BLOCK + text.len);
	enum err e;

	for (size_t i = 0; i < BLOCK; i++)
		buf_addc(&all, (char)(key[i] ^ pad));
	buf_add(&all, text);
	e = all.err == E_OK ? sha256(buf_span(&all), ret) : all.err;
	if (all.p != NULL)
		explicit_bzero(all.p, all.len);
	buf_free(&all);
	return e;
}

enum err
hmac_sha256(struct span key, struct span text, unsigned char ret[SHA256_BYTES])
{
	unsigned char block[BLOCK] = { 0 }, inner[SHA256_BYTES];
	enum err e = E_OK;

	/* RFC 2104 s3 */
	if (key.len > BLOCK)
		e = sha256(key, block);
	else if (key.len > 0)
		memcpy(block, key.p, key.len);
	if (e == E_OK)
		e = padded(block, 0x36, text, inner);
	if (e == E_OK)
		e = padded(block, 0x5c,
		    (struct span){ (const char *)inner, sizeof(inner) }, ret);
	explicit_bzero(block, sizeof(block));
	return e;
}
