#include "support/test.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/siphash.h"

/* Key bytes 00 to 0f, as in the paper and in the reference vectors. */
static const struct siphash_key key = { UINT64_C(0x0706050403020100),
	UINT64_C(0x0f0e0d0c0b0a0908) };

/* The reference implementation's vectors_sip64 for messages 00 01 02 …; the
 * one of 15 bytes is worked through in appendix A of the paper (Aumasson,
 * Bernstein: SipHash, 2012). */
static void
test_reference_vectors(void **state)
{
	static const struct {
		size_t len;
		uint64_t want;
	} cases[] = {
		{ 0, UINT64_C(0x726fdb47dd0e0e31) },
		{ 1, UINT64_C(0x74f839c593dc67fd) },
		{ 2, UINT64_C(0x0d6c8009d9a94f5a) },
		{ 3, UINT64_C(0x85676696d7fb7e2d) },
		{ 15, UINT64_C(0xa129ca6149be45e5) },
	};
	unsigned char in[64];

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(cases[i].want,
		    siphash(&key, in, cases[i].len, 2, 4));
}

/* Of 8 or 16 bytes, as words. */
static void
openssl_siphash(const unsigned char *in, size_t len, unsigned c, unsigned d,
    size_t size, uint64_t *ret)
{
	unsigned char key_bytes[16], out[16];
	size_t written;
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
		OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_C_ROUNDS, &c),
		OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_D_ROUNDS, &d),
		OSSL_PARAM_construct_end(),
	};

	for (size_t i = 0; i < sizeof(key_bytes); i++)
		key_bytes[i] = (unsigned char)i;
	assert_int_equal(1, EVP_MAC_init(ctx, key_bytes, 16, params));
	assert_int_equal(1, EVP_MAC_update(ctx, in, len));
	assert_int_equal(1, EVP_MAC_final(ctx, out, &written, sizeof(out)));
	assert_int_equal(size, written);
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
	for (size_t i = 0; i < size / 8; i++) {
		ret[i] = 0;
		for (size_t k = 8; k-- > 0;)
			ret[i] = ret[i] << 8 | out[8 * i + k];
	}
}

static void
assert_as_openssl(const unsigned char *in, size_t len, unsigned c, unsigned d)
{
	uint64_t want[2], got[2];

	openssl_siphash(in, len, c, d, 8, want);
	assert_int_equal(want[0], siphash(&key, in, len, c, d));
	openssl_siphash(in, len, c, d, 16, want);
	siphash_128(&key, in, len, c, d, got);
	assert_memory_equal(want, got, sizeof(want));
}

static void
test_openssl_agrees(void **state)
{
	unsigned char in[300];

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (unsigned char)(i * 31 + 7);
	for (size_t len = 0; len <= sizeof(in); len++) {
		assert_as_openssl(in, len, 2, 4);
		assert_as_openssl(in, len, 1, 3);
	}
}

static void
test_table_hash_is_one_for_the_process(void **state)
{
	const struct siphash_key none = { 0, 0 };
	uint64_t wide[2], again[2];
	uint64_t first = siphash_table("example.com", 11);

	(void)state;
	assert_int_equal(first, siphash_table("example.com", 11));
	/* One in 2^64 that one of these fails by chance. */
	assert_int_not_equal(first, siphash_table("example.con", 11));
	assert_int_not_equal(first, siphash(&key, "example.com", 11, 1, 3));
	assert_int_not_equal(first, siphash(&none, "example.com", 11, 1, 3));
	siphash_table_128("example.com", 11, wide);
	siphash_table_128("example.com", 11, again);
	assert_memory_equal(wide, again, sizeof(wide));
	siphash_128(&none, "example.com", 11, 1, 3, again);
	assert_memory_not_equal(wide, again, sizeof(wide));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reference_vectors),
		cmocka_unit_test(test_openssl_agrees),
		cmocka_unit_test(test_table_hash_is_one_for_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
