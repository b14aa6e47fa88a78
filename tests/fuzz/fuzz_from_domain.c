/* Whatever the header, From has a domain that is a host's name, or none. */
#include "fuzz/fuzz.h"

#include "codec/from_domain.h"
#include "model/address.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct arena arena = ARENA_INIT(1 << 22);
	struct span domain;
	struct mime_header h;
	enum err e;

	if (mime_take_header(&text, &arena, &h, NULL) == E_OK) {
		e = from_domain(&h, &arena, &domain);
		assert(e == E_OK || e == E_ABSENT);
		assert(e != E_OK || address_host_is_valid(domain));
	}
	arena_free(&arena);
	return 0;
}
