/* Whatever the header, there are results of DKIM, at most so many, each with a
 * result, or there are none. */
#include "fuzz/fuzz.h"

#include "codec/auth_results.h"

static void
check_lower(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		assert(ascii_lower(s.p[i]) == s.p[i]);
}

static void
check(const struct auth_result *r)
{
	assert(r->result.len > 0);
	check_lower(r->result);
	check_lower(r->domain);
	check_lower(r->selector);
	check_lower(r->identity);
	assert(!span_has(r->identity, '@'));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct arena arena = ARENA_INIT(1 << 22);
	struct auth_results results;
	struct mime_header h;
	enum err e;

	if (mime_take_header(&text, &arena, &h, NULL) == E_OK) {
		e = auth_results_read(&h, SPAN_LIT("mx.b.example"), &arena,
		    &results);
		assert(e == E_OK || e == E_ABSENT);
		if (e == E_OK) {
			assert(results.n > 0 && results.n <= AUTH_RESULTS_MAX);
			for (size_t i = 0; i < results.n; i++)
				check(&results.v[i]);
		}
	}
	arena_free(&arena);
	return 0;
}
