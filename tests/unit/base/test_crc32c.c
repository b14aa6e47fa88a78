#include "support/test.h"

/* The source itself, because a processor has only one of the two ways to the
 * sum in use and both are to be looked at. */
#include "base/crc32c.c"

/* RFC 3720 appendix B.4, which writes the sum's bytes lowest first. */
static void
test_rfc_3720_examples(void **state)
{
	static const unsigned char read_command[48] = { [0] = 0x01,
		[1] = 0xc0,
		[16] = 0x14,
		[22] = 0x04,
		[27] = 0x14,
		[31] = 0x18,
		[32] = 0x28,
		[40] = 0x02 };
	unsigned char bytes[32] = { 0 };

	(void)state;
	assert_int_equal(UINT32_C(0x8a9136aa), crc32c(0, bytes, 32));
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(UINT32_C(0x62a8ab43), crc32c(0, bytes, 32));
	for (int i = 0; i < 32; i++)
		bytes[i] = (unsigned char)i;
	assert_int_equal(UINT32_C(0x46dd794e), crc32c(0, bytes, 32));
	for (int i = 0; i < 32; i++)
		bytes[i] = (unsigned char)(31 - i);
	assert_int_equal(UINT32_C(0x113fdb5c), crc32c(0, bytes, 32));
	assert_int_equal(UINT32_C(0xd9963a56), crc32c(0, read_command, 48));
}

/* The "check" value that CRC catalogues give for each CRC. */
static void
test_check_value(void **state)
{
	(void)state;
	assert_int_equal(UINT32_C(0xe3069283), crc32c(0, "123456789", 9));
	assert_int_equal(0, crc32c(0, "", 0));
}

/* Bit by bit, as the division is defined. */
static uint32_t
by_bits(const unsigned char *p, size_t len)
{
	uint32_t crc = UINT32_MAX;

	for (size_t bit = 0; bit < len * 8; bit++) {
		uint32_t in = (uint32_t)(p[bit / 8] >> bit % 8 & 1);

		crc = crc >> 1 ^ ((crc & 1) != in ? UINT32_C(0x82f63b78) : 0);
	}
	return ~crc;
}

static void
test_every_length_and_split(void **state)
{
	unsigned char bytes[67];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 167 + 13);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		uint32_t want = by_bits(bytes, len);

		assert_int_equal(want, crc32c(0, bytes, len));
		assert_int_equal(want, ~by_table(UINT32_MAX, bytes, len));
		for (size_t cut = 0; cut <= len; cut++)
			assert_int_equal(want,
			    crc32c(crc32c(0, bytes, cut), bytes + cut,
				len - cut));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc_3720_examples),
		cmocka_unit_test(test_check_value),
		cmocka_unit_test(test_every_length_and_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
