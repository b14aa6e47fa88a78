#include "support/test.h"

#include "base/buf.h"

static void
test_empty_is_a_text(void **state)
{
	struct buf b = BUF_INIT(10);

	(void)state;
	assert_string_equal("", buf_str(&b));
	assert_int_equal(0, buf_span(&b).len);
	assert_non_null(buf_span(&b).p);
	buf_add(&b, SPAN_NONE);
	buf_adds(&b, "");
	assert_string_equal("", buf_str(&b));
	assert_ok(b.err);
	buf_free(&b);
	buf_free(&b);
	buf_free(NULL);
}

static void
test_what_is_added_stands_in_order(void **state)
{
	struct buf b = BUF_INIT(1 << 20);
	char *room;

	(void)state;
	buf_adds(&b, "one ");
	buf_add(&b, SPAN_LIT("two\0"));
	buf_add(&b, SPAN_LIT("3"));
	buf_addf(&b, "%s=%d", "four", 4);
	buf_addf(&b, "%s", "");
	assert_non_null(room = buf_extend(&b, 2));
	memcpy(room, "56", 2);
	assert_int_equal(17, b.len);
	assert_memory_equal("one two\0"
			    "3four=456",
	    b.p, 18);
	buf_free(&b);
}

static void
test_always_ends_with_nul(void **state)
{
	struct buf b = BUF_INIT(100000);

	(void)state;
	for (size_t i = 1; i <= 3000; i++) {
		buf_addc(&b, 'x');
		assert_int_equal(i, strlen(b.p));
	}
	buf_addf(&b, "%05000d", 7);
	assert_int_equal(8000, strlen(b.p));
	assert_int_equal(8000, b.len);
	assert_int_equal('7', b.p[7999]);
	assert_ok(b.err);
	buf_free(&b);
}

static void
test_first_error_sticks(void **state)
{
	struct buf b = BUF_INIT(5);

	(void)state;
	buf_adds(&b, "abc");
	buf_adds(&b, "def");
	assert_err(E_RANGE, b.err);
	assert_string_equal("abc", buf_str(&b));
	/* What would fit must not fill the gap. */
	buf_addc(&b, 'g');
	buf_addf(&b, "%d", 1);
	assert_null(buf_extend(&b, 1));
	buf_add_u32(&b, 1);
	assert_string_equal("abc", buf_str(&b));
	buf_free(&b);
	assert_ok(b.err);
}

static void
test_ceiling_is_reached_exactly(void **state)
{
	struct buf b = BUF_INIT(300);

	(void)state;
	buf_addf(&b, "%0300d", 1);
	assert_ok(b.err);
	assert_int_equal(300, b.len);
	assert_non_null(buf_extend(&b, 0));
	assert_null(buf_extend(&b, 1));
	assert_err(E_RANGE, b.err);
	buf_clear(&b);
	assert_null(buf_extend(&b, SIZE_MAX));
	assert_err(E_RANGE, b.err);
	buf_free(&b);
}

static void
test_clear_forgets_text_and_error(void **state)
{
	struct buf b = BUF_INIT(3);

	(void)state;
	buf_clear(&b);
	assert_string_equal("", buf_str(&b));
	buf_adds(&b, "abcd");
	assert_err(E_RANGE, b.err);
	buf_clear(&b);
	assert_ok(b.err);
	buf_adds(&b, "abc");
	assert_string_equal("abc", buf_str(&b));
	buf_clear(&b);
	assert_string_equal("", buf_str(&b));
	assert_int_equal(0, b.len);
	buf_addc(&b, 'd');
	assert_string_equal("d", buf_str(&b));
	buf_free(&b);
}

static void
test_numbers_are_little_endian(void **state)
{
	struct buf b = BUF_INIT(64);

	(void)state;
	buf_add_u32(&b, UINT32_C(0x80020304));
	buf_add_u64(&b, UINT64_C(0x0102030405060788));
	assert_int_equal(12, b.len);
	assert_memory_equal("\x04\x03\x02\x80\x88\x07\x06\x05\x04\x03\x02\x01",
	    b.p, 12);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_is_a_text),
		cmocka_unit_test(test_what_is_added_stands_in_order),
		cmocka_unit_test(test_always_ends_with_nul),
		cmocka_unit_test(test_first_error_sticks),
		cmocka_unit_test(test_ceiling_is_reached_exactly),
		cmocka_unit_test(test_clear_forgets_text_and_error),
		cmocka_unit_test(test_numbers_are_little_endian),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
