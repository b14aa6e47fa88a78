/* Rules that look at what the domain published: evidence made by hand. */
#include "insight_fixture.h"

#include "codec/lines.h"
#include "insight/past.h"

#define OLD "version: STSv1\nmode: testing\nmx: mx1.o.example\nmax_age: 86400\n"
#define NEW "version: STSv1\nmode: enforce\nmx: mx1.o.example\nmax_age: 86400\n"
#define FORGED "version: STSv1\nmode: none\nmax_age: 86400\n"
#define RECORD "v=TLSRPTv1; rua=mailto:r@o.example\n"

/* Seen from the morning of a day, so many days ago, to the evening of another.
 */
static void
published(struct story *s, enum published_kind kind, const char *subject,
    const char *value, int64_t from, int64_t to)
{
	struct past *p = &s->past[s->evidence.npast++];

	assert_true(s->evidence.npast <= PASTS);
	*p = (struct past){ .kind = kind,
		.subject = span_str(subject),
		.value = span_str(value),
		.first_s = day_start_s(TODAY - from) + 60,
		.last_s = day_end_s(TODAY - to) - 60 };
	assert_ok(lines_split(p->value, &s->arena, &p->lines));
}

static void
tell_policy(struct story *s, const char *reporter, int64_t from, int64_t to,
    const char *text)
{
	for (int64_t ago = from; ago >= to; ago--)
		tell_under(s, reporter, ago, POLICY_STS, "o.example", text, 50,
		    0);
}

static void
assert_concluded(const struct found *f, enum finding_conclusion want,
    enum finding_confidence confidence)
{
	assert_non_null(f);
	assert_int_equal(want, f->conclusion);
	assert_int_equal(confidence, f->confidence);
}

/* -- which policy was seen -- */

/* Three go by the old one for seven days: the one that is right is not alone
 * with a fault. */
static void
test_what_is_published_is_right_whoever_says_other(void **state)
{
	struct story *s = *state;

	published(s, PUBLISHED_POLICY, "", OLD, 60, 8);
	published(s, PUBLISHED_POLICY, "", NEW, 7, 0);
	tell_policy(s, "a", 20, 8, OLD);
	tell_policy(s, "a", 7, 1, NEW);
	tell_policy(s, "b", 20, 1, OLD);
	tell_policy(s, "c", 20, 1, OLD);
	judge_story(s);
	assert_null(found(s, KIND_POLICY_STALE, "a"));
	/* max_age is a day: seven are six too many. */
	assert_concluded(found(s, KIND_POLICY_STALE, "b"), CONCLUSION_REPORTER,
	    CONFIDENCE_HIGH);
	assert_concluded(found(s, KIND_POLICY_STALE, "c"), CONCLUSION_REPORTER,
	    CONFIDENCE_HIGH);
	assert_int_equal(2, s->found.n);
}

/* RFC 8461 s3.2: max_age is how long a cache may have it. */
static void
test_a_cache_within_max_age_is_no_finding(void **state)
{
	struct story *s = *state;

	published(s, PUBLISHED_POLICY, "", OLD, 60, 2);
	published(s, PUBLISHED_POLICY, "", NEW, 1, 0);
	tell_policy(s, "a", 20, 1, OLD);
	for (int i = 0; i < 3; i++)
		tell_policy(s, i == 0 ? "b" : i == 1 ? "c" : "d", 3, 1, NEW);
	judge_story(s);
	assert_null(found(s, KIND_POLICY_STALE, "a"));
}

static void
test_a_policy_that_was_never_there(void **state)
{
	struct story *s = *state;
	const struct found *f;

	published(s, PUBLISHED_POLICY, "", NEW, 60, 0);
	tell_policy(s, "a", 20, 2, NEW);
	tell_policy(s, "a", 1, 1, FORGED);
	judge_story(s);
	f = found(s, KIND_POLICY_STALE, "a");
	assert_concluded(f, CONCLUSION_UNKNOWN, CONFIDENCE_MEDIUM);
	assert_int_equal(SEVERITY_WARNING, f->severity);
	assert_int_equal(2, f->nrows);
	assert_string_equal("own-look", layer_text(f->rows[1].layer));
}

/* What was published before we looked is not known. */
static void
test_a_short_history_says_nothing(void **state)
{
	struct story *s = *state;

	published(s, PUBLISHED_POLICY, "", NEW, 5, 0);
	tell_policy(s, "a", 20, 2, NEW);
	tell_policy(s, "a", 1, 1, FORGED);
	judge_story(s);
	assert_int_equal(0, s->found.n);
}

/* Some write it in a way of their own, and leave lines out. */
static void
test_what_is_told_of_a_policy_is_enough(void **state)
{
	struct story *s = *state;

	published(s, PUBLISHED_POLICY, "", NEW, 60, 0);
	tell_policy(s, "a", 9, 1, "mode:enforce\nMX: mx1.o.example\n");
	judge_story(s);
	assert_int_equal(0, s->found.n);
}

/* -- no policy found -- */

static void
tell_none(struct story *s, const char *reporter, int64_t from, int64_t to)
{
	for (int64_t ago = from; ago >= to; ago--)
		tell_under(s, reporter, ago, POLICY_NO_POLICY_FOUND,
		    "o.example", "", 50, 0);
}

static void
test_none_found_though_there_was_one(void **state)
{
	struct story *s = *state;

	published(s, PUBLISHED_POLICY, "", NEW, 60, 0);
	tell_policy(s, "a", 20, 3, NEW);
	tell_none(s, "a", 2, 1);
	judge_story(s);
	assert_concluded(found(s, KIND_POLICY_NOT_FOUND, "a"),
	    CONCLUSION_UNKNOWN, CONFIDENCE_LOW);
}

static void
test_none_found_for_there_was_none(void **state)
{
	struct story *s = *state;

	published(s, PUBLISHED_POLICY, "", NEW, 60, 3);
	published(s, PUBLISHED_POLICY, "", "", 2, 0);
	tell_policy(s, "a", 20, 2, NEW);
	tell_none(s, "a", 1, 1);
	judge_story(s);
	assert_concluded(found(s, KIND_POLICY_NOT_FOUND, "a"),
	    CONCLUSION_CONFIGURATION, CONFIDENCE_HIGH);
}

/* Without a history of ours one alone is no finding. */
static void
test_none_found_and_nobody_knows(void **state)
{
	struct story *s = *state;

	tell_policy(s, "a", 20, 3, NEW);
	tell_none(s, "a", 2, 1);
	judge_story(s);
	assert_int_equal(0, s->found.n);
}

/* -- hosts and addresses -- */

static struct evidence_failure *
tell_elsewhere(struct story *s, const char *host, const char *ip)
{
	struct evidence_failure *f;

	quiet(s, "b", 20, 1, 100);
	quiet(s, "c", 20, 1, 100);
	quiet(s, "d", 20, 1, 100);
	quiet(s, "a", 20, 2, 100);
	tell(s, "a", 1, 100, 50);
	f = tell_failed(s, "a", 1, RESULT_CERTIFICATE_HOST_MISMATCH, 50);
	f->mx = span_str(host);
	f->receiving_ip = span_str(ip);
	return f;
}

static void
test_a_host_that_was_published_is_ours(void **state)
{
	struct story *s = *state;

	published(s, PUBLISHED_MX, "", "10 mx1.o.example\n20 old.p.example\n",
	    60, 5);
	published(s, PUBLISHED_MX, "", "10 mx1.o.example\n", 4, 0);
	(void)tell_elsewhere(s, "old.p.example", "");
	judge_story(s);
	assert_null(found(s, KIND_FOREIGN_MX, "old.p.example"));
}

static void
test_a_host_that_was_published_long_ago_is_not(void **state)
{
	struct story *s = *state;

	published(s, PUBLISHED_MX, "", "20 old.p.example\n", 60, 20);
	published(s, PUBLISHED_MX, "", "10 mx1.o.example\n", 19, 0);
	(void)tell_elsewhere(s, "old.p.example", "");
	judge_story(s);
	assert_non_null(found(s, KIND_FOREIGN_MX, "old.p.example"));
}

/* Nobody else told of an address, so that reports alone say nothing. */
static void
test_an_address_that_was_not_published(void **state)
{
	struct story *s = *state;

	published(s, PUBLISHED_ADDRESS, "mx1.o.example",
	    "198.51.100.1\n198.51.100.2\n", 60, 0);
	(void)tell_elsewhere(s, "mx1.o.example", "203.0.113.9");
	judge_story(s);
	assert_non_null(found(s, KIND_FOREIGN_ADDRESS, "203.0.113.9"));
}

static void
test_an_address_without_a_history(void **state)
{
	struct story *s = *state;

	(void)tell_elsewhere(s, "mx1.o.example", "203.0.113.9");
	judge_story(s);
	assert_null(found(s, KIND_FOREIGN_ADDRESS, "203.0.113.9"));
}

/* Others were told of in another network; it was published all the same. */
static void
test_an_address_that_was_published_is_ours(void **state)
{
	struct story *s = *state;

	published(s, PUBLISHED_ADDRESS, "mx1.o.example", "198.51.100.1\n", 60,
	    4);
	published(s, PUBLISHED_ADDRESS, "mx1.o.example", "203.0.113.9\n", 3, 0);
	(void)tell_elsewhere(s, "mx1.o.example", "203.0.113.9");
	(void)tell_failed(s, "b", 9, RESULT_CERTIFICATE_EXPIRED, 1);
	judge_story(s);
	assert_null(found(s, KIND_FOREIGN_ADDRESS, "203.0.113.9"));
}

/* -- the record -- */

static void
test_a_record_that_is_gone(void **state)
{
	struct story *s = *state;
	const struct found *f;

	published(s, PUBLISHED_TLSRPT, "", RECORD, 60, 2);
	published(s, PUBLISHED_TLSRPT, "", "", 1, 0);
	quiet(s, "a", 20, 1, 100);
	judge_story(s);
	f = found(s, KIND_RECORD_VANISHED, "o.example");
	assert_concluded(f, CONCLUSION_CONFIGURATION, CONFIDENCE_HIGH);
	assert_int_equal(TODAY - 1, f->first);
	assert_int_equal(1, s->found.n);
}

static void
test_a_record_that_never_was(void **state)
{
	struct story *s = *state;

	published(s, PUBLISHED_TLSRPT, "", "something else\n", 60, 0);
	judge_story(s);
	assert_int_equal(0, s->found.n);
}

static void
test_all_fall_silent_though_the_record_is_there(void **state)
{
	struct story *s = *state;

	published(s, PUBLISHED_TLSRPT, "", RECORD, 60, 0);
	quiet(s, "a", 40, 10, 100);
	quiet(s, "b", 40, 10, 100);
	s->elsewhere[0] = (struct elsewhere){ SPAN_LIT("a"), TODAY - 1, 2 };
	s->evidence.nelsewhere = 1;
	judge_story(s);
	assert_concluded(found(s, KIND_RECORD_VANISHED, "o.example"),
	    CONCLUSION_UNKNOWN, CONFIDENCE_LOW);
}

/* -- coverage -- */

static void
test_a_gap_is_not_known(void **state)
{
	struct story *s = *state;
	const struct evidence *e = &s->evidence;

	published(s, PUBLISHED_MX, "", "10 a\n", 9, 6);
	published(s, PUBLISHED_MX, "", "10 b\n", 3, 1);
	assert_true(
	    past_covers(e, PUBLISHED_MX, SPAN_LIT(""), TODAY - 9, TODAY - 6));
	assert_false(
	    past_covers(e, PUBLISHED_MX, SPAN_LIT(""), TODAY - 9, TODAY - 5));
	assert_false(
	    past_covers(e, PUBLISHED_MX, SPAN_LIT(""), TODAY - 4, TODAY - 2));
	assert_true(
	    past_covers(e, PUBLISHED_MX, SPAN_LIT(""), TODAY - 3, TODAY - 1));
	assert_false(
	    past_covers(e, PUBLISHED_MX, SPAN_LIT(""), TODAY - 3, TODAY));
	assert_false(
	    past_covers(e, PUBLISHED_MX, SPAN_LIT("x"), TODAY - 3, TODAY - 1));
	assert_false(
	    past_covers(e, PUBLISHED_TLSA, SPAN_LIT(""), TODAY - 3, TODAY - 1));
	assert_null(
	    past_of_days(e, PUBLISHED_MX, SPAN_LIT(""), TODAY - 6, TODAY - 3));
	assert_non_null(
	    past_of_days(e, PUBLISHED_MX, SPAN_LIT(""), TODAY - 8, TODAY - 7));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY_TEST(test_what_is_published_is_right_whoever_says_other),
		STORY_TEST(test_a_cache_within_max_age_is_no_finding),
		STORY_TEST(test_a_policy_that_was_never_there),
		STORY_TEST(test_a_short_history_says_nothing),
		STORY_TEST(test_what_is_told_of_a_policy_is_enough),
		STORY_TEST(test_none_found_though_there_was_one),
		STORY_TEST(test_none_found_for_there_was_none),
		STORY_TEST(test_none_found_and_nobody_knows),
		STORY_TEST(test_a_host_that_was_published_is_ours),
		STORY_TEST(test_a_host_that_was_published_long_ago_is_not),
		STORY_TEST(test_an_address_that_was_not_published),
		STORY_TEST(test_an_address_without_a_history),
		STORY_TEST(test_an_address_that_was_published_is_ours),
		STORY_TEST(test_a_record_that_is_gone),
		STORY_TEST(test_a_record_that_never_was),
		STORY_TEST(test_all_fall_silent_though_the_record_is_there),
		STORY_TEST(test_a_gap_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
