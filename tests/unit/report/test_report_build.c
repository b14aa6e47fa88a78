#include "support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/gzip.h"
#include "report/report_build.h"

#define DAY 20778 /* 2026-11-21 */

struct fixture {
	struct arena arena;
	struct report_options options;
	struct tally_detail details[2];
	struct tally_policy policies[3];
	struct tally tally;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = ARENA_INIT((size_t)1 << 28);
	f->options = (struct report_options){
		.reporter = { SPAN_LIT("Example Sender"),
		    SPAN_LIT("tls@sender.example"),
		    SPAN_LIT("sender.example") },
		.max_bytes = 1 << 20,
	};
	f->details[0] = (struct tally_detail){
		.detail = { RESULT_STARTTLS_NOT_SUPPORTED,
		    SPAN_LIT("192.0.2.1"), SPAN_LIT("mx1.a.example"),
		    SPAN_LIT("250-mx1"), SPAN_LIT("2001:db8::1"), SPAN_NONE,
		    SPAN_NONE },
		.sessions = 3,
	};
	f->details[1] = (struct tally_detail){
		.detail = { .type = RESULT_STS_POLICY_FETCH_ERROR },
		.sessions = 1,
	};
	f->policies[0] = (struct tally_policy){
		.type = POLICY_NO_POLICY_FOUND,
		.succeeded = 9,
	};
	f->policies[1] = (struct tally_policy){
		.type = POLICY_STS,
		.domain = SPAN_LIT("a.example"),
		.strings = SPAN_LIT("version: STSv1\nmode: enforce\n"
				    "mx: *.a.example\nmax_age: 86400\n"),
		.mx_hosts = SPAN_LIT("*.a.example\n"),
		.succeeded = 5,
		.failed = 4,
		.details = f->details,
		.ndetails = 2,
	};
	f->policies[2] = (struct tally_policy){
		.type = POLICY_TLSA,
		.domain = SPAN_LIT("mx1.a.example"),
		.strings = SPAN_LIT("3 1 1 ABCD\n"),
		.succeeded = 2,
	};
	f->tally = (struct tally){
		.day = DAY,
		.domain = SPAN_LIT("a.example"),
		.record_key = { { 1, 2, 3 } },
		.rua = SPAN_LIT("mailto:a@b.example\n"),
		.policies = f->policies,
		.npolicies = 3,
	};
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	arena_free(&f->arena);
	free(f);
	return 0;
}

static struct report_row
build(struct fixture *f)
{
	struct why why = { { 0 } };
	struct report_row row;

	assert_ok_why(report_build(&f->options, &f->tally, 77, &f->arena, &row,
			  &why),
	    &why);
	return row;
}

/* The JSON by another reader. */
static json_t *
parse(struct span body)
{
	struct buf text = BUF_INIT((size_t)1 << 26);
	json_error_t error;
	json_t *json;

	assert_ok(gzip_expand(body, &text));
	json = json_loadb(text.p, text.len, JSON_REJECT_DUPLICATES, &error);
	assert_non_null(json);
	buf_free(&text);
	return json;
}

static void
test_the_report_says_what_was_counted(void **state)
{
	struct fixture *f = *state;
	struct report_row row = build(f);
	json_t *got = parse(row.body);
	json_t *want =
	    json_pack("{s:s, s:{s:s, s:s}, s:s, s:s%, s:["
		      "{s:{s:s, s:[s], s:s}, s:{s:i, s:i}},"
		      "{s:{s:s, s:[s,s,s,s], s:s, s:[s]}, s:{s:i, s:i}, s:["
		      "{s:s, s:s, s:s, s:s, s:s, s:i}, {s:s, s:i}]},"
		      "{s:{s:s, s:s}, s:{s:i, s:i}}]}",
		"organization-name", "Example Sender", "date-range",
		"start-datetime", "2026-11-21T00:00:00Z", "end-datetime",
		"2026-11-21T23:59:59Z", "contact-info", "tls@sender.example",
		"report-id", row.id.p, row.id.len, "policies",
		/* tlsa */
		"policy", "policy-type", "tlsa", "policy-string", "3 1 1 ABCD",
		"policy-domain", "mx1.a.example", "summary",
		"total-successful-session-count", 2,
		"total-failure-session-count", 0,
		/* sts */
		"policy", "policy-type", "sts", "policy-string",
		"version: STSv1", "mode: enforce", "mx: *.a.example",
		"max_age: 86400", "policy-domain", "a.example", "mx-host",
		"*.a.example", "summary", "total-successful-session-count", 5,
		"total-failure-session-count", 4, "failure-details",
		"result-type", "starttls-not-supported", "sending-mta-ip",
		"192.0.2.1", "receiving-mx-hostname", "mx1.a.example",
		"receiving-mx-helo", "250-mx1", "receiving-ip", "2001:db8::1",
		"failed-session-count", 3, "result-type",
		"sts-policy-fetch-error", "failed-session-count", 1,
		/* no policy: its domain is the one that asked */
		"policy", "policy-type", "no-policy-found", "policy-domain",
		"a.example", "summary", "total-successful-session-count", 9,
		"total-failure-session-count", 0);

	assert_non_null(want);
	assert_true(json_equal(want, got));
	json_decref(want);
	json_decref(got);
}

static void
test_the_row_describes_the_report(void **state)
{
	struct fixture *f = *state;
	struct report_row row = build(f);
	char name[256];

	assert_int_equal(32, row.id.len);
	assert_int_equal(3, row.policies);
	assert_int_equal(16, row.succeeded);
	assert_int_equal(4, row.failed);
	assert_int_equal(0, row.folded);
	assert_int_equal(77, row.built_s);
	assert_int_equal(row.body.len, row.body_bytes);
	/* s5.1; 2026-11-21 begins at 1795219200. */
	(void)snprintf(name, sizeof(name),
	    "sender.example!a.example!1795219200!1795305599!%.*s.json.gz",
	    SPAN_ARG(row.id));
	assert_span(name, row.file_name);
}

static void
test_equal_tallies_give_equal_bytes(void **state)
{
	struct fixture *f = *state;
	struct report_row first = build(f), second;
	struct tally_detail swap = f->details[0];

	f->details[0] = f->details[1];
	f->details[1] = swap;
	second = build(f);
	assert_true(span_eq(first.body, second.body));
	assert_true(span_eq(first.id, second.id));
}

static void
test_the_id_is_of_day_domain_rua_set_submitter_and_part(void **state)
{
	struct fixture *f = *state;
	struct tally same = f->tally;
	struct span ids[6];

	ids[0] = build(f).id;
	f->tally.day++;
	ids[1] = build(f).id;
	f->tally = same;
	f->tally.domain = SPAN_LIT("b.example");
	ids[2] = build(f).id;
	f->tally = same;
	f->tally.record_key.b[0]++;
	ids[3] = build(f).id;
	f->tally = same;
	f->tally.part = 1;
	ids[4] = build(f).id;
	f->tally = same;
	f->options.reporter.submitter = SPAN_LIT("other.example");
	ids[5] = build(f).id;
	for (size_t i = 0; i < 6; i++)
		for (size_t j = 0; j < i; j++)
			assert_false(span_eq(ids[i], ids[j]));
	/* The counts are not in it: a report that is built anew keeps it. */
	f->options.reporter.submitter = SPAN_LIT("sender.example");
	f->policies[0].succeeded++;
	assert_true(span_eq(ids[0], build(f).id));
}

static void
test_a_report_past_the_ceiling_is_made_coarser(void **state)
{
	enum { N = 3000 };
	struct tally_detail *details = calloc(N, sizeof(*details));
	struct fixture *f = *state;
	struct report_row row;
	json_t *json, *found;
	json_int_t sessions = 0;
	size_t i;

	for (i = 0; i < N; i++) {
		char helo[64];

		(void)snprintf(helo, sizeof(helo), "helo-%zu", i);
		details[i] = f->details[0];
		details[i].detail.helo = arena_copy(&f->arena, span_str(helo));
	}
	f->policies[1].details = details;
	f->policies[1].ndetails = N;
	f->options.max_bytes = 4000;
	row = build(f);
	assert_in_range(row.json_bytes, 1, 4000);
	assert_in_range(row.folded, N - 50, N);
	json = parse(row.body);
	found = json_object_get(json_array_get(json_object_get(json,
						   "policies"),
				    1),
	    "failure-details");
	for (i = 0; i < json_array_size(found); i++)
		sessions += json_integer_value(
		    json_object_get(json_array_get(found, i),
			"failed-session-count"));
	assert_int_equal(3 * N, sessions);
	json_decref(json);
	free(details);
}

static void
test_a_ceiling_that_nothing_fits_is_said(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct report_row row;

	f->options.max_bytes = 100;
	assert_err(E_RANGE,
	    report_build(&f->options, &f->tally, 0, &f->arena, &row, &why));
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_the_report_says_what_was_counted),
		TEST(test_the_row_describes_the_report),
		TEST(test_equal_tallies_give_equal_bytes),
		TEST(test_the_id_is_of_day_domain_rua_set_submitter_and_part),
		TEST(test_a_report_past_the_ceiling_is_made_coarser),
		TEST(test_a_ceiling_that_nothing_fits_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
