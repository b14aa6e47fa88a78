#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "codec/hmac_sha256.h"

#define X20(c) c c c c c c c c c c c c c c c c c c c c

/* RFC 4231 s4.2, RFC 4231 s4.3 and RFC 4231 s4.7. */
static void
test_vectors(void **state)
{
	static const struct {
		const char *key, *text, *want;
	} cases[] = {
		{ X20("\x0b"), "Hi There",
		    "b0344c61d8db38535ca8afceaf0bf12b"
		    "881dc200c9833da726e9376c2e32cff7" },
		{ "Jefe", "what do ya want for nothing?",
		    "5bdcc146bf60754e6a042426089575c7"
		    "5a003f089d2739839dec58b964ec3843" },
		{ X20("\xaa") X20("\xaa") X20("\xaa") X20("\xaa") X20("\xaa")
			X20("\xaa") "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"
				    "\xaa",
		    "Test Using Larger Than Block-Size Key - Hash Key First",
		    "60e431591ee0b67f0d8a26aacbf5b77f"
		    "8e0bc6213728c5140546040f0ee37f54" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char mac[SHA256_BYTES];
		char hex[2 * SHA256_BYTES + 1];

		assert_ok(hmac_sha256(span_str(cases[i].key),
		    span_str(cases[i].text), mac));
		for (size_t k = 0; k < sizeof(mac); k++)
			(void)snprintf(hex + 2 * k, 3, "%02x", mac[k]);
		assert_string_equal(cases[i].want, hex);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_vectors) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
