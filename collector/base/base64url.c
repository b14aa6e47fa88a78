#include "base/base64url.h"

#include "base/ascii.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
base64url_encode(struct span bytes, struct buf *out)
{
	unsigned bits = 0, nbits = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		bits = bits << 8 | (unsigned char)bytes.p[i];
		nbits += 8;
		for (; nbits >= 6; nbits -= 6)
			buf_addc(out, alphabet[bits >> (nbits - 6) & 63]);
		bits &= (1U << nbits) - 1;
	}
	if (nbits > 0)
		buf_addc(out, alphabet[bits << (6 - nbits) & 63]);
}

/* -1: not a letter of the alphabet. */
static int
value_of(char c)
{
	const char *at = c == '\0' ? NULL : strchr(alphabet, c);

	return at == NULL ? -1 : (int)(at - alphabet);
}

enum err
base64url_decode(struct span text, struct buf *out)
{
	unsigned bits = 0, nbits = 0;

	if (text.len % 4 == 1)
		return E_SYNTAX;
	for (size_t i = 0; i < text.len; i++) {
		int value = value_of(text.p[i]);

		if (value < 0)
			return E_SYNTAX;
		bits = bits << 6 | (unsigned)value;
		nbits += 6;
		if (nbits >= 8) {
			nbits -= 8;
			buf_addc(out, (char)(bits >> nbits & 255));
		}
		bits &= (1U << nbits) - 1;
	}
	/* RFC 4648 s3.5: what is left over is zero. */
	return bits != 0 ? E_SYNTAX : out->err;
}
