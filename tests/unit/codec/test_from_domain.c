#include "support/test.h"

#include "codec/from_domain.h"

/* NULL: none. */
static void
check(const char *header, const char *want)
{
	struct arena arena = ARENA_INIT(100000);
	struct span text = span_str(header), got = SPAN_NONE;
	struct mime_header h;

	print_message("%s\n", header);
	assert_ok(mime_take_header(&text, &arena, &h, NULL));
	assert_err(want == NULL ? E_ABSENT : E_OK,
	    from_domain(&h, &arena, &got));
	if (want != NULL)
		assert_span(want, got);
	arena_free(&arena);
}

static void
test_one_address(void **state)
{
	static const char *const cases[][2] = {
		{ "From: a@b.example\r\n", "b.example" },
		{ "FROM:a@B.Example.\r\n", "b.example" },
		{ "From: Joe <a@b.example>\r\n", "b.example" },
		{ "From: <a@b.example>\r\n", "b.example" },
		{ "From: Joe S. Pack\r\n <a@b.example>\r\n", "b.example" },
		{ "From: \"a@x.example\" <a@b.example>\r\n", "b.example" },
		{ "From: \"\\\" <a@x.example>\" <a@b.example>\r\n",
		    "b.example" },
		{ "From: (a@x.example (c)) a@b.example (d)\r\n", "b.example" },
		{ "From: Joe <a (c) @ (d) b.example (e)> (f)\r\n",
		    "b.example" },
		{ "From: \"a@x.example\"@b.example\r\n", "b.example" },
		{ "From: a.b+c=d@b.example\r\n", "b.example" },
		{ "To: x@y.example\r\nFrom: a@b.example\r\nCc: z@y.example\r\n",
		    "b.example" },
		{ "From: a@b\xc3\xbc"
		  "cher.example\r\n",
		    "xn--bcher-kva.example" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i][0], cases[i][1]);
}

static void
test_none_or_several(void **state)
{
	static const char *const cases[] = {
		"",
		"To: a@b.example\r\n",
		"From:\r\n",
		"From: Joe\r\n",
		"From: @\r\n",
		"From: a@\r\n",
		"From: <>\r\n",
		"From: a@b.example, c@d.example\r\n",
		"From: a@b.example c@d.example\r\n",
		"From: a@b@c.example\r\n",
		"From: <a@b.example> <c@d.example>\r\n",
		"From: a@b.example <c@d.example>\r\n",
		"From: a@b.example (c) <>\r\n",
		"From: <a@b.example\r\n",
		"From: a@b.example>\r\n",
		"From: Joe <a@b.example> Pack\r\n",
		"From: Joe <a@b.example> \"c@d.example\"\r\n",
		"From: us: a@b.example;\r\n",
		"From: <@x.example:a@b.example>\r\n",
		"From: \"a@b.example\r\n",
		"From: (a@b.example\r\n",
		"From: a@[192.0.2.1]\r\n",
		"From: a@b..example\r\n",
		"From: a@b_\x01.example\r\n",
		"From: a@b.example\r\nFrom: a@b.example\r\n",
		"From: a@b.example\r\nTo: x@y.example\r\nfrom: a@b.example\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i], NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_address),
		cmocka_unit_test(test_none_or_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
