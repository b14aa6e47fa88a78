/* Whatever the data, a name that comes of it is a line of printable bytes that
 * goes back into the same ones. */
#include "fuzz/fuzz.h"

#include "base/ascii.h"
#include "watch/dns.h"

/* As a record has it: in.p is where it must begin. */
static void
check_name(struct span name, struct span in)
{
	while (name.len > 0) {
		struct span label = span_until(&name, '.');

		assert(in.len > label.len && label.len <= 63);
		assert((size_t)(unsigned char)in.p[0] == label.len);
		assert(span_eq_nocase(label,
		    span_head(span_skip(in, 1), label.len)));
		in = span_skip(in, label.len + 1);
	}
	assert(in.len > 0 && in.p[0] == '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT(4096);
	struct span in = { (const char *)data, size };
	struct span name = dns_name(in, &arena);

	if (name.p != NULL) {
		assert(name.len < 255);
		for (size_t i = 0; i < name.len; i++)
			assert(ascii_is_printable(name.p[i]));
		check_name(name, in);
	}
	arena_free(&arena);
	return 0;
}
