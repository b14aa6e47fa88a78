#include "support/test.h"

#include <unbound.h>

#include "net/txt_answer.h"

#define RECORDS 102

/* An answer with n times the same record. */
struct given {
	struct ub_result result;
	char *data[RECORDS + 1];
	int len[RECORDS];
};

static void
give(struct given *g, struct span rdata, size_t n)
{
	assert_in_range(n, 0, RECORDS);
	*g = (struct given){
		.result = { .qtype = DNS_TXT, .havedata = n > 0, .ttl = 60 }
	};
	for (size_t i = 0; i < n; i++) {
		g->data[i] = (char *)(uintptr_t)rdata.p;
		g->len[i] = (int)rdata.len;
	}
	g->result.data = g->data;
	g->result.len = g->len;
}

static struct arena arena = ARENA_INIT((size_t)2 * TXT_BYTES_MAX);
static struct why why;

static struct txt_answer
read_given(const struct given *g)
{
	struct txt_answer a;

	arena_free(&arena);
	why = (struct why){ { 0 } };
	txt_answer_read(&g->result, true, &arena, &why, &a);
	assert_span(why.text, a.why);
	return a;
}

static void
test_strings_are_joined(void **state)
{
	static const struct {
		struct span rdata;
		const char *want; /* NULL: malformed */
	} cases[] = {
		{ SPAN_LIT("\3one"), "one" },
		{ SPAN_LIT("\3one\3two"), "onetwo" },
		{ SPAN_LIT("\0"), "" },
		{ SPAN_LIT("\0\0\1x\0"), "x" },
		{ SPAN_LIT("\4 a b"), " a b" },
		{ SPAN_LIT(""), NULL },
		{ SPAN_LIT("\1"), NULL },
		{ SPAN_LIT("\4one"), NULL },
		{ SPAN_LIT("\3one\1"), NULL },
		{ SPAN_LIT("\377one"), NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct given g;
		struct txt_answer a;

		give(&g, cases[i].rdata, 1);
		a = read_given(&g);
		if (cases[i].want == NULL) {
			assert_int_equal(TXT_FAILED, a.outcome);
			assert_int_equal(0, a.txts.n);
			assert_int_equal(0, a.ttl_s);
			assert_non_null(strstr(why.text, "TXT record"));
			continue;
		}
		assert_int_equal(TXT_FOUND, a.outcome);
		assert_int_equal(1, a.txts.n);
		assert_span(cases[i].want, a.txts.v[0]);
		assert_int_equal(60, a.ttl_s);
	}
}

static void
test_ceilings(void **state)
{
	static char text[TXT_BYTES_MAX / 2 + 1];
	const struct {
		size_t len, n;
		enum txt_outcome want;
	} cases[] = {
		{ 2, 100, TXT_FOUND },
		{ 2, 101, TXT_FAILED },
		{ 8192, 2, TXT_FOUND },
		{ 8193, 2, TXT_FAILED },
		{ 8192, 3, TXT_FAILED },
	};

	(void)state; /* text is of empty strings */
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct given g;
		struct txt_answer a;

		give(&g, (struct span){ text, cases[i].len }, cases[i].n);
		a = read_given(&g);
		assert_int_equal(cases[i].want, a.outcome);
		assert_int_equal(a.outcome == TXT_FOUND ? cases[i].n : 0,
		    a.txts.n);
	}
}

/* libunbound fills in the data of bogus answers. */
static void
test_bogus_comes_first(void **state)
{
	struct given g;
	struct txt_answer a;

	(void)state;
	for (size_t n = 0; n <= 1; n++) {
		give(&g, SPAN_LIT("\3one"), n);
		g.result.bogus = 1;
		a = read_given(&g);
		assert_int_equal(TXT_FAILED, a.outcome);
		assert_int_equal(DNSSEC_BOGUS, a.dnssec);
		assert_int_equal(0, a.txts.n);
		assert_int_equal(0, a.ttl_s);
		assert_span("DNSSEC: bogus", a.why);
	}
}

static void
test_codes(void **state)
{
	static const struct {
		int rcode, nxdomain, secure;
		enum txt_outcome want;
		enum dnssec dnssec;
		const char *why;
	} cases[] = {
		{ 0, 0, 0, TXT_NONE, DNSSEC_INSECURE,
		    "there is no TXT record" },
		{ 0, 0, 1, TXT_NONE, DNSSEC_SECURE, "there is no TXT record" },
		{ 3, 1, 0, TXT_NONE, DNSSEC_INSECURE, "there is no such name" },
		{ 3, 1, 1, TXT_NONE, DNSSEC_SECURE, "there is no such name" },
		{ 2, 0, 0, TXT_FAILED, DNSSEC_UNKNOWN,
		    "no answer of use: SERVFAIL" },
		{ 5, 0, 0, TXT_FAILED, DNSSEC_UNKNOWN,
		    "no answer of use: RCODE 5" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct given g;
		struct txt_answer a;

		give(&g, SPAN_NONE, 0);
		g.result.rcode = cases[i].rcode;
		g.result.nxdomain = cases[i].nxdomain;
		g.result.secure = cases[i].secure;
		a = read_given(&g);
		assert_int_equal(cases[i].want, a.outcome);
		assert_int_equal(cases[i].dnssec, a.dnssec);
		assert_span(cases[i].why, a.why);
		assert_int_equal(a.outcome == TXT_NONE ? 60 : 0, a.ttl_s);
	}
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings_are_joined),
		cmocka_unit_test(test_ceilings),
		cmocka_unit_test(test_bogus_comes_first),
		cmocka_unit_test(test_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
