#include "support/test.h"

#include "intake/examine.h"

/* Whose contact-info does not tell who submits. */
#define REPORT                                                                \
	"{\"organization-name\":\"R\",\"date-range\":{\"start-datetime\":"    \
	"\"2026-03-01T00:00:00Z\",\"end-datetime\":\"2026-03-01T23:59:59Z\"}" \
	",\"contact-info\":null,\"report-id\":\"1\",\"policies\":[]}\r\n"
#define MAIL(from)                                                            \
	from "Content-Type: application/tlsrpt+json\r\nMIME-Version: 1.0\r\n" \
	     "\r\n" REPORT

/* RFC 5322 s3.6.2: what stands in a comment or in a quoted string is no
 * address. The signature is judged beside the same From, so no other may
 * submit. */
static void
test_submitter_is_the_one_address(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ MAIL("From: tls@a.example\r\n"), "a.example" },
		{ MAIL("From: \"b\" <tls@A.Example>\r\n"), "a.example" },
		{ MAIL("From: tls@a.example (<tls@b.example>)\r\n"),
		    "a.example" },
		{ MAIL("From: \"<tls@b.example>\" <tls@a.example>\r\n"),
		    "a.example" },
		{ MAIL("From: <tls@a.example>, <tls@b.example>\r\n"), "" },
		{ MAIL("From: tls@a.example\r\nFrom: tls@b.example\r\n"), "" },
		{ MAIL(""), "" },
	};
	const struct receipt_facts facts = { .is_mail = true };
	struct examined x;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_ok(examine(&facts, span_str(cases[i].in), &x, NULL));
		assert_int_equal(1, x.n);
		assert_span(cases[i].want, x.v[0].submitter);
		examined_free(&x);
	}
}

/* RFC 8460 s5.3: TLS-Report-Domain names the policy domain; two say nothing. A
 * final dot is none of a name (RFC 1034 s3.1: it is the root). */
static void
test_domain_is_of_its_field(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ MAIL("TLS-Report-Domain: A.Example\r\n"), "a.example" },
		{ MAIL("TLS-Report-Domain: a.example.\r\n"), "a.example" },
		{ MAIL("TLS-Report-Domain:\r\n a.example\r\n"), "a.example" },
		{ MAIL("TLS-Report-Domain: a.example..\r\n"), "" },
		{ MAIL("TLS-Report-Domain: *.example\r\n"), "" },
		{ MAIL("TLS-Report-Domain: a\001.example\r\n"), "" },
		{ MAIL("TLS-Report-Domain: a.example\r\n"
		       "TLS-Report-Domain: b.example\r\n"),
		    "" },
	};
	const struct receipt_facts facts = { .is_mail = true };
	struct examined x;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_ok(examine(&facts, span_str(cases[i].in), &x, NULL));
		assert_span(cases[i].want, x.domain);
		examined_free(&x);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_domain_is_of_its_field),
		cmocka_unit_test(test_submitter_is_the_one_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
