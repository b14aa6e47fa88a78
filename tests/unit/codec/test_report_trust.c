#include "support/test.h"

#include <stdio.h>

#include "codec/report_trust.h"

#define DAY 86400

/* A signature and what became of it. */
struct one {
	const char *domain;
	enum dkim_fault fault;
	const char *services; /* of "*", "e", "t" */
	bool has_length;
};

struct one_case {
	const char *name;
	struct one of[3]; /* up to the first without domain */
	const char *from, *contact, *submitter;
	int64_t age_s;
	size_t left_out;
	enum trust_verdict want;
	const char *reasons; /* sorted by bit */
	int signature;	     /* -1: none */
	bool may_turn_better;
};

static size_t
make(const struct one *of, struct dkim_signature *sigs,
    struct dkim_judgement *judgements)
{
	size_t n = 0;

	for (; n < 3 && of[n].domain != NULL; n++) {
		const char *s = of[n].services == NULL ? "*" : of[n].services;

		sigs[n] = (struct dkim_signature){
			.domain = span_str(of[n].domain),
			.identity = span_str(of[n].domain),
			.selector = SPAN_LIT("s1"),
			.b_text = SPAN_LIT("AbC\r\n\tdEf/g+"),
			.has_length = of[n].has_length,
		};
		judgements[n] = (struct dkim_judgement){
			.fault = of[n].fault,
			.for_all = strchr(s, '*') != NULL,
			.for_email = strchr(s, 'e') != NULL,
			.for_tlsrpt = strchr(s, 't') != NULL,
		};
	}
	return n;
}

static void
assert_reasons(const char *want, uint32_t reasons)
{
	char got[500] = "";
	size_t len = 0;

	for (int i = 0; i < TRUST_REASONS; i++)
		if (trust_has(reasons, (enum trust_reason)i))
			len += (size_t)snprintf(got + len, sizeof(got) - len,
			    "%s%s", len > 0 ? " " : "",
			    trust_reason_text((enum trust_reason)i));
	assert_string_equal(want, got);
}

static void
check(const struct one_case *c, const struct trust_policy *policy,
    const struct auth_results *results)
{
	struct dkim_signature sigs[3];
	struct dkim_judgement judgements[3];
	struct dkim_signatures all = { .v = sigs, .left_out = c->left_out };
	struct trust_evidence e = {
		.signatures = &all,
		.judgements = judgements,
		.results = results,
		.from = span_str(c->from),
		.contact = span_str(c->contact),
		.submitter = span_str(c->submitter),
		.age_s = c->age_s,
	};
	struct trust trust;

	print_message("%s\n", c->name);
	all.n = make(c->of, sigs, judgements);
	trust = report_trust_mail(&e, policy);
	assert_string_equal(trust_verdict_text(c->want),
	    trust_verdict_text(trust.verdict));
	assert_reasons(c->reasons, trust.reasons);
	assert_int_equal(c->signature < 0 ? TRUST_NO_SIGNATURE
					  : (size_t)c->signature,
	    trust.signature);
	assert_int_equal(c->may_turn_better, trust.may_turn_better);
}

static const struct trust_policy strict = { .gone_after_s = 7 * DAY };

#define CHECK(cases, policy)                                            \
	for (size_t i = 0; i < sizeof(cases) / sizeof((cases)[0]); i++) \
	check(&(cases)[i], (policy), NULL)

/* -- whose the signature is -- */

static void
test_alignment(void **state)
{
	static const struct one_case cases[] = {
		{ .name = "all of one name",
		    .of = { { "s.example", DKIM_FAULT_NONE, "*", false } },
		    .from = "s.example",
		    .contact = "s.example",
		    .submitter = "s.example",
		    .want = TRUST_AUTHENTICATED,
		    .reasons = "" },
		{ .name = "of one organisation: Mail.ru's",
		    .of = { { "corp.mail.ru", DKIM_FAULT_NONE, "*", false } },
		    .from = "corp.mail.ru",
		    .contact = "corp.mail.ru",
		    .submitter = "mail.ru",
		    .want = TRUST_AUTHENTICATED,
		    .reasons = "" },
		{ .name = "contact-info is null",
		    .of = { { "s.example", DKIM_FAULT_NONE, "*", false } },
		    .from = "a.s.example",
		    .want = TRUST_AUTHENTICATED,
		    .reasons = "no-contact" },
		{ .name = "contact-info is null, From another's",
		    .of = { { "s.example", DKIM_FAULT_NONE, "*", false } },
		    .from = "x.example",
		    .want = TRUST_UNALIGNED,
		    .reasons = "from-unaligned no-contact" },
		{ .name = "From another's",
		    .of = { { "s.example", DKIM_FAULT_NONE, "*", false } },
		    .from = "x.example",
		    .contact = "s.example",
		    .want = TRUST_UNALIGNED,
		    .reasons = "from-unaligned" },
		{ .name = "no From, or two",
		    .of = { { "s.example", DKIM_FAULT_NONE, "*", false } },
		    .contact = "s.example",
		    .want = TRUST_UNALIGNED,
		    .reasons = "from-unknown" },
		{ .name = "contact-info another's",
		    .of = { { "s.example", DKIM_FAULT_NONE, "*", false } },
		    .from = "s.example",
		    .contact = "x.example",
		    .submitter = "s.example",
		    .want = TRUST_UNALIGNED,
		    .reasons = "contact-unaligned" },
		{ .name = "submitter another's",
		    .of = { { "s.example", DKIM_FAULT_NONE, "*", false } },
		    .from = "s.example",
		    .contact = "s.example",
		    .submitter = "x.example",
		    .want = TRUST_UNALIGNED,
		    .reasons = "submitter-unaligned" },
		{ .name = "all another's",
		    .of = { { "s.example", DKIM_FAULT_NONE, "*", false } },
		    .from = "x.example",
		    .contact = "x.example",
		    .submitter = "x.example",
		    .want = TRUST_UNALIGNED,
		    .reasons = "from-unaligned contact-unaligned "
			       "submitter-unaligned" },
		{ .name = "of neighbours below a public suffix",
		    .of = { { "a.co.uk", DKIM_FAULT_NONE, "*", false } },
		    .from = "b.co.uk",
		    .contact = "b.co.uk",
		    .want = TRUST_UNALIGNED,
		    .reasons = "from-unaligned contact-unaligned" },
	};

	(void)state;
	CHECK(cases, &strict);
}

/* -- one signature -- */

static void
test_one_signature(void **state)
{
	static const struct one_case cases[] = {
		{ .name = "none",
		    .want = TRUST_UNSIGNED,
		    .reasons = "no-signature",
		    .signature = -1 },
		{ .name = "another body",
		    .of = { { "s.example", DKIM_FAULT_BODY, "*", false } },
		    .want = TRUST_FAILED,
		    .reasons = "signature-fails",
		    .signature = -1 },
		{ .name = "malformed",
		    .of = { { "", DKIM_FAULT_TAGS, "*", false } },
		    .want = TRUST_FAILED,
		    .reasons = "signature-fails",
		    .signature = -1 },
		{ .name = "rsa-sha1",
		    .of = { { "s.example", DKIM_FAULT_RSA_SHA1, "*", false } },
		    .want = TRUST_FAILED,
		    .reasons = "signature-fails",
		    .signature = -1 },
		{ .name = "a key of 512 bits",
		    .of = { { "s.example", DKIM_FAULT_KEY_SIZE, "*", false } },
		    .want = TRUST_FAILED,
		    .reasons = "signature-fails",
		    .signature = -1 },
		{ .name = "t=y",
		    .of = { { "s.example", DKIM_FAULT_KEY_TESTING, "*",
			false } },
		    .want = TRUST_FAILED,
		    .reasons = "signature-fails",
		    .signature = -1 },
		{ .name = "l=",
		    .of = { { "s.example", DKIM_FAULT_NONE, "*", true } },
		    .want = TRUST_FAILED,
		    .reasons = "length",
		    .signature = -1 },
		{ .name = "l=, and its key gone",
		    .of = { { "s.example", DKIM_FAULT_KEY_ABSENT, "*", true } },
		    .age_s = 8 * DAY,
		    .want = TRUST_FAILED,
		    .reasons = "length",
		    .signature = -1 },
		{ .name = "s=tlsrpt",
		    .of = { { "s.example", DKIM_FAULT_NONE, "t", false } },
		    .want = TRUST_AUTHENTICATED,
		    .reasons = "no-contact" },
		{ .name = "s=email:tlsrpt",
		    .of = { { "s.example", DKIM_FAULT_NONE, "et", false } },
		    .want = TRUST_AUTHENTICATED,
		    .reasons = "no-contact" },
		{ .name = "s=email",
		    .of = { { "s.example", DKIM_FAULT_NONE, "e", false } },
		    .want = TRUST_FAILED,
		    .reasons = "key-for-email",
		    .signature = -1 },
		{ .name = "s=other",
		    .of = { { "s.example", DKIM_FAULT_NONE, "", false } },
		    .want = TRUST_FAILED,
		    .reasons = "key-for-others",
		    .signature = -1 },
		{ .name = "no key, at once",
		    .of = { { "s.example", DKIM_FAULT_KEY_ABSENT, "*",
			false } },
		    .age_s = 7 * DAY - 1,
		    .want = TRUST_FAILED,
		    .reasons = "signature-fails",
		    .signature = -1 },
		{ .name = "no key, late",
		    .of = { { "s.example", DKIM_FAULT_KEY_ABSENT, "*",
			false } },
		    .age_s = 7 * DAY,
		    .want = TRUST_UNVERIFIABLE,
		    .reasons = "key-gone",
		    .signature = -1 },
		{ .name = "key revoked, late",
		    .of = { { "s.example", DKIM_FAULT_KEY_REVOKED, "*",
			false } },
		    .age_s = 7 * DAY,
		    .want = TRUST_UNVERIFIABLE,
		    .reasons = "key-gone",
		    .signature = -1 },
		{ .name = "key broken, late",
		    .of = { { "s.example", DKIM_FAULT_KEY_BROKEN, "*",
			false } },
		    .age_s = 7 * DAY,
		    .want = TRUST_FAILED,
		    .reasons = "signature-fails",
		    .signature = -1 },
		{ .name = "expired at receipt",
		    .of = { { "s.example", DKIM_FAULT_EXPIRED, "*", false } },
		    .age_s = 7 * DAY,
		    .want = TRUST_FAILED,
		    .reasons = "signature-fails",
		    .signature = -1 },
		{ .name = "no answer",
		    .of = { { "s.example", DKIM_FAULT_KEY_UNKNOWN, "*",
			false } },
		    .want = TRUST_UNVERIFIABLE,
		    .reasons = "key-unknown",
		    .signature = -1,
		    .may_turn_better = true },
	};
	struct one_case c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		c = cases[i];
		c.from = "s.example";
		check(&c, &strict, NULL);
	}
}

static void
test_keys_for_email_by_policy(void **state)
{
	const struct trust_policy lenient = { .email_keys = true,
		.gone_after_s = 7 * DAY };
	static const struct one_case cases[] = {
		{ .name = "s=email",
		    .of = { { "s.example", DKIM_FAULT_NONE, "e", false } },
		    .from = "s.example",
		    .contact = "s.example",
		    .want = TRUST_AUTHENTICATED,
		    .reasons = "" },
		{ .name = "s=other",
		    .of = { { "s.example", DKIM_FAULT_NONE, "", false } },
		    .from = "s.example",
		    .contact = "s.example",
		    .want = TRUST_FAILED,
		    .reasons = "key-for-others",
		    .signature = -1 },
	};

	(void)state;
	CHECK(cases, &lenient);
}

/* -- several -- */

static void
test_several_signatures(void **state)
{
	static const struct one_case cases[] = {
		{ .name = "the second vouches",
		    .of = { { "s.example", DKIM_FAULT_BODY, "*", false },
			{ "s.example", DKIM_FAULT_NONE, "*", false } },
		    .want = TRUST_AUTHENTICATED,
		    .reasons = "",
		    .signature = 1 },
		{ .name = "the second is aligned",
		    .of = { { "x.example", DKIM_FAULT_NONE, "*", false },
			{ "s.example", DKIM_FAULT_NONE, "*", false } },
		    .want = TRUST_AUTHENTICATED,
		    .reasons = "",
		    .signature = 1 },
		{ .name = "the aligned one fails",
		    .of = { { "s.example", DKIM_FAULT_SIGNATURE, "*", false },
			{ "x.example", DKIM_FAULT_NONE, "*", false } },
		    .want = TRUST_UNALIGNED,
		    .reasons = "from-unaligned contact-unaligned",
		    .signature = 1 },
		{ .name = "the aligned one waits",
		    .of = { { "x.example", DKIM_FAULT_NONE, "*", false },
			{ "s.example", DKIM_FAULT_KEY_UNKNOWN, "*", false } },
		    .want = TRUST_UNALIGNED,
		    .reasons = "from-unaligned contact-unaligned",
		    .may_turn_better = true },
		{ .name = "one vouches, one waits",
		    .of = { { "x.example", DKIM_FAULT_KEY_UNKNOWN, "*", false },
			{ "s.example", DKIM_FAULT_NONE, "*", false } },
		    .want = TRUST_AUTHENTICATED,
		    .reasons = "",
		    .signature = 1 },
		{ .name = "one fails, one waits, one is gone",
		    .of = { { "s.example", DKIM_FAULT_BODY, "*", false },
			{ "s.example", DKIM_FAULT_KEY_UNKNOWN, "*", false },
			{ "s.example", DKIM_FAULT_KEY_ABSENT, "*", false } },
		    .age_s = 8 * DAY,
		    .want = TRUST_FAILED,
		    .reasons = "signature-fails key-gone key-unknown",
		    .signature = -1,
		    .may_turn_better = true },
		{ .name = "one waits, one is gone",
		    .of = { { "s.example", DKIM_FAULT_KEY_UNKNOWN, "*", false },
			{ "s.example", DKIM_FAULT_KEY_ABSENT, "*", false } },
		    .age_s = 8 * DAY,
		    .want = TRUST_UNVERIFIABLE,
		    .reasons = "key-gone key-unknown",
		    .signature = -1,
		    .may_turn_better = true },
		{ .name = "more than are looked at",
		    .of = { { "s.example", DKIM_FAULT_BODY, "*", false } },
		    .left_out = 1,
		    .want = TRUST_FAILED,
		    .reasons = "signature-fails signatures-left-out",
		    .signature = -1 },
		{ .name = "more than are looked at, and one vouches",
		    .of = { { "s.example", DKIM_FAULT_NONE, "*", false } },
		    .left_out = 1,
		    .want = TRUST_AUTHENTICATED,
		    .reasons = "signatures-left-out" },
	};
	struct one_case c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		c = cases[i];
		c.from = c.contact = "s.example";
		check(&c, &strict, NULL);
	}
}

/* -- our own mail server -- */

static void
check_server(enum dkim_fault fault, bool has_length,
    const struct auth_result *result, enum trust_verdict want,
    const char *reasons)
{
	struct auth_result copy = *result;
	struct auth_results results = { &copy, 1 };
	struct one_case c = {
		.name = reasons,
		.of = { { "s.example", fault, "*", has_length } },
		.from = "s.example",
		.contact = "s.example",
		.age_s = 30 * DAY,
		.want = want,
		.reasons = reasons,
		.signature = want == TRUST_AUTHENTICATED ? 0 : -1,
		.may_turn_better = want != TRUST_AUTHENTICATED &&
		    fault == DKIM_FAULT_KEY_UNKNOWN,
	};

	check(&c, &strict, &results);
}

#define PASS .result = SPAN_LIT("pass")
#define D .domain = SPAN_LIT("s.example")

static void
test_server_stands_in_for_keys(void **state)
{
	static const struct auth_result pass = { PASS, D };
	static const struct {
		enum dkim_fault fault;
		enum trust_verdict want;
		const char *reasons;
	} cases[] = {
		{ DKIM_FAULT_KEY_ABSENT, TRUST_AUTHENTICATED, "mail-server" },
		{ DKIM_FAULT_KEY_REVOKED, TRUST_AUTHENTICATED, "mail-server" },
		{ DKIM_FAULT_KEY_UNKNOWN, TRUST_AUTHENTICATED, "mail-server" },
		/* What we can tell ourselves. */
		{ DKIM_FAULT_NONE, TRUST_AUTHENTICATED, "" },
		{ DKIM_FAULT_BODY, TRUST_FAILED, "signature-fails" },
		{ DKIM_FAULT_SIGNATURE, TRUST_FAILED, "signature-fails" },
		{ DKIM_FAULT_RSA_SHA1, TRUST_FAILED, "signature-fails" },
		{ DKIM_FAULT_EXPIRED, TRUST_FAILED, "signature-fails" },
		{ DKIM_FAULT_KEY_SIZE, TRUST_FAILED, "signature-fails" },
		{ DKIM_FAULT_KEY_TESTING, TRUST_FAILED, "signature-fails" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_server(cases[i].fault, false, &pass, cases[i].want,
		    cases[i].reasons);
	check_server(DKIM_FAULT_KEY_ABSENT, true, &pass, TRUST_FAILED,
	    "length");
}

static void
test_which_signature_the_server_means(void **state)
{
	static const struct auth_result its[] = {
		{ PASS, D, .selector = SPAN_LIT("s1") },
		{ PASS, D, .signature = SPAN_LIT("AbCd") },
		{ PASS, D, .signature = SPAN_LIT("AbCdEf/g+") },
		{ PASS, .identity = SPAN_LIT("s.example") },
	};
	static const struct auth_result others[] = {
		{ .result = SPAN_LIT("fail"), D },
		{ .result = SPAN_LIT("policy"), D },
		{ .result = SPAN_LIT("none") },
		{ PASS },
		{ PASS, .domain = SPAN_LIT("a.s.example") },
		{ PASS, .identity = SPAN_LIT("x.example") },
		{ PASS, D, .selector = SPAN_LIT("s2") },
		{ PASS, D, .signature = SPAN_LIT("abcd") },
		{ PASS, D, .signature = SPAN_LIT("AbCdEf/g+h") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(its) / sizeof(its[0]); i++)
		check_server(DKIM_FAULT_KEY_ABSENT, false, &its[i],
		    TRUST_AUTHENTICATED, "mail-server");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		check_server(DKIM_FAULT_KEY_ABSENT, false, &others[i],
		    TRUST_UNVERIFIABLE, "key-gone");
		check_server(DKIM_FAULT_KEY_UNKNOWN, false, &others[i],
		    TRUST_UNVERIFIABLE, "key-unknown");
	}
}

static void
test_https(void **state)
{
	struct trust trust = report_trust_https();

	(void)state;
	assert_int_equal(TRUST_UNAUTHENTICATED, trust.verdict);
	assert_reasons("https", trust.reasons);
	assert_int_equal(TRUST_NO_SIGNATURE, trust.signature);
	assert_false(trust.may_turn_better);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_one_signature),
		cmocka_unit_test(test_keys_for_email_by_policy),
		cmocka_unit_test(test_several_signatures),
		cmocka_unit_test(test_server_stands_in_for_keys),
		cmocka_unit_test(test_which_signature_the_server_means),
		cmocka_unit_test(test_https),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
