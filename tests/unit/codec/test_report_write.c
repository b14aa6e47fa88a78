#include "support/test.h"

#include <jansson.h>

#include "codec/report_write.h"

#define LIST(v) ((struct span_list){ (v), sizeof(v) / sizeof((v)[0]) })

static void
assert_written(const struct report *r, const char *want)
{
	struct buf text = BUF_INIT(10000);

	assert_ok(report_write(r, &text));
	assert_string_equal(want, buf_str(&text));
	buf_free(&text);
}

/* Members in the order of s4.4; those that are absent are left out. */
static void
test_bytes_of_a_small_report(void **state)
{
	struct report_policy policy = {
		.policy = { .type = POLICY_NO_POLICY_FOUND,
		    .domain = SPAN_LIT("example.com") },
		.succeeded = 9007199254740991,
	};
	struct report r = {
		.reporter = { .organization = SPAN_LIT("The \"Org\" \xc3\x9c"),
		    .contact = SPAN_LIT("tls@reporter.example"),
		    .submitter = SPAN_LIT("reporter.example") },
		.id = SPAN_LIT("abc234"),
		.domain = SPAN_LIT("example.com"),
		.day = 16892,
		.policies = &policy,
		.npolicies = 1,
	};

	(void)state;
	assert_written(&r,
	    "{\"organization-name\":\"The \\\"Org\\\" \xc3\x9c\","
	    "\"date-range\":{\"start-datetime\":\"2016-04-01T00:00:00Z\","
	    "\"end-datetime\":\"2016-04-01T23:59:59Z\"},"
	    "\"contact-info\":\"tls@reporter.example\","
	    "\"report-id\":\"abc234\","
	    "\"policies\":[{\"policy\":{\"policy-type\":\"no-policy-found\","
	    "\"policy-domain\":\"example.com\"},"
	    "\"summary\":{\"total-successful-session-count\":9007199254740991,"
	    "\"total-failure-session-count\":0}}]}");
}

static void
test_policies_is_an_array_even_without_any(void **state)
{
	struct report r = { .day = 0 };

	(void)state;
	assert_written(&r,
	    "{\"organization-name\":\"\","
	    "\"date-range\":{\"start-datetime\":\"1970-01-01T00:00:00Z\","
	    "\"end-datetime\":\"1970-01-01T23:59:59Z\"},"
	    "\"contact-info\":\"\",\"report-id\":\"\",\"policies\":[]}");
}

static void
test_bytes_of_a_whole_detail(void **state)
{
	struct span strings[] = { SPAN_LIT("3 1 1 AB"), SPAN_LIT("3 1 1 CD") };
	struct report_detail details[] = {
		{ .detail = { .type = RESULT_TLSA_INVALID }, .sessions = 1 },
		{ .detail = { .type = RESULT_CERTIFICATE_EXPIRED,
		      .sending_ip = SPAN_LIT("192.0.2.1"),
		      .mx_hostname = SPAN_LIT("mx1.example.com"),
		      .helo = SPAN_LIT("250-mx1\r\n250 SIZE"),
		      .receiving_ip = SPAN_LIT("2001:db8::1"),
		      .info = SPAN_LIT("https://example.org/?id=1"),
		      .reason = SPAN_LIT("X509_V_ERR_CERT_HAS_EXPIRED") },
		    .sessions = 7 },
	};
	struct report_policy policy = {
		.policy = { .type = POLICY_TLSA,
		    .domain = SPAN_LIT("mx1.example.com"),
		    .strings = LIST(strings) },
		.failed = 8,
		.details = details,
		.ndetails = 2,
	};
	struct json_out *out = json_out_new();
	struct buf text = BUF_INIT(10000);

	(void)state;
	report_write_policy(out, &policy);
	assert_ok(json_out_finish(out, JSON_COMPACT_STYLE, &text));
	assert_string_equal(
	    "{\"policy\":{\"policy-type\":\"tlsa\","
	    "\"policy-string\":[\"3 1 1 AB\",\"3 1 1 CD\"],"
	    "\"policy-domain\":\"mx1.example.com\"},"
	    "\"summary\":{\"total-successful-session-count\":0,"
	    "\"total-failure-session-count\":8},"
	    "\"failure-details\":[{\"result-type\":\"tlsa-invalid\","
	    "\"failed-session-count\":1},"
	    "{\"result-type\":\"certificate-expired\","
	    "\"sending-mta-ip\":\"192.0.2.1\","
	    "\"receiving-mx-hostname\":\"mx1.example.com\","
	    "\"receiving-mx-helo\":\"250-mx1\\r\\n250 SIZE\","
	    "\"receiving-ip\":\"2001:db8::1\","
	    "\"failed-session-count\":7,"
	    "\"additional-information\":\"https://example.org/?id=1\","
	    "\"failure-reason-code\":\"X509_V_ERR_CERT_HAS_EXPIRED\"}]}",
	    buf_str(&text));
	json_out_free(out);
	buf_clear(&text);
	out = json_out_new();
	policy.ndetails = 1;
	policy.policy.strings.n = 1;
	report_write_policy(out, &policy);
	assert_ok(json_out_finish(out, JSON_COMPACT_STYLE, &text));
	assert_non_null(
	    strstr(buf_str(&text), "\"policy-string\":[\"3 1 1 AB\"]"));
	assert_non_null(strstr(buf_str(&text), "\"failure-details\":[{"));
	json_out_free(out);
	buf_free(&text);
}

/* RFC 8460 appendix B but for its two faults: mx-host is an array (erratum
 * 6241), and the URI has no blanks and no line break. */
static const char appendix_b[] =
    "{"
    "  \"organization-name\": \"Company-X\","
    "  \"date-range\": {"
    "    \"start-datetime\": \"2016-04-01T00:00:00Z\","
    "    \"end-datetime\": \"2016-04-01T23:59:59Z\""
    "  },"
    "  \"contact-info\": \"sts-reporting@company-x.example\","
    "  \"report-id\": \"5065427c-23d3-47ca-b6e0-946ea0e8c4be\","
    "  \"policies\": [{"
    "    \"policy\": {"
    "      \"policy-type\": \"sts\","
    "      \"policy-string\": [\"version: STSv1\",\"mode: testing\","
    "            \"mx: *.mail.company-y.example\",\"max_age: 86400\"],"
    "      \"policy-domain\": \"company-y.example\","
    "      \"mx-host\": [\"*.mail.company-y.example\"]"
    "    },"
    "    \"summary\": {"
    "      \"total-successful-session-count\": 5326,"
    "      \"total-failure-session-count\": 303"
    "    },"
    "    \"failure-details\": [{"
    "      \"result-type\": \"certificate-expired\","
    "      \"sending-mta-ip\": \"2001:db8:abcd:0012::1\","
    "      \"receiving-mx-hostname\": \"mx1.mail.company-y.example\","
    "      \"failed-session-count\": 100"
    "    }, {"
    "      \"result-type\": \"starttls-not-supported\","
    "      \"sending-mta-ip\": \"2001:db8:abcd:0013::1\","
    "      \"receiving-mx-hostname\": \"mx2.mail.company-y.example\","
    "      \"receiving-ip\": \"203.0.113.56\","
    "      \"failed-session-count\": 200,"
    "      \"additional-information\": \"https://reports.company-x.example/"
    "report_info?id=5065427c-23d3#StarttlsNotSupported\""
    "    }, {"
    "      \"result-type\": \"validation-failure\","
    "      \"sending-mta-ip\": \"198.51.100.62\","
    "      \"receiving-ip\": \"203.0.113.58\","
    "      \"receiving-mx-hostname\": \"mx-backup.mail.company-y.example\","
    "      \"failed-session-count\": 3,"
    "      \"failure-reason-code\": \"X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED\""
    "    }]"
    "  }]"
    "}";

static void
test_appendix_b(void **state)
{
	struct span strings[] = { SPAN_LIT("version: STSv1"),
		SPAN_LIT("mode: testing"),
		SPAN_LIT("mx: *.mail.company-y.example"),
		SPAN_LIT("max_age: 86400") };
	struct span mx_hosts[] = { SPAN_LIT("*.mail.company-y.example") };
	struct report_detail details[] = {
		{ .detail = { .type = RESULT_CERTIFICATE_EXPIRED,
		      .sending_ip = SPAN_LIT("2001:db8:abcd:0012::1"),
		      .mx_hostname = SPAN_LIT("mx1.mail.company-y.example") },
		    .sessions = 100 },
		{ .detail = { .type = RESULT_STARTTLS_NOT_SUPPORTED,
		      .sending_ip = SPAN_LIT("2001:db8:abcd:0013::1"),
		      .mx_hostname = SPAN_LIT("mx2.mail.company-y.example"),
		      .receiving_ip = SPAN_LIT("203.0.113.56"),
		      .info = SPAN_LIT("https://reports.company-x.example/"
				       "report_info?id=5065427c-23d3"
				       "#StarttlsNotSupported") },
		    .sessions = 200 },
		{ .detail = { .type = RESULT_VALIDATION_FAILURE,
		      .sending_ip = SPAN_LIT("198.51.100.62"),
		      .mx_hostname = SPAN_LIT(
			  "mx-backup.mail.company-y.example"),
		      .receiving_ip = SPAN_LIT("203.0.113.58"),
		      .reason = SPAN_LIT("X509_V_ERR_PROXY_PATH_LENGTH_"
					 "EXCEEDED") },
		    .sessions = 3 },
	};
	struct report_policy policy = {
		.policy = { .type = POLICY_STS,
		    .domain = SPAN_LIT("company-y.example"),
		    .strings = LIST(strings),
		    .mx_hosts = LIST(mx_hosts) },
		.succeeded = 5326,
		.failed = 303,
		.details = details,
		.ndetails = 3,
	};
	struct report r = {
		.reporter = { .organization = SPAN_LIT("Company-X"),
		    .contact = SPAN_LIT("sts-reporting@company-x.example"),
		    .submitter = SPAN_LIT("company-x.example") },
		.id = SPAN_LIT("5065427c-23d3-47ca-b6e0-946ea0e8c4be"),
		.domain = SPAN_LIT("company-y.example"),
		.day = 16892,
		.policies = &policy,
		.npolicies = 1,
	};
	struct buf text = BUF_INIT(10000);
	json_t *want = json_loads(appendix_b, 0, NULL), *got;

	(void)state;
	assert_non_null(want);
	assert_ok(report_write(&r, &text));
	got = json_loadb(text.p, text.len, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(got);
	assert_true(json_equal(want, got));
	json_decref(want);
	json_decref(got);
	buf_free(&text);
}

static void
test_errors(void **state)
{
	struct report r = { .id = SPAN_LIT("\xff") };
	struct buf text = BUF_INIT(10000), little = BUF_INIT(20);

	(void)state;
	assert_err(E_SYNTAX, report_write(&r, &text));
	assert_int_equal(0, text.len);
	r.id = SPAN_LIT("x");
	assert_err(E_RANGE, report_write(&r, &little));
	buf_free(&text);
	buf_free(&little);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_of_a_small_report),
		cmocka_unit_test(test_policies_is_an_array_even_without_any),
		cmocka_unit_test(test_bytes_of_a_whole_detail),
		cmocka_unit_test(test_appendix_b),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
