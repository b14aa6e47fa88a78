#include "support/test.h"

#include "codec/password.h"
#include "codec/secret.h"

static const unsigned char salt[PASSWORD_SALT_BYTES] = { 1, 2, 3 };

static void
test_a_password_fits_its_own_hash(void **state)
{
	char hash[PASSWORD_HASH_SIZE], other[PASSWORD_HASH_SIZE];
	const unsigned char salt2[PASSWORD_SALT_BYTES] = { 2 };

	(void)state;
	assert_int_equal(E_OK,
	    password_hash(SPAN_LIT("correct horse"), salt, hash));
	assert_int_equal(E_OK,
	    password_hash(SPAN_LIT("correct horse"), salt2, other));
	assert_memory_equal("$y$", hash, 3);
	assert_string_not_equal(hash, other);
	assert_int_equal(E_OK,
	    password_check(SPAN_LIT("correct horse"), span_str(hash)));
	assert_int_equal(E_DENIED,
	    password_check(SPAN_LIT("correct horsf"), span_str(hash)));
	assert_int_equal(E_DENIED,
	    password_check(SPAN_LIT(""), span_str(hash)));
}

static void
test_nobody_has_no_password(void **state)
{
	(void)state;
	assert_int_equal(E_DENIED,
	    password_check(SPAN_LIT("correct horse"), SPAN_NONE));
	assert_int_equal(E_DENIED,
	    password_check(SPAN_LIT("correct horse"), SPAN_LIT("*")));
	assert_int_equal(E_DENIED,
	    password_check(SPAN_LIT("correct horse"), SPAN_LIT("")));
}

static void
test_lengths(void **state)
{
	char hash[PASSWORD_HASH_SIZE], text[PASSWORD_MAX + 1];

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(E_RANGE,
	    password_hash(SPAN_LIT("123456789"), salt, hash));
	assert_int_equal(E_RANGE,
	    password_hash(SPAN_LIT("1234567890\0"), salt, hash));
	assert_int_equal(E_RANGE,
	    password_hash((struct span){ text, sizeof(text) }, salt, hash));
	assert_int_equal(E_OK,
	    password_hash((struct span){ text, PASSWORD_MAX }, salt, hash));
	assert_int_equal(E_DENIED,
	    password_check((struct span){ text, sizeof(text) },
		span_str(hash)));
}

/* FIPS 180-4: its own example. */
static void
test_keys(void **state)
{
	static const unsigned char abc[SHA256_BYTES] = { 0xba, 0x78, 0x16, 0xbf,
		0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae,
		0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
		0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
	const unsigned char zeros[SECRET_BYTES] = { 0 };
	unsigned char key[SHA256_BYTES];
	char text[SECRET_TEXT_SIZE];

	(void)state;
	assert_int_equal(E_OK, sha256(SPAN_LIT("abc"), key));
	assert_memory_equal(abc, key, sizeof(key));
	secret_text(zeros, text);
	assert_string_equal("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    text);
	assert_int_equal(E_OK, secret_key(span_str(text), key));
	assert_int_equal(E_SYNTAX, secret_key(SPAN_LIT("AAA"), key));
	assert_true(secret_eq(SPAN_LIT("a"), SPAN_LIT("a")));
	assert_false(secret_eq(SPAN_LIT("a"), SPAN_LIT("b")));
	assert_false(secret_eq(SPAN_LIT("a"), SPAN_LIT("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_password_fits_its_own_hash),
		cmocka_unit_test(test_nobody_has_no_password),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
