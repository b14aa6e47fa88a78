#include "base/base64.h"

#define LINE_BYTES 57 /* 76 letters */

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Four letters of 1 to 3 bytes. */
static void
encode_group(const unsigned char *p, size_t n, char ret[4])
{
	unsigned v = (unsigned)p[0] << 16;

	if (n > 1)
		v |= (unsigned)p[1] << 8;
	if (n > 2)
		v |= p[2];
	ret[0] = alphabet[v >> 18];
	ret[1] = alphabet[v >> 12 & 63];
	ret[2] = n > 1 ? alphabet[v >> 6 & 63] : '=';
	ret[3] = n > 2 ? alphabet[v & 63] : '=';
}

void
base64_encode(struct span bytes, struct buf *out)
{
	while (bytes.len > 0) {
		size_t n = bytes.len < 3 ? bytes.len : 3;
		char group[4];

		encode_group((const unsigned char *)bytes.p, n, group);
		buf_add(out, (struct span){ group, sizeof(group) });
		bytes = span_skip(bytes, n);
	}
}

void
base64_encode_lines(struct span bytes, struct buf *out)
{
	while (bytes.len > 0) {
		struct span line = span_head(bytes, LINE_BYTES);

		base64_encode(line, out);
		buf_adds(out, "\r\n");
		bytes = span_skip(bytes, line.len);
	}
}
