/* Whatever the TXT record, an id is short and of letters and digits. */
#include "fuzz/fuzz.h"

#include "base/ascii.h"
#include "codec/sts_record.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span txt = { (const char *)data, size }, id = SPAN_NONE;
	enum err e = sts_record_read((struct span_list){ &txt, 1 }, &id, NULL);

	assert(e == E_OK || e == E_SYNTAX || e == E_ABSENT);
	assert((e == E_OK) == (id.len > 0));
	assert(id.len <= STS_ID_MAX);
	for (size_t i = 0; i < id.len; i++)
		assert(ascii_is_alnum(id.p[i]));
	return 0;
}
