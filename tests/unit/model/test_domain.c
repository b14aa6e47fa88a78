#include "support/test.h"

#include "model/domain.h"
#include "model/limits.h"

struct one_case {
	const char *name;
	struct span in;
	const char *want;
};

static struct span
canonical(struct arena *arena, struct span in, bool *ret_repaired)
{
	struct span got = SPAN_NONE;

	*ret_repaired = false;
	assert_ok(domain_canonical(in, arena, &got, ret_repaired));
	assert_non_null(got.p);
	return got;
}

static void
check(const struct one_case *cases, size_t n, bool want_repaired)
{
	struct arena arena = ARENA_INIT(1 << 20);
	bool repaired;

	for (size_t i = 0; i < n; i++) {
		print_message("%s\n", cases[i].name);
		assert_span(cases[i].want,
		    canonical(&arena, cases[i].in, &repaired));
		assert_int_equal(want_repaired, repaired);
	}
	arena_free(&arena);
}

static void
test_names_that_are_names(void **state)
{
	static const struct one_case cases[] = {
		{ "plain", { "example.com", 11 }, "example.com" },
		{ "upper case", { "Example.COM", 11 }, "example.com" },
		{ "final dot", { "Example.COM.", 12 }, "example.com" },
		{ "wildcard", { "*.example.com", 13 }, "*.example.com" },
		{ "underscore", { "_smtp._tls.a-b.c1", 17 },
		    "_smtp._tls.a-b.c1" },
		{ "empty", { "", 0 }, "" },
		{ "absent", { NULL, 0 }, "" },
		{ "the root", { ".", 1 }, "" },
		{ "A-label", { "XN--BCHER-KVA.example", 21 },
		    "xn--bcher-kva.example" },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(cases[0]), false);
}

static void
test_address_literals_are_names(void **state)
{
	static const struct one_case cases[] = {
		{ "IPv4", { "[192.0.2.1]", 11 }, "[192.0.2.1]" },
		{ "IPv6", { "[IPv6:2001:DB8::1]", 18 }, "[ipv6:2001:db8::1]" },
		{ "final dot", { "[192.0.2.1].", 12 }, "[192.0.2.1]" },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(cases[0]), false);
}

/* The right sides are the registered or published A-labels. */
static void
test_names_become_a_labels(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "b\xc3\xbc"
		  "cher.example",
		    "xn--bcher-kva.example" },
		{ "B\xc3\x9c"
		  "CHER.Example.",
		    "xn--bcher-kva.example" },
		/* UTS 46 table 1, nontransitional. */
		{ "fa\xc3\x9f.de", "xn--fa-hia.de" },
		{ "\xce\xb2\xcf\x8c\xce\xbb\xce\xbf\xcf\x82.com",
		    "xn--nxasmm1c.com" },
		/* IANA's test domains of 2007. */
		{ "\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83"
		  "\x88",
		    "xn--r8jz45g.xn--zckzah" },
		{ "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.\xd0\xb8"
		  "\xd1\x81\xd0\xbf\xd1\x8b\xd1\x82\xd0\xb0\xd0\xbd\xd0\xb8"
		  "\xd0\xb5",
		    "xn--e1afmkfd.xn--80akhbyknj4f" },
		/* RFC 3492 s7.1 (B), Chinese (simplified). */
		{ "\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9"
		  "\x88\xe4\xb8\x8d\xe8\xaf\xb4\xe4\xb8\xad\xe6\x96\x87",
		    "xn--ihqwcrb4cv8a8dqg056pqjye" },
		/* RFC 3492 s7.1 (L), 3<nen>B<gumi>… */
		{ "3\xe5\xb9\xb4"
		  "B\xe7\xb5\x84\xe9\x87\x91\xe5\x85\xab\xe5\x85\x88\xe7\x94"
		  "\x9f",
		    "xn--3b-ww4c5e180e575a65lsy2b" },
	};
	struct arena arena = ARENA_INIT(1 << 20);
	bool repaired;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].want);
		assert_span(cases[i].want,
		    canonical(&arena, span_str(cases[i].in), &repaired));
		assert_false(repaired);
	}
	arena_free(&arena);
}

/* UTS 46: U+3002 and two more separate labels like a full stop, and so
 * does one at the end. */
static void
test_other_full_stops_are_dots(void **state)
{
	static const struct one_case cases[] = {
		{ "ideographic", { "\xe4\xbe\x8b\xe3\x80\x82jp", 8 },
		    "xn--fsq.jp" },
		{ "at the end", { "\xe4\xbe\x8b.jp\xe3\x80\x82", 9 },
		    "xn--fsq.jp" },
		{ "of ASCII", { "example.com\xe3\x80\x82", 14 },
		    "example.com" },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(cases[0]), false);
}

static void
test_what_is_no_name_is_escaped(void **state)
{
	static const struct one_case cases[] = {
		{ "blank", { "a b", 3 }, "a%20b" },
		{ "nul", { "a\0b", 3 }, "a%00b" },
		{ "line", { "A\r\nB", 4 }, "a%0D%0Ab" },
		{ "slash", { "../etc", 6 }, "..%2Fetc" },
		{ "empty label", { "a..b", 4 }, "a..b" },
		{ "empty label in front", { ".a", 2 }, ".a" },
		{ "two final dots", { "a..", 3 }, "a." },
		{ "percent sign", { "%41", 3 }, "%2541" },
		{ "at", { "me@Example.com.", 15 }, "me%40example.com" },
		{ "quotes", { "\"'<>", 4 }, "%22%27%3C%3E" },
		{ "no address in brackets", { "[a/b]", 5 }, "%5Ba%2Fb%5D" },
		{ "empty brackets", { "[]", 2 }, "%5B%5D" },
		{ "bracket alone", { "[", 1 }, "%5B" },
		{ "IPv6 without its tag", { "[::1]", 5 }, "%5B%3A%3A1%5D" },
		{ "tag alone", { "[IPv6:]", 7 }, "%5Bipv6%3A%5D" },
		{ "IPv4 behind the tag", { "[IPv6:192.0.2.1]", 16 },
		    "%5Bipv6%3A192.0.2.1%5D" },
		{ "too large a number", { "[192.0.2.256]", 13 },
		    "%5B192.0.2.256%5D" },
		{ "NUL in it", { "[192.0.2.1\0]", 12 }, "%5B192.0.2.1%00%5D" },
		{ "zone", { "[IPv6:fe80::1%eth0]", 19 },
		    "%5Bipv6%3Afe80%3A%3A1%25eth0%5D" },
		{ "no UTF-8", { "\xff.example", 9 }, "%FF.example" },
		{ "cut UTF-8", { "a\xc3", 2 }, "a%C3" },
		{ "replacement character", { "\xef\xbf\xbd", 3 }, "%EF%BF%BD" },
		{ "reading direction", { "a\xe2\x80\xae", 4 }, "a%E2%80%AE" },
		{ "an accent alone", { "\xcc\x81.com", 6 }, "%CC%81.com" },
		{ "mixed with what IDNA would change", { "\xc3\x9c \0", 4 },
		    "%C3%9C%20%00" },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(cases[0]), true);
}

static void
test_long_names_are_cut(void **state)
{
	struct arena arena = ARENA_INIT(1 << 20);
	char in[1000], want[DOMAIN_TEXT_MAX + 1] = "";
	bool repaired;

	(void)state;
	memset(in, 'A', sizeof(in));
	memset(want, 'a', DOMAIN_TEXT_MAX);
	assert_span(want,
	    canonical(&arena, (struct span){ in, 255 }, &repaired));
	assert_false(repaired);
	in[255] = '.';
	assert_span(want,
	    canonical(&arena, (struct span){ in, 256 }, &repaired));
	assert_false(repaired);
	in[255] = 'A';
	assert_span(want,
	    canonical(&arena, (struct span){ in, 256 }, &repaired));
	assert_true(repaired);
	assert_span(want,
	    canonical(&arena, (struct span){ in, 1000 }, &repaired));
	assert_true(repaired);
	/* No %XX is cut in two. */
	in[253] = '@';
	want[253] = '\0';
	assert_span(want,
	    canonical(&arena, (struct span){ in, 254 }, &repaired));
	assert_true(repaired);
	arena_free(&arena);
}

static bool
is_allowed(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.*%ABCDEF",
			name.p[i]) == NULL ||
		    name.p[i] == '\0')
			return false;
	return name.len <= DOMAIN_TEXT_MAX;
}

/* Two bytes each, so that every pair is a name of its own but for case. */
static void
test_hostile_names_stay_apart(void **state)
{
	static const char bytes[] = "a\0 %@/\x7f\x80\xc3\xa4\xff";
	struct arena arena = ARENA_INIT(1 << 20);
	struct span got[2];
	char name[2][2];
	bool repaired;
	const size_t n = sizeof(bytes) - 1;

	(void)state;
	for (size_t i = 0; i < n * n; i++) {
		for (size_t j = 0; j < i; j++) {
			name[0][0] = bytes[i / n];
			name[0][1] = bytes[i % n];
			name[1][0] = bytes[j / n];
			name[1][1] = bytes[j % n];
			for (int k = 0; k < 2; k++) {
				got[k] = canonical(&arena,
				    (struct span){ name[k], 2 }, &repaired);
				assert_true(is_allowed(got[k]));
			}
			assert_false(span_eq(got[0], got[1]));
			arena_reset(&arena);
		}
	}
	arena_free(&arena);
}

static void
test_repair_is_only_ever_set(void **state)
{
	struct arena arena = ARENA_INIT(1 << 20);
	struct span got;
	bool repaired = true;

	(void)state;
	assert_ok(domain_canonical(SPAN_LIT("a"), &arena, &got, &repaired));
	assert_true(repaired);
	arena_free(&arena);
}

static void
test_without_memory(void **state)
{
	static const char *const names[] = { "a", "a b", "\xc3\xa4.example" };
	bool repaired = false;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct arena arena = ARENA_INIT(0);
		struct span got;

		assert_err(E_NOMEM,
		    domain_canonical(span_str(names[i]), &arena, &got,
			&repaired));
		arena_free(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_that_are_names),
		cmocka_unit_test(test_address_literals_are_names),
		cmocka_unit_test(test_names_become_a_labels),
		cmocka_unit_test(test_other_full_stops_are_dots),
		cmocka_unit_test(test_what_is_no_name_is_escaped),
		cmocka_unit_test(test_long_names_are_cut),
		cmocka_unit_test(test_hostile_names_stay_apart),
		cmocka_unit_test(test_repair_is_only_ever_set),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
