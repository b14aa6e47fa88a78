#include "support/test.h"

#include "codec/mail_text.h"
#include "model/result_type.h"

static struct report_summary
day_summary(void)
{
	return (struct report_summary){
		.organization = SPAN_LIT("Example Sender"),
		.contact = SPAN_LIT("tls@sender.example"),
		.id = SPAN_LIT("abc234"),
		.start = SPAN_LIT("2026-03-02T00:00:00Z"),
		.end = SPAN_LIT("2026-03-02T23:59:59Z"),
	};
}

static struct report_mail
mail_of(const struct report_summary *s)
{
	return (struct report_mail){
		.domain = SPAN_LIT("a.example"),
		.to = SPAN_LIT("reports@a.example"),
		.summary = s,
	};
}

static void
assert_text(const struct report_mail *m, const char *want)
{
	struct buf out = BUF_INIT(MAIL_TEXT_MAX);

	mail_text(m, &out);
	assert_string_equal(want, buf_str(&out));
	buf_free(&out);
}

static void
assert_part(const struct report_summary *s, const char *part)
{
	struct report_mail m = mail_of(s);
	struct buf out = BUF_INIT(MAIL_TEXT_MAX);

	mail_text(&m, &out);
	if (strstr(buf_str(&out), part) == NULL)
		fail_msg("%s\nhas no\n%s", buf_str(&out), part);
	buf_free(&out);
}

#define INTRODUCTION                                                       \
	"This is an aggregate report on the TLS security of mail to "      \
	"a.example\n"                                                      \
	"(SMTP TLS Reporting, RFC 8460). It counts the sessions in which " \
	"the mail\n"                                                       \
	"servers of the reporter could use TLS as the policies of the "    \
	"recipient\n"                                                      \
	"ask for, and those in which they could not.\n"                    \
	"\n"                                                               \
	"  Domain: a.example\n"                                            \
	"  Reporter: Example Sender\n"                                     \
	"  Contact: tls@sender.example\n"                                  \
	"  Day (UTC): 2026-03-02\n"                                        \
	"  Report-ID: abc234\n"                                            \
	"\n"
#define REASON                                                           \
	"\n"                                                             \
	"Why you get this: the TXT record of _smtp._tls.a.example asks " \
	"for such\n"                                                     \
	"reports to be sent to reports@a.example. Once that address is " \
	"taken out\n"                                                    \
	"of the record, they end. A program wrote this mail; questions " \
	"can be\n"                                                       \
	"sent to tls@sender.example.\n"

static void
test_empty_summary(void **state)
{
	struct report_summary s = day_summary();
	struct report_mail m = mail_of(&s);

	(void)state;
	assert_text(&m,
	    INTRODUCTION
	    "Sessions: 0 successful, 0 failed.\n"
	    "\n"
	    "The whole report is in the attachment, as JSON.\n" REASON);
}

static void
test_two_policies(void **state)
{
	struct policy_summary policies[] = {
		{ .type = SPAN_LIT("sts"),
		    .domain = SPAN_LIT("a.example"),
		    .mx_hosts = { SPAN_LIT("mx1.a.example"),
			SPAN_LIT("*.b.example") },
		    .nmx_hosts = 2,
		    .succeeded = 9007199254740991,
		    .failed = 17,
		    .failures = { { SPAN_LIT("certificate-expired"), 13 },
			{ SPAN_LIT("starttls-not-supported"), 4 } },
		    .nfailures = 2 },
		{ .type = SPAN_LIT("tlsa"),
		    .domain = SPAN_LIT("mx1.a.example"),
		    .succeeded = 1 },
	};
	struct report_summary s = day_summary();
	struct report_mail m = mail_of(&s);

	(void)state;
	s.policies = policies;
	s.npolicies = 2;
	s.succeeded = 9007199254740991;
	s.failed = 17;
	m.is_gzip = true;
	assert_text(&m,
	    INTRODUCTION
	    "Sessions: 9007199254740991 successful, 17 failed. A session "
	    "counts once\n"
	    "for each policy that was applied to it.\n"
	    "\n"
	    "MTA-STS policy (sts) for a.example: 9007199254740991 successful, "
	    "17\n"
	    "  failed\n"
	    "  MX hosts: mx1.a.example, *.b.example\n"
	    "  13 certificate-expired: the certificate has expired\n"
	    "  4 starttls-not-supported: the receiving MX did not offer or did "
	    "not\n"
	    "    accept STARTTLS\n"
	    "\n"
	    "DANE policy (tlsa) for mx1.a.example: 1 successful, 0 failed\n"
	    "\n"
	    "The whole report is in the attachment, as JSON compressed with "
	    "gzip.\n" REASON);
}

static void
test_what_did_not_fit(void **state)
{
	struct policy_summary policy = {
		.type = SPAN_LIT("sts"),
		.mx_hosts = { SPAN_LIT("mx1.a.example") },
		.nmx_hosts = 1,
		.more_mx_hosts = 12,
		.failures = { { SPAN_LIT("x"), 5 } },
		.nfailures = 1,
		.other_failures = 3,
	};
	struct report_summary s = day_summary();

	(void)state;
	s.policies = &policy;
	s.npolicies = 1;
	s.nothers = 40;
	s.others.succeeded = 7;
	s.others.failed = 8;
	s.others.failures[0].type = SPAN_LIT("tlsa-invalid");
	s.others.failures[0].sessions = 8;
	s.others.nfailures = 1;
	assert_part(&s,
	    "\nMTA-STS policy (sts): 0 successful, 0 failed\n"
	    "  MX hosts: mx1.a.example and 12 more\n"
	    "  5 x\n"
	    "  3 of other types\n"
	    "\n"
	    "40 more policies: 7 successful, 8 failed\n"
	    "  8 tlsa-invalid: no TLSA record was usable\n"
	    "\n");
}

static void
test_policy_types(void **state)
{
	struct policy_summary policy = { .domain = SPAN_LIT("a.example") };
	struct report_summary s = day_summary();

	(void)state;
	s.policies = &policy;
	s.npolicies = 1;
	policy.type = SPAN_LIT("no-policy-found");
	assert_part(&s, "\nNo policy (no-policy-found) for a.example: 0 ");
	policy.type = SPAN_LIT("new");
	assert_part(&s, "\nPolicy (new) for a.example: 0 ");
}

/* As many as there can be, each with its sentence if it is known. */
static void
test_each_failure_type(void **state)
{
	struct policy_summary policy = { .type = SPAN_LIT("sts") };
	struct report_summary s = day_summary();
	enum result_type type;

	(void)state;
	s.policies = &policy;
	s.npolicies = 1;
	while (result_type_at(policy.nfailures, &type))
		policy.failures[policy.nfailures++] = (struct failure_summary){
			span_str(result_type_text(type)), 1
		};
	while (policy.nfailures < SUMMARY_TYPES_MAX)
		policy.failures[policy.nfailures++] = (struct failure_summary){
			SPAN_LIT("x"), 1
		};
	assert_part(&s,
	    "  1 certificate-host-mismatch: the certificate is for another "
	    "name\n");
	assert_part(&s,
	    "  1 sts-policy-fetch-error: the MTA-STS policy could not be "
	    "fetched\n");
	assert_part(&s, "  1 x\n  1 x\n  1 x\n  1 x\n  1 x\n\n");
}

static void
test_several_days(void **state)
{
	struct report_summary s = day_summary();

	(void)state;
	s.end = SPAN_LIT("2026-03-08T23:59:59Z");
	assert_part(&s, "\n  Day (UTC): 2026-03-02 to 2026-03-08\n");
	s.start = SPAN_LIT("");
	s.end = SPAN_LIT("");
	assert_part(&s, "\n  Day (UTC):\n");
}

static void
test_odd_texts(void **state)
{
	struct report_summary s = day_summary();

	(void)state;
	s.organization = SPAN_LIT("a\r\n\r\nb\0\xff\xe2\x80\xae");
	assert_part(&s,
	    "\n  Reporter: a\\r\\n\\r\\nb\\x00\\xff\\xe2\\x80\\xae\n");
	s.organization = SPAN_LIT("\xc3\x9c  GmbH ");
	assert_part(&s, "\n  Reporter: \xc3\x9c GmbH\n");
}

#define A9 "aaaaaaaaa"
#define LABEL A9 A9 A9 A9 A9 A9 A9

/* A word has a line of its own when it is longer than one. */
static void
test_long_domain(void **state)
{
	struct report_summary s = day_summary();
	struct report_mail m = mail_of(&s);
	struct buf out = BUF_INIT(10000);

	(void)state;
	m.domain = SPAN_LIT(LABEL "." LABEL "." LABEL "." LABEL);
	mail_text(&m, &out);
	assert_non_null(strstr(buf_str(&out),
	    "security of mail to\n" LABEL "." LABEL "." LABEL "." LABEL
	    "\n(SMTP "));
	buf_free(&out);
}

/* Whatever can be in a summary, at its longest. */
static void
test_ceiling_is_enough(void **state)
{
	static struct policy_summary policies[SUMMARY_POLICIES_MAX + 1];
	static char bytes[SUMMARY_TEXT_MAX]; /* each is shown as \x00 */
	struct span text = { bytes, sizeof(bytes) };
	struct report_summary s = day_summary();
	struct report_mail m = mail_of(&s);
	struct buf out = BUF_INIT(MAIL_TEXT_MAX);

	(void)state;
	for (size_t i = 0; i <= SUMMARY_POLICIES_MAX; i++) {
		struct policy_summary *p = &policies[i];

		p->type = p->domain = text;
		for (; p->nmx_hosts < SUMMARY_HOSTS_MAX; p->nmx_hosts++)
			p->mx_hosts[p->nmx_hosts] = text;
		for (; p->nfailures < SUMMARY_TYPES_MAX; p->nfailures++)
			p->failures[p->nfailures].type = text;
	}
	s.organization = s.contact = s.id = s.start = text;
	s.policies = policies;
	s.npolicies = SUMMARY_POLICIES_MAX;
	s.others = policies[SUMMARY_POLICIES_MAX];
	s.nothers = 1;
	mail_text(&m, &out);
	assert_ok(out.err);
	buf_clear(&out);
	out.max = 1000;
	mail_text(&m, &out);
	assert_err(E_RANGE, out.err);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_summary),
		cmocka_unit_test(test_two_policies),
		cmocka_unit_test(test_what_did_not_fit),
		cmocka_unit_test(test_policy_types),
		cmocka_unit_test(test_each_failure_type),
		cmocka_unit_test(test_several_days),
		cmocka_unit_test(test_odd_texts),
		cmocka_unit_test(test_long_domain),
		cmocka_unit_test(test_ceiling_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
