#include "support/test.h"

#include "base/nearest.h"

static void
test_distance(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned want;
	} cases[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "same", "same", 0 },
		{ "insrt", "insert", 1 },
		{ "deletee", "delete", 1 },
		{ "replaxe", "replace", 1 },
		{ "swpa", "swap", 1 },
		{ "kitten", "sitting", 3 },
		{ "saturday", "sunday", 3 },
		{ "abcdef", "badcfe", 3 },
		{ "Case", "case", 1 },
		{ "flush_intervall", "flush_interval", 1 },
		{ "abc", "xyz", 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span a = span_str(cases[i].a), b = span_str(cases[i].b);

		print_message("%s %s\n", cases[i].a, cases[i].b);
		assert_int_equal(cases[i].want, nearest_distance(a, b));
		assert_int_equal(cases[i].want, nearest_distance(b, a));
	}
}

static void
test_distance_of_long_words(void **state)
{
	char a[64], b[64];

	(void)state;
	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	assert_int_equal(63,
	    nearest_distance((struct span){ a, 63 }, (struct span){ b, 63 }));
	assert_int_equal(64,
	    nearest_distance((struct span){ a, 64 }, (struct span){ a, 64 }));
	assert_int_equal(64,
	    nearest_distance(SPAN_LIT("a"), (struct span){ a, 64 }));
}

static const char *
nearest_to(struct span word)
{
	static const char *const known[] = { "socket", "socket_mode",
		"socket_owner", "journal_max", "url" };
	struct nearest n = { .word = word };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		nearest_offer(&n, known[i]);
	return n.best == NULL ? "" : n.best;
}

static void
test_best_candidate_stays(void **state)
{
	(void)state;
	assert_string_equal("socket", nearest_to(SPAN_LIT("sokcet")));
	assert_string_equal("socket_mode", nearest_to(SPAN_LIT("socketmode")));
	assert_string_equal("socket_owner",
	    nearest_to(SPAN_LIT("socket-owner")));
	assert_string_equal("url", nearest_to(SPAN_LIT("uri")));
	assert_string_equal("", nearest_to(SPAN_LIT("organization")));
	assert_string_equal("", nearest_to(SPAN_LIT("")));
}

static void
test_nothing_is_near_an_endless_word(void **state)
{
	char word[1000];

	(void)state;
	memset(word, 'x', sizeof(word));
	for (size_t len = 20; len <= sizeof(word); len++)
		assert_string_equal("", nearest_to((struct span){ word, len }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_distance_of_long_words),
		cmocka_unit_test(test_best_candidate_stays),
		cmocka_unit_test(test_nothing_is_near_an_endless_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
