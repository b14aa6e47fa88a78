#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "config/map_word.h"

static void
test_words(void **state)
{
	static const struct {
		const char *in;
		enum map_kind kind;
		const char *pattern, *target;
	} cases[] = {
		{ "*=none", MAP_ALL, "*", "" },
		{ "*=mailto:a@b.example", MAP_ALL, "*", "mailto:a@b.example" },
		{ "d.example=https://b.example/?x=y", MAP_DOMAIN, "d.example",
		    "https://b.example/?x=y" },
		{ "host:h.example=none", MAP_HOST, "h.example", "" },
		{ "mailto:a=b@c.example=none", MAP_RUA, "mailto:a=b@c.example",
		    "" },
		{ "HTTPS://h.example/?x=y=Mailto:a@b.example", MAP_RUA,
		    "HTTPS://h.example/?x=y", "Mailto:a@b.example" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct map_word map;
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].in);
		assert_ok_why(map_word_parse(cases[i].in, &map, &why), &why);
		assert_int_equal(cases[i].kind, map.kind);
		assert_span(cases[i].pattern, map.pattern);
		assert_span(cases[i].target, map.target);
	}
}

static void
test_one_spelling(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "*=none", "*=none" },
		{ "*=MAILTO:T@B.example", "*=mailto:T@b.example" },
		{ "D.Example.=none", "d.example=none" },
		{ "host:H.Example=https://B.example/X",
		    "host:h.example=https://b.example/X" },
		{ "host:2001:DB8:0::1=none", "host:2001:db8::1=none" },
		{ "mailto:a%2Bb@B.example=none", "mailto:a+b@b.example=none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *word = strdup(cases[i].in);
		struct why why = { { 0 } };

		assert_non_null(word);
		assert_ok_why(map_word_spell(&word, &why), &why);
		assert_string_equal(cases[i].want, word);
		/* And it stays so. */
		assert_ok_why(map_word_spell(&word, &why), &why);
		assert_string_equal(cases[i].want, word);
		free(word);
	}
}

static void
test_what_is_refused(void **state)
{
	static const char *const cases[] = { "", "*", "*=", "=none",
		"*=nowhere", "*=a@b.example", "*=mailto:a", "*=https://x/",
		"*=none=x", "a b=none", "host:=none", "host:a/b=none",
		"https:=none", "mailto:a@b@c=none" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *word = strdup(cases[i]);
		struct why why = { { 0 } };

		assert_non_null(word);
		print_message("%s\n", cases[i]);
		assert_err(E_SYNTAX, map_word_spell(&word, &why));
		assert_string_equal(cases[i], word);
		assert_non_null(strstr(why.text, cases[i]));
		free(word);
	}
}

static bool
matches(const char *word, const char *domain, const char *uri, const char *host)
{
	struct map_word map;

	assert_ok(map_word_parse(word, &map, NULL));
	return map_word_matches(&map, span_str(domain), span_str(uri),
	    span_str(host));
}

static void
test_matches(void **state)
{
	static const char uri[] = "mailto:a@h.example";

	(void)state;
	assert_true(matches("*=none", "d.example", uri, "h.example"));
	assert_true(matches("d.example=none", "d.example", uri, "h.example"));
	assert_false(matches("h.example=none", "d.example", uri, "h.example"));
	assert_true(
	    matches("host:h.example=none", "d.example", uri, "h.example"));
	assert_false(
	    matches("host:d.example=none", "d.example", uri, "h.example"));
	assert_false(matches("host:h.example=none", "d.example", "x", ""));
	assert_true(
	    matches("mailto:a@h.example=none", "d.example", uri, "h.example"));
	assert_false(
	    matches("mailto:b@h.example=none", "d.example", uri, "h.example"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_one_spelling),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_matches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
