/* A count that is read is the number that strtod(3) reads. */
#include "fuzz/fuzz.h"

#include <stdlib.h>

#include "base/num.h"
#include "codec/count_read.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	struct buf text = BUF_INIT(1 << 20);
	unsigned marks = 0;
	uint64_t n = 0;
	enum err e = count_read(in, &n, &marks);
	double d;

	assert(e == E_OK || e == E_SYNTAX || e == E_RANGE);
	if (e == E_OK) {
		buf_add(&text, in);
		d = strtod(buf_str(&text), NULL);
		if ((marks & COUNT_TOO_LARGE) != 0)
			assert(n == COUNT_MAX && d > (double)COUNT_MAX);
		else
			assert(n <= COUNT_MAX && d == (double)n);
		buf_free(&text);
	}
	return 0;
}
