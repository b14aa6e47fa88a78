#include "codec/secret.h"

#include "base/base64url.h"

void
secret_text(const unsigned char random[SECRET_BYTES],
    char ret[SECRET_TEXT_SIZE])
{
	struct buf text = BUF_INIT(SECRET_TEXT_SIZE);

	base64url_encode((struct span){ (const char *)random, SECRET_BYTES },
	    &text);
	memcpy(ret, buf_str(&text), text.len);
	ret[text.len] = '\0';
	buf_free(&text);
}

enum err
secret_key(struct span text, unsigned char ret[SHA256_BYTES])
{
	if (text.len != SECRET_TEXT_SIZE - 1)
		return E_SYNTAX;
	return sha256(text, ret);
}

bool
secret_eq(struct span a, struct span b)
{
	unsigned char differ = a.len != b.len;

	for (size_t i = 0; a.len == b.len && i < a.len; i++)
		differ = (unsigned char)(differ | (a.p[i] ^ b.p[i]));
	return !differ;
}
