/* The API's resources of received reports, over the estate of inbox_estate.h:
 * DAY is 2026-11-21. The JSON is written by hand. */
#include "api/answer.h"
#include "api/resource.h"
#include "base/clock.h"
#include "codec/gzip.h"
#include "inbox_estate.h"
#include "model/levels.h"
#include "store/store_finding.h"
#include "store/store_inbox.h"

#define T(text) SPAN_LIT(text)
#define BOTH "01900000-0000-7000-8000-000000000002"

struct asked {
	struct arena arena;
	struct api_query query;
	struct api_account account;
	struct api_request request;
	struct api_answer answer;
	struct span domain;
	unsigned status;
};

static void
prepare(struct fixture *f, struct asked *k, const char *domain,
    const char *segment)
{
	*k = (struct asked){ .arena = ARENA_INIT((size_t)1 << 24) };
	k->query = (struct api_query){ .from = DAY,
		.to = DAY + 3,
		.date = -1,
		.limit = API_LIMIT_DEFAULT };
	k->domain = span_str(domain);
	k->account = (struct api_account){ .name = T("u"),
		.is_bound = domain != NULL,
		.domains = { &k->domain, domain != NULL } };
	k->request = (struct api_request){ .store = f->store,
		.query = &k->query,
		.segments = { span_str(segment) },
		.account = &k->account,
		.arena = &k->arena,
		.now_s = day_start_s(DAY + 3) };
}

/* What is answered; "" for a list that is not JSON. Free it by finish(). */
static const char *
answer(struct asked *k, api_resource_fn *fn)
{
	struct why why = { { 0 } };
	enum err e;

	assert_true(api_answer_init(&k->answer, &k->request, true));
	e = fn(&k->request, &k->answer, &why);
	api_answer_finish(&k->answer, e, &why);
	k->status = k->answer.status;
	buf_addc(&k->answer.body, '\0');
	return k->answer.body.p;
}

static void
finish(struct asked *k)
{
	api_answer_free(&k->answer);
	arena_free(&k->arena);
}

/* domain: the account's one; NULL: it sees all. */
static void
assert_answer(struct fixture *f, api_resource_fn *fn, const char *domain,
    const char *segment, const char *want)
{
	struct asked k;

	prepare(f, &k, domain, segment);
	assert_string_equal(want, answer(&k, fn));
	finish(&k);
}

static void
assert_status(struct fixture *f, api_resource_fn *fn, const char *domain,
    const char *segment, unsigned want)
{
	struct asked k;

	prepare(f, &k, domain, segment);
	(void)answer(&k, fn);
	assert_int_equal(want, k.status);
	finish(&k);
}

#define LEVELS(a, t, e, c, n)                                            \
	"{\"authenticated\":" #a ",\"testing\":" #t ",\"encrypted\":" #e \
	",\"cleartext-or-unknown\":" #c ",\"not-sent\":" #n "}"
#define DATES "[\"2026-11-21\",\"2026-11-22\",\"2026-11-23\",\"2026-11-24\"]"

/* b.example: (3 / 2) / (33 + 20) of what is ranked. */
#define OF_B                                                                         \
	"{\"domain\":\"b.example\",\"levels\":" LEVELS(0, 30, 0, 3,                  \
	    0) ",\"unauthenticated\":null,\"sessions\":33,\"failures\":3,"           \
	       "\"reports\":1,\"reporters\":1,"                                      \
	       "\"last-report\":\"2026-11-22T01:00:00Z\","                           \
	       "\"worst\":\"certificate-expired\",\"rank\":0.028,\"days\":[" LEVELS( \
		   0, 30, 0, 3, 0) ",null,null,null]}"
/* a.example: (10 + 2 / 2) / (142 + 20). What is by HTTPS is apart; the day
 * without a count has no data, and so has the one of a mail without signature.
 */
#define OF_A                                                                            \
	"{\"domain\":\"a.example\",\"levels\":" LEVELS(90, 0, 40, 2,                    \
	    10) ",\"unauthenticated\":" LEVELS(0, 0, 0, 0,                              \
	    1000) ",\"sessions\":142,\"failures\":12,\"reports\":4,\"reporters\":3,"    \
		  "\"last-report\":\"2026-11-24T01:00:00Z\","                           \
		  "\"worst\":\"certificate-expired\",\"rank\":0.068,\"days\":[" LEVELS( \
		      90, 0, 40, 2, 10) ",null,null,null]}"
#define OF_C                                                             \
	"{\"domain\":\"c.example\",\"levels\":" LEVELS(0, 0, 0, 0,       \
	    0) ","                                                       \
	       "\"unauthenticated\":null,\"sessions\":0,\"failures\":0," \
	       "\"reports\":0,\"reporters\":0,\"last-report\":null,"     \
	       "\"worst\":null,\"rank\":0.0,\"days\":[null,null,null,null]}"
#define REPORTER(name, last, reports, sessions)                    \
	"{\"reporter\":\"" name "\",\"last-report\":\"" last "\"," \
	"\"reports\":" #reports ",\"sessions\":" #sessions ","     \
	"\"usual-gap-days\":null,\"silent\":false}"

static void
test_overview(void **state)
{
	struct fixture *f = *state;

	tell_estate(f);
	assert_answer(f, api_get_overview, NULL, NULL,
	    "{\"from\":\"2026-11-21\",\"to\":\"2026-11-24\",\"dates\":" DATES
	    ",\"newest-report\":\"2026-11-24T01:00:00Z\",\"levels\":" LEVELS(90,
		30, 40, 5, 10) ",\"unauthenticated\":" LEVELS(0, 0, 0, 0,
		1000) ",\"trust\":{\"authenticated\":4,\"unauthenticated\":1,"
		      "\"unaligned\":0,\"unsigned\":1,\"failed\":0,\"unverifiable\":0,"
		      "\"waiting\":0,\"unreadable\":1,\"foreign\":0,\"contradicted\":0,"
		      "\"duplicate\":1,\"implausible\":0},\"domains\":[" OF_A
		      "," OF_B "," OF_C
		      "],\"domains-in-all\":3,\"next\":null,\"reporters\":[" REPORTER(
			  "evil.example", "2026-11-22T01:00:00Z", 1,
			  1000) "," REPORTER("g.example",
			  "2026-11-24T01:00:00Z", 2,
			  100) "," REPORTER("m.example", "2026-11-22T01:00:00Z",
			  2, 75) "]}");
}

/* Of others there is nothing: no name, no number. */
static void
test_overview_of_one_who_sees_one_domain(void **state)
{
	struct fixture *f = *state;

	tell_estate(f);
	assert_answer(f, api_get_overview, "b.example", NULL,
	    "{\"from\":\"2026-11-21\",\"to\":\"2026-11-24\",\"dates\":" DATES
	    ",\"newest-report\":\"2026-11-22T01:00:00Z\",\"levels\":" LEVELS(0,
		30, 0, 3,
		0) ",\"unauthenticated\":null,"
		   "\"trust\":{\"authenticated\":1,\"unauthenticated\":0,"
		   "\"unaligned\":0,\"unsigned\":0,\"failed\":0,\"unverifiable\":0,"
		   "\"waiting\":0,\"unreadable\":0,\"foreign\":0,\"contradicted\":0,"
		   "\"duplicate\":0,\"implausible\":0},\"domains\":[" OF_B
		   "],\"domains-in-all\":1,\"next\":null,\"reporters\":[" REPORTER(
		       "m.example", "2026-11-22T01:00:00Z", 1, 33) "]}");
}

#define MARK(day, what)                                           \
	"{\"date\":\"2026-11-" day "\",\"kind\":\"certificate\"," \
	"\"text\":\"certificate-expired: " what "\"}"

/* One number only for who asks for it. */
static void
test_all_trust_merges(void **state)
{
	struct fixture *f = *state;
	struct asked k;

	tell_estate(f);
	prepare(f, &k, NULL, "a.example");
	k.query.trust = API_TRUST_ALL;
	k.query.to = DAY + 1;
	assert_string_equal(
	    "{\"rows\":[{\"date\":\"2026-11-21\",\"levels\":" LEVELS(90, 0, 40,
		2,
		1010) ",\"unauthenticated\":null,\"sessions\":1142,"
		      "\"failures\":1012,\"reports\":3,\"reporters\":3},"
		      "{\"date\":\"2026-11-22\",\"levels\":" LEVELS(0, 0, 7, 0,
			  0) ",\"unauthenticated\":null,\"sessions\":7,"
			     "\"failures\":0,\"reports\":1,\"reporters\":1}],"
			     "\"next\":null,\"marks\":[" MARK("21",
				 "first reported") "," MARK("22",
				 "not reported any more") "]}",
	    answer(&k, api_get_days));
	finish(&k);
}

static void
test_one_reporter(void **state)
{
	struct fixture *f = *state;
	struct asked k;

	tell_estate(f);
	prepare(f, &k, "a.example", "a.example");
	k.query.reporter = T("m.example");
	k.query.to = DAY;
	assert_string_equal(
	    "{\"rows\":[{\"date\":\"2026-11-21\",\"levels\":" LEVELS(0, 0, 40,
		2, 0) ",\"unauthenticated\":null,\"sessions\":42,"
		      "\"failures\":2,\"reports\":1,\"reporters\":1}],"
		      "\"next\":null,\"marks\":[]}",
	    answer(&k, api_get_days));
	finish(&k);
	prepare(f, &k, NULL, NULL);
	k.query.reporter = T("m.example");
	assert_non_null(strstr(answer(&k, api_get_overview),
	    "\"levels\":" LEVELS(0, 30, 40, 5, 0) ",\"unauthenticated\":null"));
	assert_null(strstr(k.answer.body.p, "g.example"));
	finish(&k);
	prepare(f, &k, "b.example", NULL);
	k.query.reporter = T("m.example");
	assert_non_null(strstr(answer(&k, api_get_overview),
	    "\"levels\":" LEVELS(0, 30, 0, 3, 0) ",\"unauthenticated\":null"));
	assert_null(strstr(k.answer.body.p, "a.example"));
	finish(&k);
}

static void
test_a_day_without_a_report_is_not_zero(void **state)
{
	struct fixture *f = *state;
	struct asked k;

	tell_estate(f);
	prepare(f, &k, NULL, "a.example");
	k.query.from = DAY + 1;
	k.query.to = DAY + 2;
	assert_string_equal(
	    "{\"rows\":[{\"date\":\"2026-11-22\",\"levels\":null,"
	    "\"unauthenticated\":null,\"sessions\":null,\"failures\":null,"
	    "\"reports\":0,\"reporters\":0},{\"date\":\"2026-11-23\","
	    "\"levels\":null,\"unauthenticated\":null,\"sessions\":null,"
	    "\"failures\":null,\"reports\":1,\"reporters\":1}],"
	    "\"next\":null,\"marks\":[]}",
	    answer(&k, api_get_days));
	finish(&k);
	assert_status(f, api_get_days, NULL, "d.example", 404);
}

static void
test_domains(void **state)
{
	struct fixture *f = *state;

	tell_estate(f);
	assert_answer(f, api_get_domains, "b.example", NULL,
	    "{\"rows\":[{\"domain\":\"b.example\","
	    "\"added\":\"2026-11-21T22:26:40Z\",\"token\":null,"
	    "\"last-report\":\"2026-11-22T01:00:00Z\",\"sessions\":33,"
	    "\"failures\":3,\"levels\":" LEVELS(0, 30, 0, 3,
		0) ",\"unauthenticated\":null}],\"next\":null}");
}

/* Of a group that is no policy. */
#define NO_POLICY \
	"\"policy-type\":null,\"policy-domain\":null,\"policy-string\":null"

static void
test_failures_name_their_trust(void **state)
{
	struct fixture *f = *state;
	struct asked k;

	tell_estate(f);
	prepare(f, &k, NULL, "a.example");
	k.query.group = API_GROUP_REPORTER;
	k.query.has_result_type = true;
	k.query.result_type = RESULT_VALIDATION_FAILURE;
	assert_non_null(strstr(answer(&k, api_get_failures),
	    "{\"key\":\"g.example\",\"result-type\":\"validation-failure\","
	    "\"sessions\":5,\"reports\":1,\"reporters\":1,"
	    "\"first-seen\":\"2026-11-21\",\"last-seen\":\"2026-11-21\","
	    "\"level\":\"not-sent\",\"trust\":\"authenticated\"," NO_POLICY
	    "}"));
	assert_non_null(strstr(k.answer.body.p,
	    "{\"key\":\"evil.example\",\"result-type\":\"validation-failure\","
	    "\"sessions\":null,\"reports\":1,\"reporters\":1,"
	    "\"first-seen\":\"2026-11-21\",\"last-seen\":\"2026-11-21\","
	    "\"level\":\"not-sent\",\"trust\":\"unauthenticated\"," NO_POLICY
	    "}"));
	finish(&k);
}

static void
test_failures_by_level(void **state)
{
	struct fixture *f = *state;
	struct asked k;

	tell_estate(f);
	prepare(f, &k, NULL, "a.example");
	k.query.level = LEVEL_CLEARTEXT;
	assert_string_equal(
	    "{\"rows\":[{\"key\":\"starttls-not-supported\","
	    "\"result-type\":\"starttls-not-supported\",\"sessions\":2,"
	    "\"reports\":1,\"reporters\":1,\"first-seen\":\"2026-11-21\","
	    "\"last-seen\":\"2026-11-21\",\"level\":\"cleartext-or-unknown\","
	    "\"trust\":\"authenticated\"," NO_POLICY
	    "}],\"next\":null,\"reporters\":3}",
	    answer(&k, api_get_failures));
	finish(&k);
}

static void
test_policies_and_comparison(void **state)
{
	struct fixture *f = *state;

	tell_estate(f);
	assert_answer(f, api_get_policies, NULL, "b.example",
	    "{\"rows\":[{\"policy-type\":\"sts\","
	    "\"policy-domain\":\"b.example\",\"policy-string\":["
	    "\"version: STSv1\",\"mode: testing\",\"mx: mx.a.example\"],"
	    "\"mx-host\":[],\"reporters\":[\"m.example\"],\"sessions\":33,"
	    "\"failures\":3,\"first-seen\":\"2026-11-21\","
	    "\"last-seen\":\"2026-11-21\",\"trust\":\"authenticated\"}],"
	    "\"next\":null}");
	assert_answer(f, api_get_compare, NULL, "b.example",
	    "{\"rows\":[{\"date\":\"2026-11-21\",\"reporter\":\"m.example\","
	    "\"sts\":{\"succeeded\":30,\"failed\":3},\"tlsa\":null,"
	    "\"trust\":\"authenticated\"}],\"next\":null}");
}

/* Silence is no success. */
static void
test_readiness(void **state)
{
	struct fixture *f = *state;

	tell_estate(f);
	assert_answer(f, api_get_readiness, "b.example", "b.example",
	    "{\"ready\":\"no\",\"basis\":{\"days\":1,\"reporters\":1,"
	    "\"sessions\":33,\"failures\":3,\"unreadable\":0,"
	    "\"silent-reporters\":0,\"enforced\":0},\"reasons\":[\"sessions failed that would "
	    "not have been delivered under enforce: mend what they failed with "
	    "first\"]}");
	assert_answer(f, api_get_readiness, "c.example", "c.example",
	    "{\"ready\":\"unknown\",\"basis\":{\"days\":0,\"reporters\":0,"
	    "\"sessions\":0,\"failures\":0,\"unreadable\":0,"
	    "\"silent-reporters\":0,\"enforced\":0},\"reasons\":[\"no report tells of a "
	    "policy in testing\"]}");
}

static void
test_marks_where_the_policy_changed(void **state)
{
	const struct told_report later = { "r8", 0, DAY + 1, "m.example",
		INBOX_COUNTED, TRUST_AUTHENTICATED, 8,
		{ { "b.example", POLICY_STS, ENFORCE, 5, 0, 0, 0 } } };
	struct fixture *f = *state;
	struct asked k;

	tell_estate(f);
	tell(f, &later);
	prepare(f, &k, NULL, "b.example");
	assert_non_null(strstr(answer(&k, api_get_days),
	    "\"marks\":[{\"date\":\"2026-11-22\",\"kind\":\"policy\","
	    "\"text\":\"sts b.example: version: STSv1\\nmode: enforce\\n"
	    "mx: mx.a.example\"}," MARK("21", "first reported") "," MARK("22",
		"not reported any more") "]"));
	finish(&k);
}

/* A failure of today: whether it is over nobody knows. What began before the
 * range has no mark in it; a week without makes it new. */
static void
test_marks_of_certificates_begin_and_end(void **state)
{
#define EXPIRED(intake, day, n)                                         \
	{                                                               \
		intake, 0, day, "m.example", INBOX_COUNTED,             \
		    TRUST_AUTHENTICATED, n,                             \
		{                                                       \
			{                                               \
				"b.example", POLICY_STS, ENFORCE, 5, 2, \
				    RESULT_CERTIFICATE_EXPIRED, 2       \
			}                                               \
		}                                                       \
	}
	const struct told_report reports[] = {
		EXPIRED("r1", DAY - 2, 1),
		EXPIRED("r2", DAY, 2),
		EXPIRED("r3", DAY + 9, 3),
		{ "r4", 0, DAY + 3, "m.example", INBOX_COUNTED,
		    TRUST_AUTHENTICATED, 4,
		    { { "b.example", POLICY_STS, ENFORCE, 5, 0, 0, 0 } } },
		{ "r5", 0, DAY + 3, "evil.example", INBOX_COUNTED,
		    TRUST_UNAUTHENTICATED, 5,
		    { { "b.example", POLICY_STS, ENFORCE, 0, 9,
			RESULT_CERTIFICATE_NOT_TRUSTED, 9 } } },
	};
	struct fixture *f = *state;
	struct asked k;

	own(f, "b.example");
	for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++)
		tell(f, &reports[i]);
	prepare(f, &k, NULL, "b.example");
	k.query.to = DAY + 9;
	assert_non_null(strstr(answer(&k, api_get_days),
	    "\"marks\":[" MARK("24", "not reported any more") "," MARK("30",
		"first reported") "]"));
	finish(&k);
}

/* -- reports -- */

static void
tell_both(struct fixture *f)
{
	const struct told_report both = { BOTH, 0, DAY, "m.example",
		INBOX_COUNTED, TRUST_AUTHENTICATED, 20,
		{ { "a.example", POLICY_NO_POLICY_FOUND, "", 40, 2,
		      RESULT_STARTTLS_NOT_SUPPORTED, 2 },
		    { "b.example", POLICY_STS, TESTING, 30, 3,
			RESULT_CERTIFICATE_EXPIRED, 3 } } };

	own(f, "a.example");
	own(f, "b.example");
	own(f, "c.example");
	tell(f, &both);
}

#define ROW(domains, succeeded, failed)                                   \
	"\"id\":\"" BOTH ".0\",\"received-at\":\"2026-11-22T01:00:00Z\"," \
	"\"way\":\"lmtp\",\"organization-name\":\"R\","                   \
	"\"reporter\":\"m.example\",\"report-id\":\"" BOTH "\","          \
	"\"start-datetime\":\"2026-11-21T00:00:00Z\","                    \
	"\"end-datetime\":\"2026-11-21T23:59:59Z\",\"domains\":[" domains \
	"],\"succeeded\":" #succeeded ",\"failed\":" #failed              \
	",\"verdict\":\"authenticated\",\"state\":\"counted\""

static void
test_reports_show_the_accounts_part(void **state)
{
	struct fixture *f = *state;

	tell_both(f);
	assert_answer(f, api_get_reports, NULL, NULL,
	    "{\"rows\":[{" ROW("\"a.example\",\"b.example\"", 70,
		5) ",\"deviations\":[]}],\"next\":null}");
	assert_answer(f, api_get_reports, "b.example", NULL,
	    "{\"rows\":[{" ROW("\"b.example\"", 30,
		3) ",\"deviations\":[]}],\"next\":null}");
	assert_answer(f, api_get_reports, "c.example", NULL,
	    "{\"rows\":[],\"next\":null}");
	assert_answer(f, api_get_report, "b.example", BOTH ".0",
	    "{" ROW("\"b.example\"", 30,
		3) ",\"contact-info\":\"tls@r.example\","
		   "\"peer\":\"192.0.2.9:25\",\"sender\":\"s@r.example\","
		   "\"recipient\":\"tls@o.example\",\"reason\":\"\","
		   "\"like\":null,\"trust-reasons\":[],\"deviations\":[],"
		   "\"policies\":[{\"policy\":1,\"domain\":\"b.example\","
		   "\"policy-type\":\"sts\",\"policy-domain\":\"b.example\","
		   "\"policy-string\":[\"version: STSv1\",\"mode: testing\","
		   "\"mx: mx.a.example\"],\"mx-host\":[],\"succeeded\":30,"
		   "\"failed\":3,\"level\":\"testing\","
		   "\"failure-level\":\"cleartext-or-unknown\","
		   "\"failures\":1}]}");
	assert_answer(f, api_get_report_failures, "b.example", BOTH ".0",
	    "{\"rows\":[{\"policy\":1,\"result-type\":\"certificate-expired\","
	    "\"sending-mta-ip\":\"192.0.2.1\","
	    "\"receiving-mx-hostname\":\"mx.example\","
	    "\"receiving-mx-helo\":\"mx.example hello\","
	    "\"receiving-ip\":\"2001:db8::1\",\"failed-session-count\":3,"
	    "\"additional-information\":null,"
	    "\"failure-reason-code\":\"a\\nreason\"}],\"next\":null}");
}

struct asked_filter {
	const char *domain; /* the account's; NULL: all */
	enum api_trust trust;
	int64_t verdict, state, level;
	const char *want; /* ids */
};

static void
assert_listed(struct fixture *f, const struct asked_filter *filter)
{
	struct buf ids = BUF_INIT(4096);
	struct asked k;
	const char *at;

	prepare(f, &k, filter->domain, NULL);
	k.query.trust = filter->trust;
	k.query.verdict = filter->verdict;
	k.query.state = filter->state;
	k.query.level = filter->level;
	at = answer(&k, api_get_reports);
	while ((at = strstr(at, "{\"id\":\"")) != NULL) {
		at += strlen("{\"id\":\"");
		buf_addf(&ids, "%.*s ", (int)strcspn(at, "."), at);
	}
	buf_addc(&ids, '\0');
	assert_string_equal(filter->want, ids.p);
	buf_free(&ids);
	finish(&k);
}

static void
test_reports_by_verdict_state_and_level(void **state)
{
	static const struct asked_filter filters[] = {
		{ NULL, API_TRUST_COUNTED, 0, 0, 0, "r7 r3 r2 r1 " },
		{ NULL, API_TRUST_COUNTED, TRUST_UNSIGNED, 0, 0, "r4 " },
		{ NULL, API_TRUST_COUNTED, TRUST_AUTHENTICATED, 0, 0,
		    "r7 r5 r2 r1 " },
		{ NULL, API_TRUST_COUNTED, 0, INBOX_UNREADABLE, 0, "r6 " },
		{ NULL, API_TRUST_COUNTED, TRUST_AUTHENTICATED, INBOX_DUPLICATE,
		    0, "r5 " },
		{ NULL, API_TRUST_COUNTED, TRUST_FAILED, 0, 0, "" },
		{ NULL, API_TRUST_COUNTED, 0, 0, LEVEL_NOT_SENT, "r3 r1 " },
		{ NULL, API_TRUST_AUTHENTICATED, 0, 0, LEVEL_NOT_SENT, "r1 " },
		{ NULL, API_TRUST_COUNTED, 0, 0, LEVEL_CLEARTEXT, "r2 " },
		{ NULL, API_TRUST_COUNTED, 0, 0, LEVEL_ENCRYPTED, "r2 " },
		{ "b.example", API_TRUST_COUNTED, 0, 0, LEVEL_TESTING, "r2 " },
		/* Those sessions of the same report are others'. */
		{ "b.example", API_TRUST_COUNTED, 0, 0, LEVEL_ENCRYPTED, "" },
		{ "b.example", API_TRUST_ALL, 0, INBOX_UNREADABLE, 0, "" },
	};
	struct fixture *f = *state;

	tell_estate(f);
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		assert_listed(f, &filters[i]);
}

static void
test_others_reports_are_not_there_by_id(void **state)
{
	static const char *const ids[] = { BOTH ".0", BOTH ".1", BOTH, BOTH ".",
		"x.0", "", "'.0", BOTH ".00000000000000000000000" };
	struct fixture *f = *state;

	tell_both(f);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		assert_status(f, api_get_report, "c.example", ids[i], 404);
		assert_status(f, api_get_report_failures, "c.example", ids[i],
		    404);
		assert_status(f, api_get_report_raw, "c.example", ids[i], 404);
		if (i > 0)
			assert_status(f, api_get_report, NULL, ids[i], 404);
	}
	/* b.example is in it, and another one as well. */
	assert_status(f, api_get_report_raw, "b.example", BOTH ".0", 404);
}

static void
test_raw_bytes_come_back(void **state)
{
	struct buf raw = BUF_INIT(4096);
	struct fixture *f = *state;
	struct asked k;
	struct db *db;

	tell_both(f);
	db = open_db(f);
	assert_ok(db_script(db, "DELETE FROM inbox_raw", NULL));
	db_close(db);
	assert_ok(gzip_compress(T("<script>"), &raw));
	assert_ok(store_inbox_put_raw(f->store, T(BOTH), buf_span(&raw), 8,
	    true, NULL, NULL));
	prepare(f, &k, NULL, BOTH ".0");
	assert_string_equal("<script>", answer(&k, api_get_report_raw));
	assert_string_equal("text/plain", k.answer.content_type);
	assert_string_equal(BOTH ".eml", k.answer.file_name);
	finish(&k);
	buf_free(&raw);
}

static void
test_cursors_are_not_believed(void **state)
{
	static const char *const cursors[] = { "", "1", "1 2 3", "x y z",
		"1 " BOTH, "-1 " BOTH " 0", "1 " BOTH " 0 0" };
	struct fixture *f = *state;
	struct asked k;

	tell_both(f);
	for (size_t i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++) {
		prepare(f, &k, NULL, NULL);
		k.query.cursor = span_str(cursors[i]);
		(void)answer(&k, api_get_reports);
		assert_int_equal(400, k.status);
		finish(&k);
	}
}

static void
test_search(void **state)
{
	struct fixture *f = *state;
	struct asked k;

	tell_both(f);
	prepare(f, &k, NULL, NULL);
	k.query.text = T("a.example");
	assert_string_equal(
	    "{\"rows\":[{\"kind\":\"domain\",\"text\":\"a.example\","
	    "\"link\":\"#/domain/a.example\"},{\"kind\":\"mx\","
	    "\"text\":\"a.example\",\"link\":\"#/reports?mx=a.example\"}],"
	    "\"next\":null}",
	    answer(&k, api_get_search));
	finish(&k);
	prepare(f, &k, "b.example", NULL);
	k.query.text = T("0190");
	assert_string_equal("{\"rows\":[{\"kind\":\"report\",\"text\":\"" BOTH
			    "\",\"link\":\"#/report/" BOTH
			    ".0\"}],\"next\":null}",
	    answer(&k, api_get_search));
	finish(&k);
	prepare(f, &k, "c.example", NULL);
	k.query.text = T("0190");
	assert_string_equal("{\"rows\":[],\"next\":null}",
	    answer(&k, api_get_search));
	finish(&k);
}

/* -- findings -- */

#define FINDING_OF(n) "01900000-0000-7000-8000-00000000010" #n

static void
put_finding(struct fixture *f, const char *id, const char *domain)
{
	assert_ok(store_finding_add(f->store,
	    &(const struct finding){ .id = span_str(id),
		.kind = T("foreign-mx"),
		.domain = span_str(domain),
		.subject = T("mx.e.example"),
		.severity = SEVERITY_CRITICAL,
		.conclusion = CONCLUSION_PATH,
		.confidence = CONFIDENCE_HIGH,
		.first_day = DAY,
		.last_day = DAY + 1,
		.opened_s = day_start_s(DAY + 2),
		.evidence = T("[{\"role\":\"shows\",\"failed\":3,\"x\":1}]") },
	    NULL));
}

#define FINDING_ROW(n, domain)                                                        \
	"{\"id\":\"" FINDING_OF(                                                      \
	    n) "\",\"kind\":\"foreign-mx\","                                          \
	       "\"meaning\":\"A reporter came to an MX host that is not yours.\","    \
	       "\"domain\":\"" domain                                                 \
	       "\",\"subject\":\"mx.e.example\",\"state\":\"open\","                  \
	       "\"severity\":\"critical\",\"conclusion\":\"path\","                   \
	       "\"confidence\":\"high\",\"first-seen\":\"2026-11-21\","               \
	       "\"last-seen\":\"2026-11-22\",\"opened-at\":\"2026-11-23T00:00:00Z\"," \
	       "\"closed-at\":null,\"muted-until\":null,\"reason\":\"\"}"

#define NOT_JUDGED ",\"next\":null,\"judged-at\":null}"
#define NO_FINDING "{\"rows\":[]" NOT_JUDGED

static void
test_findings(void **state)
{
	struct fixture *f = *state;
	struct asked k;

	put_finding(f, FINDING_OF(1), "a.example");
	put_finding(f, FINDING_OF(2), "b.example");
	put_finding(f, FINDING_OF(3), "");
	assert_answer(f, api_get_findings, NULL, NULL,
	    "{\"rows\":[" FINDING_ROW(1, "a.example") "," FINDING_ROW(2,
		"b.example") "," FINDING_ROW(3, "") "]" NOT_JUDGED);
	assert_answer(f, api_get_findings, "b.example", NULL,
	    "{\"rows\":[" FINDING_ROW(2, "b.example") "]" NOT_JUDGED);
	prepare(f, &k, NULL, NULL);
	k.query.finding_state = FINDING_CLOSED;
	assert_string_equal(NO_FINDING, answer(&k, api_get_findings));
	finish(&k);
}

/* Of the one that was seen on DAY and the day after. */
static void
test_findings_are_filtered(void **state)
{
	static const struct {
		struct api_query query;
		bool want;
	} cases[] = {
		{ { .kind = { "foreign-mx", 10 } }, true },
		{ { .kind = { "starttls-gone", 13 } }, false },
		{ { .severity = SEVERITY_CRITICAL }, true },
		{ { .severity = SEVERITY_WARNING }, false },
		{ { .conclusion = CONCLUSION_PATH }, true },
		{ { .conclusion = CONCLUSION_UNKNOWN }, false },
		{ { .from = DAY + 9, .to = DAY + 9 }, true },
		{ { .has_range = true, .from = DAY - 9, .to = DAY - 1 },
		    false },
		{ { .has_range = true, .from = DAY - 9, .to = DAY }, true },
		{ { .has_range = true, .from = DAY + 1, .to = DAY + 9 }, true },
		{ { .has_range = true, .from = DAY + 2, .to = DAY + 9 },
		    false },
	};
	struct fixture *f = *state;
	struct asked k;

	put_finding(f, FINDING_OF(1), "a.example");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		prepare(f, &k, NULL, NULL);
		k.query = cases[i].query;
		k.query.limit = API_LIMIT_DEFAULT;
		assert_string_equal(cases[i].want
			? "{\"rows\":[" FINDING_ROW(1,
			      "a.example") "]" NOT_JUDGED
			: NO_FINDING,
		    answer(&k, api_get_findings));
		finish(&k);
	}
}

/* That nothing is found is told apart from that nobody has looked. */
static void
test_findings_say_when_was_judged(void **state)
{
	struct fixture *f = *state;

	assert_answer(f, api_get_findings, NULL, NULL, NO_FINDING);
	assert_ok(store_finding_set_judged(f->store, day_start_s(DAY), NULL));
	assert_ok(
	    store_finding_set_judged(f->store, day_start_s(DAY) + 3600, NULL));
	assert_answer(f, api_get_findings, "a.example", NULL,
	    "{\"rows\":[],\"next\":null,"
	    "\"judged-at\":\"2026-11-21T01:00:00Z\"}");
}

static void
test_one_finding(void **state)
{
	struct fixture *f = *state;
	struct asked k;

	put_finding(f, FINDING_OF(1), "a.example");
	put_finding(f, FINDING_OF(3), "");
	prepare(f, &k, "a.example", FINDING_OF(1));
	assert_non_null(strstr(answer(&k, api_get_finding),
	    "\"next-step\":\"Look up the domain's MX records from other "
	    "networks. If the host is yours, say so: tlsrpt domain add --mx. "
	    "If not, sign the zone with DNSSEC, or enforce an MTA-STS policy.\","
	    "\"conclusion-in-words\":\"likely on the path to your servers\","
	    "\"evidence\":[{\"role\":\"shows\",\"failed\":3}]}"));
	assert_int_equal(200, k.status);
	finish(&k);
	assert_status(f, api_get_finding, NULL, FINDING_OF(3), 200);
	assert_status(f, api_get_finding, "a.example", FINDING_OF(3), 404);
	assert_status(f, api_get_finding, "b.example", FINDING_OF(1), 404);
	assert_status(f, api_get_finding, NULL, FINDING_OF(2), 404);
	assert_status(f, api_get_finding, NULL, "x", 404);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_findings),
		TEST(test_findings_are_filtered),
		TEST(test_findings_say_when_was_judged),
		TEST(test_one_finding),
		TEST(test_overview),
		TEST(test_overview_of_one_who_sees_one_domain),
		TEST(test_all_trust_merges),
		TEST(test_one_reporter),
		TEST(test_a_day_without_a_report_is_not_zero),
		TEST(test_domains),
		TEST(test_failures_name_their_trust),
		TEST(test_failures_by_level),
		TEST(test_policies_and_comparison),
		TEST(test_readiness),
		TEST(test_marks_where_the_policy_changed),
		TEST(test_marks_of_certificates_begin_and_end),
		TEST(test_reports_show_the_accounts_part),
		TEST(test_reports_by_verdict_state_and_level),
		TEST(test_others_reports_are_not_there_by_id),
		TEST(test_raw_bytes_come_back),
		TEST(test_cursors_are_not_believed),
		TEST(test_search),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
