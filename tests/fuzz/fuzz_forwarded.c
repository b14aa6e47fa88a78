/* The client is an address, whatever the list says. */
#include "fuzz/fuzz.h"

#include "http/forwarded.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span list = { (const char *)data, size };
	struct http_networks trusted = { .n = 0 };
	struct http_address peer, a, again;
	char text[HTTP_ADDRESS_TEXT_SIZE];

	assert(
	    http_networks_add(&trusted, SPAN_LIT("10.0.0.0/8"), NULL) == E_OK);
	assert(http_address_parse(SPAN_LIT("10.0.0.1"), &peer));
	for (int kind = HTTP_X_FORWARDED_FOR; kind <= HTTP_FORWARDED; kind++) {
		a = http_forwarded_client((enum http_forwarded)kind, list,
		    &trusted, &peer);
		assert(a.is_known);
		http_address_text(&a, 0, text);
		assert(http_address_parse(span_str(text), &again));
		assert(http_address_eq(&a, &again));
	}
	return 0;
}
