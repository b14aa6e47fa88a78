/* tests/fuzz/fuzz.h -- what the fuzz targets share. Asserts are the findings.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/span.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static inline void
fuzz_assert_utf8(struct span s)
{
	size_t n;

	for (; s.len > 0; s = span_skip(s, n)) {
		n = utf8_char(s);
		assert(n > 0);
	}
}

/* As RFC 6068 and s3 want it: all but letters and digits percent-encoded. */
static inline void
fuzz_add_encoded(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (ascii_is_alnum(s.p[i]))
			buf_addc(out, s.p[i]);
		else
			buf_addf(out, "%%%02X", (unsigned char)s.p[i]);
	}
}

#endif
