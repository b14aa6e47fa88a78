/* Whatever the record, what is usable has data, of its digest's length. */
#include "fuzz/fuzz.h"

#include "codec/tlsa.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rdata = { (const char *)data, size };
	struct tlsa t;

	if (tlsa_read(rdata, &t, NULL) != E_OK)
		return 0;
	assert(t.data.len == size - 3);
	if (tlsa_unusable(&t) == NULL)
		assert(t.usage >= TLSA_DANE_TA && t.usage <= TLSA_DANE_EE &&
		    (t.matching == 0 || t.data.len == 32 || t.data.len == 64));
	return 0;
}
