/* Unpacking stays under its ceilings; a text is found again however it was
 * packed. */
#include "fuzz/fuzz.h"

#include "codec/gzip.h"
#include "codec/unpack.h"

static const struct unpack_limits limits = {
	.input_max = 1 << 20,
	.output_max = 65536,
	.ratio_max = 200,
};

static bool
lies_in(struct span view, struct span whole)
{
	return view.p >= whole.p && view.p + view.len <= whole.p + whole.len;
}

static enum err
check_unpack(struct span in, struct buf *out, struct span *text)
{
	struct why why = { { 0 } };
	enum err e = unpack(in, &limits, out, text, &why);

	assert(e == E_OK || e == E_SYNTAX || e == E_RANGE);
	assert((e == E_OK) == (why.text[0] == '\0'));
	assert(out->len <= limits.output_max);
	assert(out->len <= in.len * limits.ratio_max);
	if (e == E_OK) {
		assert(lies_in(*text, in) || lies_in(*text, buf_span(out)));
		assert(text->len <= limits.output_max);
		assert(span_has(*text, '{'));
	}
	return e;
}

/* By APPNOTE of ZIP: one stored entry without a name. */
static void
make_zip(struct span plain, struct buf *out)
{
	static const char fields[] = "\x0a\0\0\0\0\0\0\0\0\0";
	size_t directory;

	for (int central = 0; central < 2; central++) {
		directory = out->len;
		buf_add(out,
		    central ? (struct span){ "PK\1\2\x14\0", 6 }
			    : (struct span){ "PK\3\4", 4 });
		buf_add(out, (struct span){ fields, 10 });
		buf_add_u32(out, gzip_crc(plain));
		buf_add_u32(out, (uint32_t)plain.len);
		buf_add_u32(out, (uint32_t)plain.len);
		buf_add(out, (struct span){ "\0\0\0\0", 4 });
		if (central)
			buf_add(out,
			    (struct span){ "\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
				14 });
		else
			buf_add(out, plain);
	}
	buf_add(out, (struct span){ "PK\5\6\0\0\0\0\1\0\1\0", 12 });
	buf_add_u32(out, 46);
	buf_add_u32(out, (uint32_t)directory);
	buf_add(out, (struct span){ "\0\0", 2 });
}

static void
check_packed(struct span packed, struct span want)
{
	struct buf out = BUF_INIT(0);
	struct span text;

	assert(check_unpack(packed, &out, &text) == E_OK);
	assert(span_eq(want, text));
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size }, text;
	struct buf out = BUF_INIT(0), packed = BUF_INIT((size_t)1 << 20);
	enum err e = check_unpack(in, &out, &text);

	/* A text of 200 times what it packs to would be past the ceiling. */
	if (e == E_OK && text.len <= 4000) {
		assert(gzip_compress(text, &packed) == E_OK);
		check_packed(buf_span(&packed), text);
		buf_clear(&packed);
		make_zip(text, &packed);
		check_packed(buf_span(&packed), text);
	}
	buf_free(&out);
	buf_free(&packed);
	return 0;
}
