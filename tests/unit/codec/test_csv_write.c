#include "support/test.h"

#include "codec/csv_write.h"

static void
test_fields(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "plain", "plain" },
		{ "", "" },
		{ "a b", "a b" },
		{ "a,b", "\"a,b\"" },
		{ "a\"b", "\"a\"\"b\"" },
		{ "a\nb", "\"a\nb\"" },
		{ "=1+1", "\"'=1+1\"" },
		{ "+1", "\"'+1\"" },
		{ "-1", "\"'-1\"" },
		{ "@x", "\"'@x\"" },
		{ "\uff1dx", "\"'\uff1dx\"" },
		{ " \uff0bx", "\"' \uff0bx\"" },
		{ "\uff0dx", "\"'\uff0dx\"" },
		{ "\uff20x", "\"'\uff20x\"" },
		{ "\uff21x", "\uff21x" },
		{ "\t=x", "\"'\t=x\"" },
		{ " =x", "\"' =x\"" },
		{ "\r=x", "\"'\r=x\"" },
		{ "|x", "\"'|x\"" },
		{ "%x", "\"'%x\"" },
		{ "=\"x\"", "\"'=\"\"x\"\"\"" },
		{ "a=1", "a=1" },
	};
	struct buf out = BUF_INIT(4096);
	struct csv_out csv = { .out = &out };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&out);
		csv.in_row = false;
		csv_text(&csv, span_str(rows[i].in));
		assert_string_equal(rows[i].want, buf_str(&out));
	}
	buf_free(&out);
}

static void
test_rows(void **state)
{
	struct buf out = BUF_INIT(4096);
	struct csv_out csv = { .out = &out };

	(void)state;
	csv_text(&csv, SPAN_LIT("a"));
	csv_empty(&csv);
	csv_int(&csv, -5);
	csv_count(&csv, UINT64_MAX);
	csv_end_row(&csv);
	csv_empty(&csv);
	csv_text(&csv, SPAN_LIT("b"));
	csv_end_row(&csv);
	assert_string_equal("a,,-5,18446744073709551615\r\n,b\r\n",
	    buf_str(&out));
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
