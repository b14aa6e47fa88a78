#include "support/test.h"

#include "codec/lmtp_path.h"

static void
test_paths(void **state)
{
	static const struct {
		const char *in, *path, *rest; /* path NULL: none */
	} cases[] = {
		{ "<a@a.example>", "a@a.example", "" },
		{ " <a@a.example>  SIZE=1 X ", "a@a.example", "SIZE=1 X" },
		{ "<>", "", "" },
		{ "<@x.example,@y.example:a@a.example>", "a@a.example", "" },
		{ "<@x.example>", "", "" },
		{ "<\"a>b\"@a.example> X", "\"a>b\"@a.example", "X" },
		{ "<\"a\\\">b\"@a.example>", "\"a\\\">b\"@a.example", "" },
		{ "<\"a>b@a.example>", NULL, NULL },
		{ "<a@a.example", NULL, NULL },
		{ "<a@a.example>x", NULL, NULL },
		{ "a@a.example", NULL, NULL },
		{ "<\"\\", NULL, NULL },
		{ "<", NULL, NULL },
		{ "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span rest = span_str(cases[i].in), path;
		bool is_one = lmtp_path_take(&rest, &path);

		print_message("%s\n", cases[i].in);
		assert_int_equal(cases[i].path != NULL, is_one);
		if (is_one) {
			assert_span(cases[i].path, path);
			assert_span(cases[i].rest, rest);
		}
	}
}

static void
test_host(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "a@a.example", "a.example" },
		{ "\"a@b\"@a.example", "a.example" },
		{ "a@", "" },
		{ "a", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_span(cases[i].want,
		    lmtp_path_host(span_str(cases[i].in)));
}

static void
test_subaddress(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "tls@a.example", "" },
		{ "tls+t1@a.example", "t1" },
		{ "tls+t1+t2@a.example", "t1+t2" },
		{ "tls+@a.example", "" },
		{ "+t1@a.example", "t1" },
		{ "tls@a+b.example", "" },
		{ "\"tls+t1\"@a.example", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_span(cases[i].want,
		    lmtp_path_subaddress(span_str(cases[i].in)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_subaddress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
