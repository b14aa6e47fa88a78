/* Rules that compare one reporter with the others: evidence made by hand, and
 * what a person would conclude from it. */
#include "insight_fixture.h"

#define STARTTLS RESULT_STARTTLS_NOT_SUPPORTED

static void
assert_concluded(const struct found *f, enum finding_conclusion want)
{
	assert_non_null(f);
	assert_int_equal(want, f->conclusion);
}

/* Four reporters of 100 sessions a day for two weeks, up to the day before
 * yesterday. */
static void
tell_past(struct story *s)
{
	static const char *const names[] = { "a", "b", "c", "d" };

	for (size_t i = 0; i < 4; i++)
		quiet(s, names[i], 15, 2, 100);
}

static void
tell_others(struct story *s, uint64_t sessions)
{
	tell(s, "b", 1, sessions, 0);
	tell(s, "c", 1, sessions, 0);
	tell(s, "d", 1, sessions, 0);
}

/* -- STARTTLS -- */

/* From one day ago to another 30 of 100 more sessions. */
static void
tell_bad_days(struct story *s, const char *reporter, int64_t from, int64_t to)
{
	for (; from >= to; from--) {
		tell(s, reporter, from, 100, 30);
		(void)tell_failed(s, reporter, from, STARTTLS, 30);
	}
}

static void
test_one_without_starttls_is_on_the_path(void **state)
{
	struct story *s = *state;
	const struct found *f;

	tell_past(s);
	tell_others(s, 100);
	tell_bad_days(s, "a", 2, 1);
	judge_story(s);
	f = found(s, KIND_STARTTLS_STRIPPED, "a");
	assert_concluded(f, CONCLUSION_PATH);
	assert_int_equal(SEVERITY_CRITICAL, f->severity);
	assert_int_equal(TODAY - 2, f->first);
	assert_int_equal(TODAY - 1, f->last);
	assert_int_equal(ROLE_SHOWS, f->rows[0].role);
	assert_int_equal(60, f->rows[0].failed);
	assert_int_equal(4, f->nrows); /* and three who had it not */
	assert_null(found(s, KIND_STARTTLS_GONE, "o.example"));
}

/* Nobody else may have met a short fault of ours. */
static void
test_one_day_without_starttls_tells_nothing(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell_others(s, 100);
	tell_bad_days(s, "a", 1, 1);
	judge_story(s);
	assert_concluded(found(s, KIND_STARTTLS_STRIPPED, "a"),
	    CONCLUSION_UNKNOWN);
}

static void
test_all_without_starttls_is_ours(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	struct story *s = *state;

	tell_past(s);
	for (size_t i = 0; i < 4; i++) {
		tell(s, names[i], 1, 100, 25 + i);
		(void)tell_failed(s, names[i], 1, STARTTLS, 25 + i);
	}
	judge_story(s);
	assert_concluded(found(s, KIND_STARTTLS_GONE, "o.example"),
	    CONCLUSION_CONFIGURATION);
	assert_null(found(s, KIND_STARTTLS_STRIPPED, "a"));
}

/* 4 of 100 sessions: the others would have had 0.4 of 10 each. */
static void
test_others_with_few_sessions_tell_nothing(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell_others(s, 10);
	tell(s, "a", 1, 100, 4);
	(void)tell_failed(s, "a", 1, STARTTLS, 4);
	judge_story(s);
	assert_concluded(found(s, KIND_STARTTLS_STRIPPED, "a"),
	    CONCLUSION_UNKNOWN);
}

static void
test_others_that_have_not_reported_tell_nothing(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell(s, "a", 1, 100, 30);
	(void)tell_failed(s, "a", 1, STARTTLS, 30);
	judge_story(s);
	assert_concluded(found(s, KIND_STARTTLS_STRIPPED, "a"),
	    CONCLUSION_UNKNOWN);
}

static void
test_one_that_never_was_better_is_not_on_the_path(void **state)
{
	struct story *s = *state;

	quiet(s, "b", 15, 1, 100);
	quiet(s, "c", 15, 1, 100);
	quiet(s, "d", 15, 1, 100);
	for (int64_t ago = 15; ago > 0; ago--) {
		tell(s, "a", ago, 100, 30);
		(void)tell_failed(s, "a", ago, STARTTLS, 30);
	}
	judge_story(s);
	assert_concluded(found(s, KIND_STARTTLS_STRIPPED, "a"),
	    CONCLUSION_UNKNOWN);
}

static void
test_one_session_is_no_finding(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell_others(s, 100);
	tell(s, "a", 1, 10, 1);
	(void)tell_failed(s, "a", 1, STARTTLS, 1);
	judge_story(s);
	assert_null(found(s, KIND_STARTTLS_STRIPPED, "a"));
}

static void
test_two_sessions_are_not_on_the_path(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell_others(s, 100);
	tell(s, "a", 1, 10, 2);
	(void)tell_failed(s, "a", 1, STARTTLS, 2);
	judge_story(s);
	assert_concluded(found(s, KIND_STARTTLS_STRIPPED, "a"),
	    CONCLUSION_UNKNOWN);
}

/* One of two sessions on each of three days: chance, which has many days. */
static void
test_one_now_and_then_is_not_on_the_path(void **state)
{
	static const char *const names[] = { "b", "c", "d" };
	struct story *s = *state;

	for (size_t i = 0; i < 3; i++)
		quiet(s, names[i], 15, 1, 100);
	quiet(s, "a", 15, 6, 2);
	for (int64_t ago = 5; ago > 0; ago -= 2) {
		tell(s, "a", ago, 2, 1);
		(void)tell_failed(s, "a", ago, STARTTLS, 1);
	}
	judge_story(s);
	assert_concluded(found(s, KIND_STARTTLS_STRIPPED, "a"),
	    CONCLUSION_UNKNOWN);
}

/* 30 of 100, where another one alone had 100 without it, and so would have had
 * 30: enough. With 30, 9: too few. */
static void
test_one_other_alone_has_to_be_busy(void **state)
{
	struct story *s = *state;
	size_t at;

	quiet(s, "a", 15, 3, 100);
	quiet(s, "b", 15, 3, 100);
	tell_bad_days(s, "a", 2, 1);
	at = s->evidence.ndays;
	quiet(s, "b", 2, 1, 100);
	judge_story(s);
	assert_concluded(found(s, KIND_STARTTLS_STRIPPED, "a"),
	    CONCLUSION_PATH);
	s->days[at].sessions = s->days[at + 1].sessions = 15;
	judge_story(s);
	assert_concluded(found(s, KIND_STARTTLS_STRIPPED, "a"),
	    CONCLUSION_UNKNOWN);
}

static void
test_what_came_long_ago_is_no_news(void **state)
{
	struct story *s = *state;

	quiet(s, "b", 30, 1, 100);
	quiet(s, "c", 30, 1, 100);
	quiet(s, "a", 30, 21, 100);
	tell_bad_days(s, "a", 20, 19);
	judge_story(s);
	assert_null(found(s, KIND_STARTTLS_STRIPPED, "a"));
	/* But a report that comes late is. */
	s->failures[0].received_s = day_start_s(TODAY);
	s->failures[1].received_s = day_start_s(TODAY);
	judge_story(s);
	assert_concluded(found(s, KIND_STARTTLS_STRIPPED, "a"),
	    CONCLUSION_PATH);
}

/* All saw it on one day; but a report about a week tells of its first day. */
static void
test_a_report_of_a_week_is_compared_with_a_week(void **state)
{
	struct story *s = *state;
	static const char *const names[] = { "b", "c", "d" };

	for (size_t i = 0; i < 3; i++) {
		quiet(s, names[i], 30, 5, 100);
		tell(s, names[i], 4, 100, 25);
		(void)tell_failed(s, names[i], 4, STARTTLS, 25);
		quiet(s, names[i], 3, 1, 100);
	}
	tell(s, "a", 28, 700, 0);
	tell(s, "a", 21, 700, 0);
	tell(s, "a", 14, 700, 0);
	tell(s, "a", 7, 700, 25);
	s->delay = 7;
	tell_failed(s, "a", 7, STARTTLS, 25)->last_day = TODAY - 1;
	judge_story(s);
	assert_null(found(s, KIND_STARTTLS_STRIPPED, "a"));
	assert_concluded(found(s, KIND_STARTTLS_GONE, "o.example"),
	    CONCLUSION_CONFIGURATION);
	/* Were it of a day, nobody else would have it. */
	s->failures[3].last_day = TODAY - 7;
	judge_story(s);
	assert_concluded(found(s, KIND_STARTTLS_STRIPPED, "a"),
	    CONCLUSION_UNKNOWN);
}

/* Where a day begins, not all agree. */
static void
test_the_day_beside_is_looked_at(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell_others(s, 100);
	(void)tell_failed(s, "b", 2, STARTTLS, 30);
	(void)tell_failed(s, "c", 2, STARTTLS, 30);
	tell(s, "a", 1, 100, 30);
	(void)tell_failed(s, "a", 1, STARTTLS, 30);
	judge_story(s);
	assert_null(found(s, KIND_STARTTLS_STRIPPED, "a"));
}

/* -- certificates -- */

static void
test_one_that_sees_an_untrusted_certificate(void **state)
{
	struct story *s = *state;
	const struct found *f;

	tell_past(s);
	tell_others(s, 100);
	tell(s, "a", 1, 50, 20);
	(void)tell_failed(s, "a", 1, RESULT_CERTIFICATE_NOT_TRUSTED, 20);
	judge_story(s);
	f = found(s, KIND_CERTIFICATE_INTERCEPTED, "a");
	assert_concluded(f, CONCLUSION_UNKNOWN);
	assert_int_equal(SEVERITY_CRITICAL, f->severity);
}

static void
test_openssl_words_are_understood(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell_others(s, 100);
	tell(s, "a", 1, 50, 20);
	tell_failed(s, "a", 1, RESULT_VALIDATION_FAILURE, 20)->reason =
	    SPAN_LIT("self-signed_certificate");
	judge_story(s);
	assert_concluded(found(s, KIND_CERTIFICATE_INTERCEPTED, "a"),
	    CONCLUSION_UNKNOWN);
}

static void
test_a_handshake_that_breaks_is_no_certificate(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell_others(s, 100);
	tell(s, "a", 1, 50, 20);
	tell_failed(s, "a", 1, RESULT_VALIDATION_FAILURE, 20)->reason =
	    SPAN_LIT("tls-handshake-failure");
	judge_story(s);
	assert_null(found(s, KIND_CERTIFICATE_INTERCEPTED, "a"));
}

static void
test_expired_is_ours_for_all_and_the_reporters_for_one(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	struct story *s = *state;

	tell_past(s);
	for (size_t i = 0; i < 4; i++) {
		tell(s, names[i], 1, 100, 50);
		(void)tell_failed(s, names[i], 1, RESULT_CERTIFICATE_EXPIRED,
		    50);
	}
	judge_story(s);
	assert_concluded(found(s, KIND_CERTIFICATE_EXPIRED, "mx1.o.example"),
	    CONCLUSION_CONFIGURATION);
	s->evidence.nfailures = 1;
	for (size_t i = s->evidence.ndays - 3; i < s->evidence.ndays; i++)
		s->days[i].failed = s->policies[i].row.failed = 0;
	judge_story(s);
	assert_concluded(found(s, KIND_CERTIFICATE_EXPIRED, "a"),
	    CONCLUSION_REPORTER);
}

/* DANE: only those who look at it could have failed. */
static void
tell_dane(struct story *s, const char *reporter, int64_t ago, uint64_t failed,
    const char *records)
{
	tell_under(s, reporter, ago, POLICY_TLSA, "mx1.o.example", records, 100,
	    failed);
	if (failed > 0)
		tell_failed(s, reporter, ago, RESULT_VALIDATION_FAILURE, failed)
		    ->type = POLICY_TLSA;
}

static void
test_dane_is_compared_with_dane(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell_others(s, 100);
	for (int64_t ago = 15; ago > 1; ago--)
		tell_dane(s, "x", ago, 0, "3 1 1 aa\n");
	tell_dane(s, "x", 1, 40, "3 1 1 aa\n");
	judge_story(s);
	assert_null(found(s, KIND_CERTIFICATE_INTERCEPTED, "x"));
	assert_concluded(found(s, KIND_CERTIFICATE_MISMATCH, "mx1.o.example"),
	    CONCLUSION_CONFIGURATION);
}

static void
tell_dane_others(struct story *s, const char *records)
{
	for (int64_t ago = 15; ago > 1; ago--) {
		tell_dane(s, "x", ago, 0, "3 1 1 aa\n");
		tell_dane(s, "y", ago, 0, "3 1 1 aa\n");
		tell_dane(s, "z", ago, 0, "3 1 1 aa\n");
	}
	tell_dane(s, "y", 1, 0, records);
	tell_dane(s, "z", 1, 0, records);
}

static void
test_records_in_a_cache_are_not_on_the_path(void **state)
{
	struct story *s = *state;

	tell_dane_others(s, "3 1 1 bb\n");
	tell_dane(s, "x", 1, 40, "3 1 1 aa\n");
	judge_story(s);
	assert_concluded(found(s, KIND_CERTIFICATE_INTERCEPTED, "x"),
	    CONCLUSION_UNKNOWN);
}

static void
test_another_key_for_one_is_on_the_path(void **state)
{
	struct story *s = *state;

	tell_dane_others(s, "3 1 1 aa\n");
	tell_dane(s, "x", 1, 40, "3 1 1 aa\n");
	judge_story(s);
	assert_concluded(found(s, KIND_CERTIFICATE_INTERCEPTED, "x"),
	    CONCLUSION_PATH);
}

/* Before noon the old key, after noon the new one, which one cache missed. */
static void
test_a_rollover_is_not_on_the_path(void **state)
{
	struct story *s = *state;

	tell_dane_others(s, "3 1 1 aa\n");
	tell_dane(s, "y", 1, 0, "3 1 1 bb\n");
	tell_dane(s, "x", 1, 40, "3 1 1 aa\n");
	judge_story(s);
	assert_concluded(found(s, KIND_CERTIFICATE_INTERCEPTED, "x"),
	    CONCLUSION_UNKNOWN);
}

/* -- hosts and addresses -- */

static void
come_to(struct story *s, const char *reporter, const char *mx)
{
	tell(s, reporter, 1, 100, 20);
	tell_failed(s, reporter, 1, RESULT_CERTIFICATE_HOST_MISMATCH, 20)->mx =
	    span_str(mx);
}

static void
test_one_at_a_foreign_host_is_on_the_path(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell_others(s, 100);
	come_to(s, "a", "mx.evil.example");
	judge_story(s);
	assert_concluded(found(s, KIND_FOREIGN_MX, "mx.evil.example"),
	    CONCLUSION_PATH);
}

static void
test_all_at_a_new_host_have_moved(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell(s, "d", 1, 100, 0);
	come_to(s, "a", "mx.hoster.example");
	come_to(s, "b", "mx.hoster.example");
	come_to(s, "c", "mx.hoster.example");
	judge_story(s);
	assert_concluded(found(s, KIND_FOREIGN_MX, "mx.hoster.example"),
	    CONCLUSION_CONFIGURATION);
}

static void
test_a_host_of_a_policy_is_ours(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell_others(s, 100);
	tell_under(s, "b", 1, POLICY_STS, "o.example",
	    "version: STSv1\nmode: enforce\nmx: *.hoster.example\n", 10, 0);
	come_to(s, "a", "mx.hoster.example");
	judge_story(s);
	assert_null(found(s, KIND_FOREIGN_MX, "mx.hoster.example"));
}

/* A new host that DANE is right for, and one who has the old MTA-STS policy. */
static void
test_others_under_dane_tell_nothing_of_sts(void **state)
{
	static const char *const names[] = { "b", "c", "d" };
	struct story *s = *state;

	tell_past(s);
	for (size_t i = 0; i < 3; i++)
		tell_under(s, names[i], 1, POLICY_TLSA, "o.example",
		    "3 1 1 aa\n", 100, 0);
	come_to(s, "a", "mx.new.example");
	judge_story(s);
	assert_concluded(found(s, KIND_FOREIGN_MX, "mx.new.example"),
	    CONCLUSION_UNKNOWN);
}

/* It has moved since: one who comes there has it in a cache. One alone before
 * does not make it ours. */
static void
test_a_host_that_several_came_to_was_ours(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell_others(s, 100);
	come_to(s, "a", "mx.old.example");
	tell_failed(s, "b", 12, RESULT_VALIDATION_FAILURE, 1)->mx = SPAN_LIT(
	    "mx.old.example");
	judge_story(s);
	assert_non_null(found(s, KIND_FOREIGN_MX, "mx.old.example"));
	tell_failed(s, "c", 12, RESULT_VALIDATION_FAILURE, 1)->mx = SPAN_LIT(
	    "mx.old.example");
	judge_story(s);
	assert_null(found(s, KIND_FOREIGN_MX, "mx.old.example"));
}

static void
test_a_host_of_our_organisation_was_forgotten(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell_others(s, 100);
	s->evidence.domain = SPAN_LIT("ours.o.example.org");
	come_to(s, "a", "old.example.org");
	judge_story(s);
	assert_concluded(found(s, KIND_FOREIGN_MX, "old.example.org"),
	    CONCLUSION_CONFIGURATION);
}

/* Who names hosts in a way of its own does so whatever fails. */
static void
test_a_reporter_with_other_names_is_not_on_the_path(void **state)
{
	struct story *s = *state;

	tell_past(s);
	tell(s, "b", 1, 100, 20);
	(void)tell_failed(s, "b", 1, RESULT_CERTIFICATE_HOST_MISMATCH, 20);
	tell(s, "c", 1, 100, 20);
	(void)tell_failed(s, "c", 1, RESULT_CERTIFICATE_HOST_MISMATCH, 20);
	tell(s, "d", 1, 100, 0);
	come_to(s, "a", "host7.isp.example");
	judge_story(s);
	assert_concluded(found(s, KIND_FOREIGN_MX, "host7.isp.example"),
	    CONCLUSION_UNKNOWN);
}

static void
test_without_hosts_nobody_is_foreign(void **state)
{
	struct story *s = *state;

	s->evidence.hosts.n = 0;
	tell_under(s, "a", 1, POLICY_NO_POLICY_FOUND, "o.example", "", 100, 20);
	tell_failed(s, "a", 1, RESULT_VALIDATION_FAILURE, 20)->mx = SPAN_LIT(
	    "mx.evil.example");
	judge_story(s);
	assert_null(found(s, KIND_FOREIGN_MX, "mx.evil.example"));
}

static void
test_one_at_a_foreign_address(void **state)
{
	struct story *s = *state;

	tell_past(s);
	(void)tell_failed(s, "b", 10, RESULT_VALIDATION_FAILURE, 1);
	tell_others(s, 100);
	tell(s, "a", 1, 50, 30);
	tell_failed(s, "a", 1, RESULT_CERTIFICATE_NOT_TRUSTED, 30)
	    ->receiving_ip = SPAN_LIT("203.0.113.66");
	judge_story(s);
	assert_concluded(found(s, KIND_FOREIGN_ADDRESS, "203.0.113.66"),
	    CONCLUSION_PATH);
	/* In a network that is known nothing is foreign. */
	s->failures[0].receiving_ip = SPAN_LIT("203.0.113.5");
	judge_story(s);
	assert_null(found(s, KIND_FOREIGN_ADDRESS, "203.0.113.66"));
}

/* -- what nobody vouches for -- */

/* Everything above at once, by one that nothing vouches for: whatever the
 * layer, nothing is on the path. */
static void
tell_forged(struct story *s, int64_t state, int64_t verdict)
{
	static const enum result_type types[] = { RESULT_STARTTLS_NOT_SUPPORTED,
		RESULT_CERTIFICATE_HOST_MISMATCH,
		RESULT_CERTIFICATE_NOT_TRUSTED, RESULT_CERTIFICATE_EXPIRED,
		RESULT_VALIDATION_FAILURE, RESULT_STS_POLICY_FETCH_ERROR,
		RESULT_STS_POLICY_INVALID, RESULT_STS_WEBPKI_INVALID,
		RESULT_TLSA_INVALID, RESULT_DNSSEC_INVALID,
		RESULT_DANE_REQUIRED };

	s->state = state;
	s->verdict = verdict;
	quiet(s, "e", 15, 2, 100);
	quiet(s, "f", 15, 1, 100);
	quiet(s, "g", 15, 1, 100);
	tell_under(s, "e", 1, POLICY_NO_POLICY_FOUND, "o.example", "", 100,
	    100);
	tell_under(s, "e", 0, POLICY_TLSA, "mx.evil.example", "3 1 1 00\n", 100,
	    100);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct evidence_failure *f = tell_failed(s, "e", 1, types[i],
		    90);

		f->mx = SPAN_LIT("mx.evil.example");
		f->receiving_ip = SPAN_LIT("203.0.113.66");
		tell_failed(s, "e", 1, types[i], 90)->type = POLICY_TLSA;
		(void)tell_failed(s, "e", 0, types[i], 90);
	}
}

static void
test_unauthenticated_alone_is_never_on_the_path(void **state)
{
	static const struct {
		int64_t state, verdict;
	} layers[] = { { INBOX_COUNTED, TRUST_UNAUTHENTICATED },
		{ INBOX_UNTRUSTED, TRUST_FAILED },
		{ INBOX_UNTRUSTED, TRUST_UNSIGNED },
		{ INBOX_UNTRUSTED, TRUST_UNALIGNED },
		{ INBOX_WAITING, TRUST_UNVERIFIABLE },
		{ INBOX_CONTRADICTED, TRUST_AUTHENTICATED },
		{ INBOX_IMPLAUSIBLE, TRUST_AUTHENTICATED } };
	struct story *s = *state;
	size_t findings = 0;

	for (int with_past = 0; with_past < 2; with_past++)
		for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]);
		     i++) {
			s->evidence.ndays = s->evidence.npolicies =
			    s->evidence.nfailures = 0;
			s->state = INBOX_COUNTED;
			s->verdict = TRUST_AUTHENTICATED;
			if (with_past)
				tell_past(s);
			tell_forged(s, layers[i].state, layers[i].verdict);
			judge_story(s);
			findings += s->found.n;
			for (size_t n = 0; n < s->found.n; n++)
				assert_int_not_equal(CONCLUSION_PATH,
				    s->found.v[n].conclusion);
		}
	assert_true(findings > 10);
	/* The same, vouched for, is. */
	s->evidence.ndays = s->evidence.npolicies = s->evidence.nfailures = 0;
	tell_past(s);
	tell_forged(s, INBOX_COUNTED, TRUST_AUTHENTICATED);
	judge_story(s);
	assert_concluded(found(s, KIND_STARTTLS_STRIPPED, "e"),
	    CONCLUSION_PATH);
}

/* No rule may say so, whatever it is shown. */
static void
test_a_path_needs_a_row_that_is_authenticated(void **state)
{
	struct story *s = *state;
	struct findings out = { .arena = &s->arena };

	for (int kind = 0; kind < NKINDS; kind++)
		for (int layer = LAYER_POSTED; layer <= LAYER_REPEATED;
		     layer++) {
			struct found f = found_of((enum finding_kind)kind,
			    SPAN_LIT("x"), TODAY, TODAY);

			f.conclusion = CONCLUSION_PATH;
			found_row(&f,
			    &(const struct found_row){ .role = ROLE_SHOWS,
				.layer = (enum layer)layer });
			found_row(&f,
			    &(const struct found_row){ .role = ROLE_CONTRAST,
				.layer = LAYER_AUTHENTICATED });
			findings_add(&out, &f);
		}
	assert_int_equal(NKINDS, out.n);
	for (size_t i = 0; i < out.n; i++)
		assert_int_equal(CONCLUSION_UNKNOWN, out.v[i].conclusion);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY_TEST(test_one_without_starttls_is_on_the_path),
		STORY_TEST(test_one_day_without_starttls_tells_nothing),
		STORY_TEST(test_all_without_starttls_is_ours),
		STORY_TEST(test_others_with_few_sessions_tell_nothing),
		STORY_TEST(test_others_that_have_not_reported_tell_nothing),
		STORY_TEST(test_one_that_never_was_better_is_not_on_the_path),
		STORY_TEST(test_one_session_is_no_finding),
		STORY_TEST(test_two_sessions_are_not_on_the_path),
		STORY_TEST(test_one_now_and_then_is_not_on_the_path),
		STORY_TEST(test_one_other_alone_has_to_be_busy),
		STORY_TEST(test_what_came_long_ago_is_no_news),
		STORY_TEST(test_a_report_of_a_week_is_compared_with_a_week),
		STORY_TEST(test_the_day_beside_is_looked_at),
		STORY_TEST(test_one_that_sees_an_untrusted_certificate),
		STORY_TEST(test_openssl_words_are_understood),
		STORY_TEST(test_a_handshake_that_breaks_is_no_certificate),
		STORY_TEST(
		    test_expired_is_ours_for_all_and_the_reporters_for_one),
		STORY_TEST(test_dane_is_compared_with_dane),
		STORY_TEST(test_records_in_a_cache_are_not_on_the_path),
		STORY_TEST(test_another_key_for_one_is_on_the_path),
		STORY_TEST(test_a_rollover_is_not_on_the_path),
		STORY_TEST(test_one_at_a_foreign_host_is_on_the_path),
		STORY_TEST(test_all_at_a_new_host_have_moved),
		STORY_TEST(test_a_host_of_a_policy_is_ours),
		STORY_TEST(test_others_under_dane_tell_nothing_of_sts),
		STORY_TEST(test_a_host_that_several_came_to_was_ours),
		STORY_TEST(test_a_host_of_our_organisation_was_forgotten),
		STORY_TEST(test_a_reporter_with_other_names_is_not_on_the_path),
		STORY_TEST(test_without_hosts_nobody_is_foreign),
		STORY_TEST(test_one_at_a_foreign_address),
		STORY_TEST(test_unauthenticated_alone_is_never_on_the_path),
		STORY_TEST(test_a_path_needs_a_row_that_is_authenticated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
