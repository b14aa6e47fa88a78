/* Expanding stays under its ceiling; what was compressed expands to itself. */
#include "fuzz/fuzz.h"

#include "codec/gzip.h"

#define EXPANDED_MAX 65536

static void
check_expand(struct span in)
{
	struct buf out = BUF_INIT(EXPANDED_MAX), twice = BUF_INIT(EXPANDED_MAX);
	enum err e = gzip_expand(in, &out);

	assert(e == E_OK || e == E_SYNTAX || e == E_RANGE);
	assert(out.len <= EXPANDED_MAX);
	if (e == E_OK) {
		/* A second time behind the first: under the same ceiling. */
		buf_add(&twice, buf_span(&out));
		e = gzip_expand(in, &twice);
		assert(e == (2 * out.len <= EXPANDED_MAX ? E_OK : E_RANGE));
	}
	buf_free(&out);
	buf_free(&twice);
}

static void
check_round_trip(struct span plain)
{
	struct buf gz = BUF_INIT(plain.len + 65536);
	struct buf back = BUF_INIT(plain.len);

	assert(gzip_compress(plain, &gz) == E_OK);
	assert(gzip_expand(buf_span(&gz), &back) == E_OK);
	assert(span_eq(plain, buf_span(&back)));
	buf_free(&gz);
	buf_free(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };

	check_expand(in);
	check_round_trip(in);
	return 0;
}
