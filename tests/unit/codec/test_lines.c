#include "support/test.h"

#include "codec/lines.h"

struct one_case {
	const char *name;
	struct span v[4];
	size_t n;
	const char *want;
};

static const struct one_case cases[] = {
	{ "no line", { { NULL, 0 } }, 0, "" },
	{ "one", { { "a", 1 } }, 1, "a\n" },
	{ "two", { { "a", 1 }, { "b c", 3 } }, 2, "a\nb c\n" },
	{ "empty ones", { { "", 0 }, { "", 0 } }, 2, "\n\n" },
	{ "absent", { { NULL, 0 }, { "a", 1 } }, 2, "\na\n" },
	{ "newline inside", { { "a\nb", 3 } }, 1, "a\\nb\n" },
	{ "only a newline", { { "\n", 1 } }, 1, "\\n\n" },
	{ "backslash", { { "a\\", 2 }, { "\\n", 2 } }, 2, "a\\\\\n\\\\n\n" },
	{ "all together", { { "\\\n\\\\\n", 5 }, { "n", 1 } }, 2,
	    "\\\\\\n\\\\\\\\\\n\nn\n" },
	{ "what JSON or SQL would escape", { { "'\"\r\t\x01\xff", 6 } }, 1,
	    "'\"\r\t\x01\xff\n" },
};

#define NCASES (sizeof(cases) / sizeof(cases[0]))

static struct span_list
list_of(const struct one_case *c)
{
	return (struct span_list){ (struct span *)(uintptr_t)c->v, c->n };
}

static void
test_join_and_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < NCASES; i++) {
		struct arena arena = ARENA_INIT(10000);
		struct buf text = BUF_INIT(1000);
		struct span_list got;

		print_message("%s\n", cases[i].name);
		lines_join(&text, list_of(&cases[i]));
		assert_string_equal(cases[i].want, buf_str(&text));
		assert_ok(lines_split(buf_span(&text), &arena, &got));
		assert_int_equal(cases[i].n, got.n);
		for (size_t k = 0; k < got.n; k++) {
			assert_non_null(got.v[k].p);
			assert_true(span_eq(cases[i].v[k], got.v[k]));
		}
		arena_free(&arena);
		buf_free(&text);
	}
}

static void
test_equal_compares_with_what_join_makes(void **state)
{
	(void)state;
	for (size_t i = 0; i < NCASES; i++)
		for (size_t k = 0; k < NCASES; k++)
			assert_int_equal(strcmp(cases[i].want, cases[k].want) ==
				0,
			    lines_equal(span_str(cases[i].want),
				list_of(&cases[k])));
}

static void
test_equal_looks_at_every_byte(void **state)
{
	const struct one_case *c = &cases[8];
	const size_t len = strlen(c->want);
	char text[64];

	(void)state;
	assert_true(lines_equal(span_str(c->want), list_of(c)));
	for (size_t i = 0; i < len; i++) {
		assert_false(
		    lines_equal((struct span){ c->want, i }, list_of(c)));
		memcpy(text, c->want, len + 1);
		text[i] = text[i] == 'x' ? 'y' : 'x';
		assert_false(lines_equal(span_str(text), list_of(c)));
	}
	memcpy(text, c->want, len);
	text[len] = '\n';
	assert_false(lines_equal((struct span){ text, len + 1 }, list_of(c)));
}

static void
test_split_gives_views_where_it_can(void **state)
{
	static const char text[] = "plain\nesc\\naped\n";
	struct arena arena = ARENA_INIT(1000);
	struct span_list got;

	(void)state;
	assert_ok(lines_split(span_str(text), &arena, &got));
	assert_int_equal(2, got.n);
	assert_ptr_equal(text, got.v[0].p);
	assert_span("esc\naped", got.v[1]);
	arena_free(&arena);
}

static void
test_split_without_memory(void **state)
{
	struct arena none = ARENA_INIT(0), little = ARENA_INIT(32);
	struct span_list got;

	(void)state;
	assert_err(E_NOMEM, lines_split(SPAN_LIT("a\n"), &none, &got));
	assert_err(E_NOMEM,
	    lines_split(SPAN_LIT("\\\\0123456789abcdef0123456789\n"), &little,
		&got));
	assert_ok(lines_split(SPAN_NONE, &none, &got));
	assert_int_equal(0, got.n);
	arena_free(&none);
	arena_free(&little);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join_and_split),
		cmocka_unit_test(test_equal_compares_with_what_join_makes),
		cmocka_unit_test(test_equal_looks_at_every_byte),
		cmocka_unit_test(test_split_gives_views_where_it_can),
		cmocka_unit_test(test_split_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
