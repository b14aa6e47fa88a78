/* Rules about policies, outcomes, silence and the reports themselves: evidence
 * made by hand. */
#include "insight_fixture.h"

#include <stdio.h>

#define OLD "version: STSv1\nmode: testing\nmx: mx1.o.example\n"
#define NEW "version: STSv1\nmode: enforce\nmx: mx1.o.example\nmax_age: 1\n"

static void
assert_concluded(const struct found *f, enum finding_conclusion want)
{
	assert_non_null(f);
	assert_int_equal(want, f->conclusion);
}

static const char *const names[] = { "a", "b", "c", "d" };

/* Four reporters, so many sessions a day, from one day ago to another. */
static void
tell_all(struct story *s, int64_t from, int64_t to, uint64_t sessions)
{
	for (size_t i = 0; i < 4; i++)
		quiet(s, names[i], from, to, sessions);
}

static void
test_quiet_days_have_no_findings(void **state)
{
	struct story *s = *state;

	tell_all(s, 60, 1, 100);
	judge_story(s);
	assert_int_equal(0, s->found.n);
}

/* -- fetching the policy -- */

static void
test_a_policy_that_nobody_can_fetch_is_ours(void **state)
{
	struct story *s = *state;

	tell_all(s, 10, 1, 100);
	for (size_t i = 0; i < 4; i++)
		(void)tell_failed(s, names[i], 1, RESULT_STS_POLICY_FETCH_ERROR,
		    3);
	judge_story(s);
	assert_concluded(found(s, KIND_POLICY_FETCH_FAILING, "o.example"),
	    CONCLUSION_CONFIGURATION);
}

static void
test_a_policy_that_one_cannot_fetch(void **state)
{
	struct story *s = *state;

	tell_all(s, 10, 1, 100);
	(void)tell_failed(s, "a", 1, RESULT_STS_POLICY_FETCH_ERROR, 50);
	judge_story(s);
	assert_concluded(found(s, KIND_POLICY_FETCH_FAILING, "a"),
	    CONCLUSION_UNKNOWN);
	assert_null(found(s, KIND_POLICY_FETCH_FAILING, "o.example"));
}

/* -- which policy was seen -- */

static void
tell_policy(struct story *s, const char *reporter, int64_t from, int64_t to,
    const char *text)
{
	for (int64_t ago = from; ago >= to; ago--)
		tell_under(s, reporter, ago, POLICY_STS, "o.example", text, 50,
		    0);
}

static void
test_an_old_policy_is_in_a_cache(void **state)
{
	struct story *s = *state;

	for (size_t i = 0; i < 4; i++) {
		tell_policy(s, names[i], 20, 8, OLD);
		tell_policy(s, names[i], 7, 1, i == 0 ? OLD : NEW);
	}
	judge_story(s);
	assert_concluded(found(s, KIND_POLICY_STALE, "a"), CONCLUSION_REPORTER);
	assert_int_equal(1, s->found.n);
}

static void
test_a_new_policy_may_be_seen_by_one_first(void **state)
{
	struct story *s = *state;

	for (size_t i = 0; i < 4; i++) {
		tell_policy(s, names[i], 20, 3, OLD);
		tell_policy(s, names[i], 2, 1, i == 0 ? NEW : OLD);
	}
	judge_story(s);
	assert_null(found(s, KIND_POLICY_STALE, "a"));
}

static void
test_a_policy_that_one_alone_goes_on_to_see(void **state)
{
	struct story *s = *state;

	for (size_t i = 0; i < 4; i++) {
		tell_policy(s, names[i], 20, 6, OLD);
		tell_policy(s, names[i], 5, 1, i == 0 ? NEW : OLD);
	}
	judge_story(s);
	assert_concluded(found(s, KIND_POLICY_STALE, "a"), CONCLUSION_UNKNOWN);
	assert_int_equal(TODAY - 5, found(s, KIND_POLICY_STALE, "a")->first);
}

/* s4.5: as published; but some write it in a way of their own. */
static void
test_order_case_and_blanks_do_not_count(void **state)
{
	struct story *s = *state;

	for (size_t i = 0; i < 4; i++)
		tell_policy(s, names[i], 20, 1,
		    i == 0 ? "version:STSv1\nmx: b\nmx: A\nmode:enforce\n"
			   : "version: STSv1\nmode: enforce\nmx: a\nmx: b\n");
	judge_story(s);
	assert_null(found(s, KIND_POLICY_STALE, "a"));
}

/* -- none found -- */

static void
find_none(struct story *s, const char *reporter, int64_t ago)
{
	tell_under(s, reporter, ago, POLICY_NO_POLICY_FOUND, "o.example", "",
	    50, 0);
}

static void
test_one_that_finds_no_policy_any_more(void **state)
{
	struct story *s = *state;

	tell_all(s, 10, 3, 50);
	for (size_t i = 1; i < 4; i++)
		quiet(s, names[i], 2, 1, 50);
	find_none(s, "a", 2);
	find_none(s, "a", 1);
	judge_story(s);
	assert_concluded(found(s, KIND_POLICY_NOT_FOUND, "a"),
	    CONCLUSION_UNKNOWN);
	assert_int_equal(TODAY - 2,
	    found(s, KIND_POLICY_NOT_FOUND, "a")->first);
}

static void
test_without_starttls_as_well_it_is_the_path(void **state)
{
	struct story *s = *state;

	tell_all(s, 10, 2, 50);
	for (size_t i = 1; i < 4; i++)
		quiet(s, names[i], 1, 1, 50);
	for (int64_t ago = 2; ago > 0; ago--) {
		find_none(s, "a", ago);
		(void)tell_failed(s, "a", ago, RESULT_STARTTLS_NOT_SUPPORTED,
		    50);
	}
	judge_story(s);
	assert_concluded(found(s, KIND_POLICY_NOT_FOUND, "a"), CONCLUSION_PATH);
}

static void
test_none_finds_a_policy_that_was_withdrawn(void **state)
{
	struct story *s = *state;

	tell_all(s, 10, 2, 50);
	for (size_t i = 0; i < 4; i++)
		find_none(s, names[i], 1);
	judge_story(s);
	assert_concluded(found(s, KIND_POLICY_NOT_FOUND, "o.example"),
	    CONCLUSION_CONFIGURATION);
	assert_null(found(s, KIND_POLICY_NOT_FOUND, "a"));
}

static void
test_who_never_looked_is_no_finding(void **state)
{
	struct story *s = *state;

	for (size_t i = 1; i < 4; i++)
		quiet(s, names[i], 10, 1, 50);
	for (int64_t ago = 10; ago > 0; ago--)
		find_none(s, "a", ago);
	judge_story(s);
	assert_int_equal(0, s->found.n);
}

/* -- outcomes -- */

static void
test_dane_fails_where_sts_does_not(void **state)
{
	struct story *s = *state;

	tell(s, "a", 1, 50, 0);
	tell_under(s, "a", 1, POLICY_TLSA, "mx1.o.example", "3 1 1 aa\n", 50,
	    25);
	judge_story(s);
	assert_concluded(found(s, KIND_DANE_STS, "o.example"),
	    CONCLUSION_CONFIGURATION);
}

/* Some list the same sessions under both. */
static void
test_both_failing_agree(void **state)
{
	struct story *s = *state;

	tell(s, "a", 1, 50, 25);
	tell_under(s, "a", 1, POLICY_TLSA, "mx1.o.example", "3 1 1 aa\n", 50,
	    25);
	judge_story(s);
	assert_null(found(s, KIND_DANE_STS, "o.example"));
}

static void
test_enforced_is_graver_than_testing(void **state)
{
	struct story *s = *state;

	tell_all(s, 10, 1, 100);
	(void)tell_failed(s, "a", 1, RESULT_VALIDATION_FAILURE, 30);
	tell_failed(s, "b", 1, RESULT_VALIDATION_FAILURE, 30)->level =
	    LEVEL_CLEARTEXT;
	judge_story(s);
	assert_int_equal(SEVERITY_CRITICAL,
	    found(s, KIND_ENFORCE_FAILURES, "enforce")->severity);
	assert_int_equal(SEVERITY_WARNING,
	    found(s, KIND_ENFORCE_FAILURES, "testing")->severity);
}

static void
test_a_session_of_a_hundred_is_no_finding(void **state)
{
	struct story *s = *state;

	tell_all(s, 10, 1, 100);
	(void)tell_failed(s, "a", 1, RESULT_VALIDATION_FAILURE, 1);
	judge_story(s);
	assert_int_equal(0, s->found.n);
}

/* -- silence -- */

static void
goes_on(struct story *s, const char *reporter, int64_t ago, uint64_t domains)
{
	s->elsewhere[s->evidence.nelsewhere++] = (struct elsewhere){
		span_str(reporter), TODAY - ago, domains
	};
}

static void
test_one_falls_silent(void **state)
{
	struct story *s = *state;

	tell_all(s, 30, 6, 10);
	for (size_t i = 1; i < 4; i++)
		quiet(s, names[i], 5, 1, 10);
	judge_story(s);
	assert_concluded(found(s, KIND_REPORTER_SILENT, "a"),
	    CONCLUSION_UNKNOWN);
	assert_int_equal(1, s->found.n);
	/* So it is about other domains. */
	goes_on(s, "a", 6, 3);
	judge_story(s);
	assert_concluded(found(s, KIND_REPORTER_SILENT, "a"),
	    CONCLUSION_REPORTER);
	/* Or it goes on about them. */
	s->elsewhere[0].last = TODAY - 1;
	judge_story(s);
	assert_concluded(found(s, KIND_REPORTER_SILENT, "a"),
	    CONCLUSION_UNKNOWN);
	assert_int_equal(SEVERITY_WARNING,
	    found(s, KIND_REPORTER_SILENT, "a")->severity);
}

/* Two missed reports of a daily one are none too many; each seventh day is a
 * rhythm as well; and who sends late is not silent. */
static void
test_each_has_its_own_rhythm(void **state)
{
	struct story *s = *state;

	quiet(s, "b", 30, 3, 10);
	for (int64_t ago = 61; ago > 10; ago -= 7)
		tell(s, "c", ago, 10, 0);
	s->delay = 6;
	quiet(s, "d", 30, 7, 10);
	judge_story(s);
	assert_int_equal(0, s->found.n);
}

static void
test_all_fall_silent(void **state)
{
	struct story *s = *state;

	tell_all(s, 30, 6, 10);
	goes_on(s, "a", 1, 2);
	judge_story(s);
	assert_concluded(found(s, KIND_RECORD_VANISHED, "o.example"),
	    CONCLUSION_CONFIGURATION);
	assert_int_equal(1, s->found.n);
	assert_int_equal(4, s->found.v[0].nrows);
}

static void
test_sessions_that_are_missing(void **state)
{
	struct story *s = *state;

	tell_all(s, 40, 4, 100);
	tell_all(s, 3, 1, 5);
	judge_story(s);
	assert_concluded(found(s, KIND_VOLUME_COLLAPSED, "o.example"),
	    CONCLUSION_UNKNOWN);
}

/* Those who report only on days with mail say nothing where there is none: of
 * 45 sessions a day 2 and 4 are left. */
static void
test_small_reporters_have_nothing_to_tell(void **state)
{
	struct story *s = *state;

	quiet(s, "large", 40, 4, 30);
	quiet(s, "a", 40, 4, 5);
	quiet(s, "b", 40, 4, 5);
	quiet(s, "c", 40, 4, 5);
	tell(s, "large", 3, 2, 0);
	tell(s, "large", 2, 3, 0);
	tell(s, "a", 2, 1, 0);
	judge_story(s);
	assert_concluded(found(s, KIND_VOLUME_COLLAPSED, "o.example"),
	    CONCLUSION_UNKNOWN);
}

static void
test_a_large_reporter_that_is_late_is_no_collapse(void **state)
{
	struct story *s = *state;

	quiet(s, "large", 40, 4, 100);
	quiet(s, "a", 40, 1, 4);
	quiet(s, "b", 40, 1, 4);
	quiet(s, "c", 40, 1, 4);
	judge_story(s);
	assert_null(found(s, KIND_VOLUME_COLLAPSED, "o.example"));
}

/* 7 of 100 sessions on each Saturday and Sunday. */
static void
test_weekends_are_no_collapse(void **state)
{
	struct story *s = *state;

	for (int64_t ago = 40; ago > 0; ago--)
		tell_all(s, ago, ago, ago % 7 == 2 || ago % 7 == 3 ? 7 : 100);
	judge_story(s);
	assert_int_equal(0, s->found.n);
}

/* -- the reports themselves -- */

static void
test_a_flood_of_posts(void **state)
{
	struct story *s = *state;
	size_t at;

	tell_all(s, 20, 1, 100);
	s->verdict = TRUST_UNAUTHENTICATED;
	quiet(s, "p", 20, 2, 10);
	judge_story(s);
	assert_null(found(s, KIND_REPORT_FLOOD, "o.example"));
	at = s->evidence.ndays;
	quiet(s, "p", 1, 1, 10);
	s->days[at].reports = 60;
	judge_story(s);
	assert_concluded(found(s, KIND_REPORT_FLOOD, "o.example"),
	    CONCLUSION_UNKNOWN);
}

static void
claim(struct story *s, const char *reporter, int64_t state, int64_t verdict)
{
	s->state = state;
	s->verdict = verdict;
	tell(s, reporter, 1, 100, 90);
	(void)tell_failed(s, reporter, 1, RESULT_CERTIFICATE_NOT_TRUSTED, 90);
}

static void
test_a_post_contradicts_all_others(void **state)
{
	struct story *s = *state;

	tell_all(s, 10, 1, 100);
	claim(s, "x", INBOX_COUNTED, TRUST_UNAUTHENTICATED);
	judge_story(s);
	assert_concluded(found(s, KIND_CONTRADICTION, "x"), CONCLUSION_UNKNOWN);
}

static void
test_a_mail_in_the_name_of_a_reporter(void **state)
{
	struct story *s = *state;

	tell_all(s, 10, 1, 100);
	claim(s, "a", INBOX_UNTRUSTED, TRUST_FAILED);
	judge_story(s);
	assert_concluded(found(s, KIND_CONTRADICTION, "a"), CONCLUSION_UNKNOWN);
	assert_null(found(s, KIND_CERTIFICATE_INTERCEPTED, "a"));
}

/* In the name of one who is vouched for, and tells of failures. */
static void
test_a_mail_that_knows_of_no_failures(void **state)
{
	struct story *s = *state;

	tell_all(s, 10, 2, 100);
	tell(s, "a", 1, 100, 40);
	(void)tell_failed(s, "a", 1, RESULT_CERTIFICATE_EXPIRED, 40);
	s->state = INBOX_UNTRUSTED;
	s->verdict = TRUST_FAILED;
	tell(s, "a", 1, 100, 0);
	judge_story(s);
	assert_concluded(found(s, KIND_CONTRADICTION, "a"), CONCLUSION_UNKNOWN);
	/* The same numbers contradict nobody: a list may have put a line below
	 * the mail. */
	s->days[s->evidence.ndays - 1].failed = 40;
	judge_story(s);
	assert_null(found(s, KIND_CONTRADICTION, "a"));
}

static void
test_who_tells_what_all_tell_contradicts_nobody(void **state)
{
	struct story *s = *state;

	tell_all(s, 10, 2, 100);
	for (size_t i = 0; i < 4; i++) {
		tell(s, names[i], 1, 100, 80);
		(void)tell_failed(s, names[i], 1,
		    RESULT_CERTIFICATE_NOT_TRUSTED, 80);
	}
	claim(s, "x", INBOX_COUNTED, TRUST_UNAUTHENTICATED);
	judge_story(s);
	assert_null(found(s, KIND_CONTRADICTION, "x"));
}

/* A post that agrees changes nothing, and one alone is judged by itself. */
static void
test_posts_alone_are_judged_as_well(void **state)
{
	struct story *s = *state;

	s->verdict = TRUST_UNAUTHENTICATED;
	tell_all(s, 10, 2, 100);
	for (size_t i = 0; i < 4; i++) {
		tell(s, names[i], 1, 100, 80);
		(void)tell_failed(s, names[i], 1, RESULT_CERTIFICATE_EXPIRED,
		    80);
	}
	judge_story(s);
	assert_concluded(found(s, KIND_CERTIFICATE_EXPIRED, "mx1.o.example"),
	    CONCLUSION_CONFIGURATION);
	assert_int_equal(LAYER_POSTED,
	    found(s, KIND_CERTIFICATE_EXPIRED, "mx1.o.example")->rows[0].layer);
}

/* Whoever posts as much as there is room for changes nothing about what is
 * vouched for, nor takes all the memory. */
static void
test_a_flood_of_made_up_names_hides_nothing(void **state)
{
	static char hosts[3000][32], liars[400][32];
	struct story *s = *state;

	tell_all(s, 15, 2, 100);
	quiet(s, "b", 1, 1, 100);
	quiet(s, "c", 1, 1, 100);
	quiet(s, "d", 1, 1, 100);
	for (int64_t ago = 2; ago > 0; ago--) {
		tell(s, "a", ago, 100, 30);
		(void)tell_failed(s, "a", ago, RESULT_STARTTLS_NOT_SUPPORTED,
		    30);
	}
	s->verdict = TRUST_UNAUTHENTICATED;
	for (int i = 0; i < 3000; i++) {
		const char *liar = liars[i % 400];

		(void)snprintf(liars[i % 400], 32, "liar%d.example", i % 400);
		(void)snprintf(hosts[i], 32, "mx%d.evil.example", i);
		tell(s, liar, 1 + i % 8, 100, 90);
		tell_failed(s, liar, 1 + i % 8, RESULT_CERTIFICATE_EXPIRED, 90)
		    ->mx = span_str(hosts[i]);
	}
	judge_story(s);
	assert_concluded(found(s, KIND_STARTTLS_STRIPPED, "a"),
	    CONCLUSION_PATH);
	assert_true(s->found.n < FOUND_MAX);
}

/* -- our own days -- */

static void
test_days_that_are_closed_late(void **state)
{
	struct story *s = *state;
	const int64_t closed_s[] = { 0, 0, day_start_s(TODAY - 2) + 60,
		day_start_s(TODAY), day_start_s(TODAY + 1) + 9 };
	char late[DAY_TEXT_SIZE], open[DAY_TEXT_SIZE];

	/* Yesterday and the day before are open; the day before that was
	 * closed at once, the next a day and more late, one later than now. */
	s->evidence.domain = SPAN_LIT("");
	for (int64_t i = 0; i < 5; i++)
		s->own_days[s->evidence.nown_days++] = (struct own_day){
			TODAY - 1 - i, closed_s[i]
		};
	judge_story(s);
	assert_int_equal(3, s->found.n);
	day_text(TODAY - 4, late);
	day_text(TODAY - 2, open);
	assert_concluded(found(s, KIND_DAY_LATE, late),
	    CONCLUSION_CONFIGURATION);
	assert_non_null(found(s, KIND_DAY_LATE, open));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY_TEST(test_quiet_days_have_no_findings),
		STORY_TEST(test_a_policy_that_nobody_can_fetch_is_ours),
		STORY_TEST(test_a_policy_that_one_cannot_fetch),
		STORY_TEST(test_an_old_policy_is_in_a_cache),
		STORY_TEST(test_a_new_policy_may_be_seen_by_one_first),
		STORY_TEST(test_a_policy_that_one_alone_goes_on_to_see),
		STORY_TEST(test_order_case_and_blanks_do_not_count),
		STORY_TEST(test_one_that_finds_no_policy_any_more),
		STORY_TEST(test_without_starttls_as_well_it_is_the_path),
		STORY_TEST(test_none_finds_a_policy_that_was_withdrawn),
		STORY_TEST(test_who_never_looked_is_no_finding),
		STORY_TEST(test_dane_fails_where_sts_does_not),
		STORY_TEST(test_both_failing_agree),
		STORY_TEST(test_enforced_is_graver_than_testing),
		STORY_TEST(test_a_session_of_a_hundred_is_no_finding),
		STORY_TEST(test_one_falls_silent),
		STORY_TEST(test_each_has_its_own_rhythm),
		STORY_TEST(test_all_fall_silent),
		STORY_TEST(test_sessions_that_are_missing),
		STORY_TEST(test_small_reporters_have_nothing_to_tell),
		STORY_TEST(test_a_large_reporter_that_is_late_is_no_collapse),
		STORY_TEST(test_weekends_are_no_collapse),
		STORY_TEST(test_a_flood_of_posts),
		STORY_TEST(test_a_post_contradicts_all_others),
		STORY_TEST(test_a_mail_in_the_name_of_a_reporter),
		STORY_TEST(test_a_mail_that_knows_of_no_failures),
		STORY_TEST(test_who_tells_what_all_tell_contradicts_nobody),
		STORY_TEST(test_posts_alone_are_judged_as_well),
		STORY_TEST(test_a_flood_of_made_up_names_hides_nothing),
		STORY_TEST(test_days_that_are_closed_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
