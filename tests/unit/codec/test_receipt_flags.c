#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "codec/receipt_flags.h"

#define BIT(name) (UINT32_C(1) << RECEIPT_FLAG_##name)
#define DAY INT64_C(1795132800) /* date -u -d 2026-11-20 +%s */
#define HOUR 3600

static struct arena arena = ARENA_INIT(INCOMING_ARENA_MAX);

/* -- the range, beside the time of receipt -- */

static const struct session_totals none = { { 0, false }, { 0, false }, false };

static void
test_ranges(void **state)
{
	static const struct {
		const char *name;
		int64_t start_s, end_s, received_s;
		uint32_t want;
		bool counts;
	} cases[] = {
		{ "yesterday", DAY, DAY + S_PER_DAY - 1, DAY + S_PER_DAY + 1, 0,
		    true },
		{ "a clock that is an hour ahead", DAY, DAY + S_PER_DAY - 1,
		    DAY + S_PER_DAY - 1 - HOUR, 0, true },
		{ "and a second more", DAY, DAY + S_PER_DAY - 1,
		    DAY + S_PER_DAY - 2 - HOUR, BIT(END_IN_FUTURE), true },
		{ "tomorrow", DAY, DAY + S_PER_DAY - 1, DAY - 2 * HOUR,
		    BIT(START_IN_FUTURE) | BIT(END_IN_FUTURE), false },
		{ "7 days", DAY, DAY + 7 * S_PER_DAY - 1, DAY + 30 * S_PER_DAY,
		    0, true },
		{ "8 days", DAY, DAY + 8 * S_PER_DAY - 1, DAY + 30 * S_PER_DAY,
		    BIT(RANGE_OVER_WEEK), true },
		{ "31 days", DAY, DAY + 31 * S_PER_DAY - 1,
		    DAY + 90 * S_PER_DAY, BIT(RANGE_OVER_WEEK), true },
		{ "32 days", DAY, DAY + 32 * S_PER_DAY - 1,
		    DAY + 90 * S_PER_DAY,
		    BIT(RANGE_OVER_WEEK) | BIT(RANGE_OVER_MONTH), false },
		{ "backwards", DAY, DAY - S_PER_DAY, DAY + S_PER_DAY, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct incoming_report r = {
			.start_s = cases[i].start_s,
			.end_s = cases[i].end_s,
			.has_start = true,
			.has_end = true,
		};
		uint32_t got = receipt_flags(&r, &none, cases[i].received_s);

		print_message("%s\n", cases[i].name);
		assert_int_equal(cases[i].want, got);
		assert_int_equal(cases[i].counts, receipt_flags_count(got));
	}
	assert_int_equal(0,
	    receipt_flags(&(struct incoming_report){ .npolicies = 0 }, &none,
		DAY));
}

/* -- reports as they come -- */

static void
totals_of_file(const char *name, struct session_totals *ret)
{
	struct incoming_report report;
	struct why why = { { 0 } };
	struct span text;
	char path[64];

	(void)snprintf(path, sizeof(path), "corpus/report/%s.json", name);
	text = support_file(path);
	arena_reset(&arena);
	assert_ok_why(report_read(text, &arena, &report, &why), &why);
	report_totals(&report, NULL, ret);
	free((char *)(uintptr_t)text.p);
}

/* Added up by hand from the files. */
static void
test_totals_of_the_corpus(void **state)
{
	static const struct {
		const char *file;
		uint64_t succeeded, failed;
		bool has_succeeded, has_failed;
	} cases[] = {
		{ "microsoft-sts-tlsa", 4, 0, true, true },
		{ "microsoft-dane-hosts", 9, 1, true, true },
		{ "google", 101, 0, true, true },
		{ "google-versions", 14, 0, true, true },
		{ "google-no-failures", 2, 0, true, false },
		{ "socketlabs", 12, 2, true, true },
		{ "mail-ru", 0, 1, true, true },
		{ "rfc-erratum", 5326, 303, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct session_totals got;

		print_message("%s\n", cases[i].file);
		totals_of_file(cases[i].file, &got);
		assert_int_equal(cases[i].succeeded, got.succeeded.n);
		assert_int_equal(cases[i].failed, got.failed.n);
		assert_int_equal(cases[i].has_succeeded, got.succeeded.is_told);
		assert_int_equal(cases[i].has_failed, got.failed.is_told);
	}
}

static uint32_t
flags_of(const char *json)
{
	struct session_totals totals;
	struct incoming_report r;

	arena_reset(&arena);
	assert_ok(report_read(span_str(json), &arena, &r, NULL));
	report_totals(&r, NULL, &totals);
	return receipt_flags(&r, &totals, DAY + S_PER_DAY);
}

#define SUMMARY(succeeded, failed)                             \
	"{\"policies\":[{\"policy\":{\"policy-type\":\"sts\"," \
	"\"policy-domain\":\"a.example\"},\"summary\":{"       \
	"\"total-successful-session-count\":" succeeded        \
	",\"total-failure-session-count\":" failed "}}]}"

/* 2^53 = 9007199254740992 */
static void
test_counts_that_nobody_has(void **state)
{
	(void)state;
	assert_int_equal(0, flags_of(SUMMARY("9007199254740989", "1")));
	assert_int_equal(BIT(TOTALS_CAPPED),
	    flags_of(SUMMARY("9007199254740992", "0")));
	assert_int_equal(BIT(TOTALS_CAPPED),
	    flags_of(SUMMARY("9007199254740000", "9007199254740000")));
	assert_false(receipt_flags_count(BIT(TOTALS_CAPPED)));
	/* A negative one is left out: nothing is subtracted. */
	assert_int_equal(0, flags_of(SUMMARY("-5", "1")));
}

static void
test_names(void **state)
{
	struct buf out = BUF_INIT(4096);

	(void)state;
	deviations_join(&out, UINT64_C(1) << REPORT_NOTE_NO_CONTACT,
	    BIT(END_IN_FUTURE) | BIT(RANGE_OVER_WEEK));
	assert_string_equal("NO_CONTACT\nEND_IN_FUTURE\nRANGE_OVER_WEEK\n",
	    buf_str(&out));
	buf_free(&out);
	assert_string_equal("there is no contact-info",
	    deviation_sentence(SPAN_LIT("NO_CONTACT")));
	assert_string_equal("the range is more than 7 days",
	    deviation_sentence(SPAN_LIT("RANGE_OVER_WEEK")));
	assert_null(deviation_sentence(SPAN_LIT("NO_SUCH")));
}

static int
end(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_totals_of_the_corpus),
		cmocka_unit_test(test_counts_that_nobody_has),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
