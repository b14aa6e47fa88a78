#include "support/test.h"

#include "codec/sts_record.h"

static enum err
read_one(const char *txt, struct span *ret)
{
	struct span v = span_str(txt);

	return sts_record_read((struct span_list){ &v, 1 }, ret, NULL);
}

static void
test_what_is_valid(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		/* RFC 8461 s3.1 and A.1 */
		{ "v=STSv1; id=20160831085700Z;", "20160831085700Z" },
		{ "v=STSv1; id=20160831085700Z", "20160831085700Z" },
		{ "v=STSv1 \t;id=a", "a" },
		{ "v=STSv1;x=1;id=a;id=b", "a" },
		{ "v=STSv1;id=12345678901234567890123456789012",
		    "12345678901234567890123456789012" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span id = SPAN_NONE;

		print_message("%s\n", cases[i].in);
		assert_ok(read_one(cases[i].in, &id));
		assert_true(span_eq(id, span_str(cases[i].want)));
	}
}

static void
test_what_is_malformed(void **state)
{
	static const char *const cases[] = { "v=STSv1;",
		"v=STSv1;id=", "v=STSv1;id=a-b", "v=STSv1;ID=a",
		"v=STSv1;;id=a", "v=STSv1;id=a;x", "v=STSv1;id=a;x=b c",
		"v=STSv1;id=123456789012345678901234567890123" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span id = SPAN_NONE;

		print_message("%s\n", cases[i]);
		assert_int_equal(E_SYNTAX, read_one(cases[i], &id));
		assert_null(id.p);
	}
}

/* Others are discarded; more than one is none. */
static void
test_one_of_many(void **state)
{
	struct span v[] = { SPAN_LIT("v=spf1 -all"), SPAN_LIT("v=STSv1;id=a"),
		SPAN_LIT("v=STSv1;id=b") };
	struct span id = SPAN_NONE;

	(void)state;
	assert_int_equal(E_ABSENT,
	    sts_record_read((struct span_list){ v, 1 }, &id, NULL));
	assert_ok(sts_record_read((struct span_list){ v, 2 }, &id, NULL));
	assert_true(span_eq(id, SPAN_LIT("a")));
	assert_int_equal(E_CONFLICT,
	    sts_record_read((struct span_list){ v, 3 }, &id, NULL));
	assert_int_equal(E_ABSENT, read_one("v=STSv2;id=a", &id));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_valid),
		cmocka_unit_test(test_what_is_malformed),
		cmocka_unit_test(test_one_of_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
