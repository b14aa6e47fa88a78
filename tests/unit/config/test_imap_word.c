#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "config/imap_word.h"

static void
test_word(void **state)
{
	struct arena arena = ARENA_INIT(4096);
	struct imap_word w;

	(void)state;
	/* The first "=" separates. */
	assert_ok(
	    imap_word_parse("imaps://u%3D@h.example/x=/a=b", &arena, &w, NULL));
	assert_span("imaps://u%3D@h.example/x", w.text);
	assert_span("u=", w.url.user);
	assert_string_equal("/a=b", w.path);
	arena_free(&arena);
}

static void
test_what_is_no_word(void **state)
{
	static const char *const cases[] = { "", "=", "imaps://u@h.example/x",
		"imaps://u@h.example/x=", "=/a", "imaps://u:secret@h/x=/a" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = ARENA_INIT(4096);
		struct why why = { { 0 } };
		struct imap_word w;

		print_message("%s\n", cases[i]);
		assert_err(E_SYNTAX,
		    imap_word_parse(cases[i], &arena, &w, &why));
		assert_null(strstr(why.text, "secret"));
		arena_free(&arena);
	}
}

static void
test_relative_path(void **state)
{
	static const struct {
		const char *in, *folder, *want;
	} cases[] = {
		{ "imaps://u@h/x=p", "/etc/t", "imaps://u@h/x=/etc/t/p" },
		{ "imaps://u@h/x=/p", "/etc/t", "imaps://u@h/x=/p" },
		{ "imaps://u@h/x=p", NULL, "imaps://u@h/x=p" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = ARENA_INIT(4096);
		char *word = strdup(cases[i].in);
		struct imap_word w;

		assert_ok(imap_word_resolve(&word, cases[i].folder, &arena, &w,
		    NULL));
		assert_string_equal(cases[i].want, word);
		assert_span("imaps://u@h/x", w.text);
		free(word);
		arena_free(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_word),
		cmocka_unit_test(test_what_is_no_word),
		cmocka_unit_test(test_relative_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
