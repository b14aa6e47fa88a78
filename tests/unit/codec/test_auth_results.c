#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/auth_results.h"

/* "result d s i b" of each, "-" for nothing; NULL: there is none. */
static void
check(struct span text, const char *want)
{
	struct arena arena = ARENA_INIT(1 << 20);
	struct auth_results results = { .n = 0 };
	struct buf got = BUF_INIT(10000);
	struct mime_header h;

	print_message("%.*s\n", SPAN_ARG(text));
	assert_ok(mime_take_header(&text, &arena, &h, NULL));
	assert_err(want == NULL ? E_ABSENT : E_OK,
	    auth_results_read(&h, SPAN_LIT("mx.b.example"), &arena, &results));
	for (size_t i = 0; i < results.n; i++) {
		const struct auth_result *r = &results.v[i];
		struct span words[] = { r->result, r->domain, r->selector,
			r->identity, r->signature };

		for (size_t k = 0; k < 5; k++)
			buf_addf(&got, "%s%.*s", k > 0 ? " " : "",
			    SPAN_ARG(
				words[k].len > 0 ? words[k] : SPAN_LIT("-")));
		buf_adds(&got, "\n");
	}
	assert_string_equal(want == NULL ? "" : want, buf_str(&got));
	buf_free(&got);
	arena_free(&arena);
}

static void
test_corpus(void **state)
{
	static const char *const cases[][2] = {
		{ "opendkim.txt",
		    "pass sender.example r1 sender.example abcdefgh\n"
		    "pass sender.example e1 - ijk/+lmn\n" },
		{ "none.txt", NULL },
		/* That of spf has none, the next is ours, the last is not. */
		{ "several.txt", "fail sender.example - - -\n" },
		{ "comments.txt", "pass sender.example - - -\n" },
		{ "identity.txt", "pass - s1 sender.example AbCd/e\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[100];
		struct span text;

		(void)snprintf(path, sizeof(path), "corpus/auth_results/%s",
		    cases[i][0]);
		text = support_file(path);
		check(text, cases[i][1]);
		free((char *)text.p);
	}
}

#define AR "Authentication-Results: "

static void
test_spellings(void **state)
{
	static const char *const cases[][2] = {
		{ AR "mx.b.example; dkim=pass\r\n", "pass - - - -\n" },
		{ "authentication-results:\r\n MX.B.Example ; DKIM = Pass\r\n",
		    "pass - - - -\n" },
		{ AR "\"mx.b.example\" 1; dkim/1=pass;\r\n", "pass - - - -\n" },
		{ AR "mx.b.example; dkim=pass reason=\"a;b \\\"c\"  "
		     "header.d=\"S.example\"\r\n",
		    "pass s.example - - -\n" },
		{ AR "mx.b.example; dkim=none; dkim=pass policy.d=x\r\n",
		    "none - - - -\npass - - - -\n" },
		{ AR "mx.b.example; dkim-atps=pass; spf=pass\r\n", NULL },
		{ AR "mx.b.example\r\n", NULL },
		{ "X: y\r\n", NULL },
		/* Whose it is. */
		{ AR "x.b.example; dkim=pass\r\n", NULL },
		{ AR "xmx.b.example; dkim=pass\r\n", NULL },
		{ AR "mx.b.example.evil; dkim=pass\r\n", NULL },
		{ AR "(mx.b.example) x; dkim=pass\r\n", NULL },
		{ AR "; dkim=pass\r\n", NULL },
		{ "X-" AR "mx.b.example; dkim=pass\r\n", NULL },
		{ AR "x.example; dkim=fail\r\n" AR
		     "mx.b.example; dkim=pass\r\n",
		    "pass - - - -\n" },
		/* The uppermost that has some counts. */
		{ AR "mx.b.example; dkim=fail\r\n" AR
		     "mx.b.example; dkim=pass\r\n",
		    "fail - - - -\n" },
		{ AR "mx.b.example; spf=pass\r\n" AR
		     "mx.b.example; dkim=pass\r\n",
		    "pass - - - -\n" },
		{ AR "mx.b.example; none\r\n" AR "mx.b.example; dkim=pass\r\n",
		    NULL },
		/* What cannot be read has nothing, nor has what is below. */
		{ AR "mx.b.example; dkim=pass header.d\r\n" AR
		     "mx.b.example; dkim=pass\r\n",
		    NULL },
		{ AR "mx.b.example; dkim\r\n", NULL },
		{ AR "mx.b.example; dkim=\r\n", NULL },
		{ AR "mx.b.example; =pass\r\n", NULL },
		{ AR "mx.b.example; dkim=pass x\r\n", NULL },
		{ AR "mx.b.example; dkim=pass .d=x\r\n", NULL },
		{ AR "mx.b.example; dkim=pass header.=x\r\n", NULL },
		{ AR "mx.b.example; dkim=pass header.d=\r\n", NULL },
		{ AR "mx.b.example; dkim=pass header.d=\"x\r\n", NULL },
		{ AR "mx.b.example 2; dkim=pass\r\n", NULL },
		{ AR "mx.b.example; dkim/2=pass\r\n", NULL },
		{ AR "mx.b.example dkim=pass\r\n", NULL },
		{ AR "mx.b.example; none; x\r\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(span_str(cases[i][0]), cases[i][1]);
}

static void
test_ceiling(void **state)
{
	struct buf text = BUF_INIT(10000), want = BUF_INIT(10000);

	(void)state;
	buf_adds(&text, AR "mx.b.example");
	for (int i = 0; i < 20; i++)
		buf_adds(&text, "; dkim=pass");
	for (int i = 0; i < AUTH_RESULTS_MAX; i++)
		buf_adds(&want, "pass - - - -\n");
	check(buf_span(&text), buf_str(&want));
	buf_free(&text);
	buf_free(&want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
