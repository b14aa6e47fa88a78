/* Whether the record of now still asks for a report, s3. */
#include "support/test.h"

#include "deliver/record_check.h"

#define URI "mailto:tls@a.example"
#define LONG 65536

static enum record_check
check(enum txt_outcome outcome, const char *const *txts, size_t n,
    struct tlsrpt_record *record, struct why *why)
{
	static struct arena arena = { 0 };
	struct span v[4];
	enum record_check found;

	arena_free(&arena);
	arena = ARENA_INIT(LONG);
	for (size_t i = 0; i < n; i++)
		v[i] = span_str(txts[i]);
	*record = (struct tlsrpt_record){ .nrua = 0 };
	*why = (struct why){ { 0 } };
	assert_ok(record_check(outcome, (struct span_list){ v, n },
	    SPAN_LIT(URI), &arena, &found, record, why));
	if (n == 0)
		arena_free(&arena);
	return found;
}

static void
test_answers(void **state)
{
	static const struct {
		enum txt_outcome outcome;
		const char *txts[3];
		enum record_check want;
	} cases[] = {
		{ TXT_FOUND, { "v=TLSRPTv1; rua=" URI }, RECORD_ASKS },
		{ TXT_FOUND,
		    { "v=TLSRPTv1;rua=https://b.example/x,mailto:tls@A.Example" },
		    RECORD_ASKS },
		{ TXT_FOUND, { "v=spf1 -all", "v=TLSRPTv1; rua=" URI },
		    RECORD_ASKS },
		{ TXT_FOUND, { "v=TLSRPTv1; rua=mailto:other@a.example" },
		    RECORD_ASKS_OTHERS },
		/* Names are compared byte by byte before the "@". */
		{ TXT_FOUND, { "v=TLSRPTv1; rua=mailto:TLS@a.example" },
		    RECORD_ASKS_OTHERS },
		{ TXT_NONE, { NULL }, RECORD_VANISHED },
		{ TXT_FOUND, { "v=spf1 -all" }, RECORD_VANISHED },
		{ TXT_FOUND, { "v=TLSRPTv1; rua=" }, RECORD_VANISHED },
		/* s3: more than one is none. */
		{ TXT_FOUND, { "v=TLSRPTv1; rua=" URI, "v=TLSRPTv1; rua=" URI },
		    RECORD_VANISHED },
		{ TXT_FAILED, { NULL }, RECORD_UNKNOWN },
		{ TXT_ABANDONED, { NULL }, RECORD_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tlsrpt_record record;
		struct why why;
		size_t n = 0;

		while (cases[i].txts[n] != NULL)
			n++;
		assert_int_equal(cases[i].want,
		    check(cases[i].outcome, cases[i].txts, n, &record, &why));
		assert_int_equal(cases[i].want == RECORD_VANISHED,
		    why.text[0] != '\0');
	}
}

static void
test_the_others_are_told(void **state)
{
	const char *txt =
	    "v=TLSRPTv1; rua=mailto:b@a.example,https://a.example/r";
	struct tlsrpt_record record;
	struct why why;

	(void)state;
	assert_int_equal(RECORD_ASKS_OTHERS,
	    check(TXT_FOUND, &txt, 1, &record, &why));
	assert_int_equal(2, record.nrua);
	assert_true(
	    span_eq(SPAN_LIT("https://a.example/r"), record.rua[0].uri));
	assert_true(span_eq(SPAN_LIT("mailto:b@a.example"), record.rua[1].uri));
	(void)check(TXT_NONE, NULL, 0, &record, &why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_the_others_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
