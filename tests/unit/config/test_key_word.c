#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "config/key_word.h"

static void
test_words(void **state)
{
	static const struct {
		const char *in, *selector, *path;
	} cases[] = {
		{ "s:p", "s", "p" },
		{ "tls-2026.a:/etc/x.pem", "tls-2026.a", "/etc/x.pem" },
		/* The first colon separates. */
		{ "s:/a:b", "s", "/a:b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct key_word key;

		assert_ok(key_word_parse(cases[i].in, &key, NULL));
		assert_span(cases[i].selector, key.selector);
		assert_string_equal(cases[i].path, key.path);
	}
}

static void
test_what_is_no_word(void **state)
{
	static const char *const cases[] = { "", "s", "s:", ":p", "s.:p",
		"a..b:p", "a/b:p", "a\"b:p", "\xc3\xa4:p" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct key_word key;
		struct why why = { { 0 } };

		print_message("%s\n", cases[i]);
		assert_err(E_SYNTAX, key_word_parse(cases[i], &key, &why));
		assert_true(why.text[0] != '\0');
	}
}

static void
test_relative_path(void **state)
{
	static const struct {
		const char *in, *folder, *want;
	} cases[] = {
		{ "s:p", "/etc/t", "s:/etc/t/p" },
		{ "s:/p", "/etc/t", "s:/p" },
		{ "s:p", NULL, "s:p" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *word = strdup(cases[i].in);
		struct key_word key;

		assert_non_null(word);
		assert_ok(key_word_resolve(&word, cases[i].folder, &key, NULL));
		assert_string_equal(cases[i].want, word);
		assert_span("s", key.selector);
		assert_ptr_equal(word + 2, key.path);
		free(word);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_what_is_no_word),
		cmocka_unit_test(test_relative_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
