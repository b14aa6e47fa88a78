#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "config/domain_word.h"

static void
test_words_are_brought_to_one_spelling(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "a.example", "a.example" },
		{ "A.Example.", "a.example" },
		{ ".A.Example.", ".a.example" },
		{ "example", "example" },
		{ "b\xc3\xbc"
		  "cher.example",
		    "xn--bcher-kva.example" },
		{ ".B\xc3\x9c"
		  "CHER.example",
		    ".xn--bcher-kva.example" },
		{ "xn--bcher-kva.example", "xn--bcher-kva.example" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *word = strdup(cases[i].in);
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].in);
		assert_ok_why(domain_word_resolve(&word, &why), &why);
		assert_string_equal(cases[i].want, word);
		/* Once more changes nothing. */
		assert_ok_why(domain_word_resolve(&word, &why), &why);
		assert_string_equal(cases[i].want, word);
		free(word);
	}
}

static void
test_what_is_no_word(void **state)
{
	static const char *const cases[] = { "", ".", "..", "..a.example",
		"a..example", "*.a.example", ".*.a.example", "[192.0.2.1]",
		"a@a.example", "https://a.example/", "a%20b.example",
		"\xff.example" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *word = strdup(cases[i]);
		struct why why = { { 0 } };

		print_message("%s\n", cases[i]);
		assert_err(E_SYNTAX, domain_word_resolve(&word, &why));
		assert_true(why.text[0] != '\0');
		assert_string_equal(cases[i], word);
		free(word);
	}
}

static void
test_which_domains_a_word_has(void **state)
{
	static const struct {
		const char *word, *domain;
		bool want;
	} cases[] = {
		{ "a.example", "a.example", true },
		{ "a.example", "b.a.example", false },
		{ "a.example", "aa.example", false },
		{ "a.example", "example", false },
		{ "a.example", "", false },
		{ ".a.example", "a.example", false },
		{ ".a.example", "b.a.example", true },
		{ ".a.example", "c.b.a.example", true },
		{ ".a.example", "ba.example", false },
		{ ".a.example", "b.a.example.org", false },
		{ ".a.example", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s %s\n", cases[i].word, cases[i].domain);
		assert_int_equal(cases[i].want,
		    domain_word_has(cases[i].word, span_str(cases[i].domain)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_brought_to_one_spelling),
		cmocka_unit_test(test_what_is_no_word),
		cmocka_unit_test(test_which_domains_a_word_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
