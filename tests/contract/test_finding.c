/* The store contract: findings, and what they are concluded from. */
#include "inbox_estate.h"

#include "base/clock.h"
#include "store/store_evidence.h"
#include "store/store_finding.h"

#define T(text) SPAN_LIT(text)

static struct finding
make(const char *id, const char *domain, const char *subject)
{
	return (struct finding){ .id = span_str(id),
		.kind = T("starttls-gone"),
		.domain = span_str(domain),
		.subject = span_str(subject),
		.severity = SEVERITY_WARNING,
		.conclusion = CONCLUSION_UNKNOWN,
		.confidence = CONFIDENCE_LOW,
		.first_day = DAY,
		.last_day = DAY,
		.opened_s = NOW_S,
		.evidence = T("[]") };
}

static void
add(struct fixture *f, const struct finding *one)
{
	struct why why = { { 0 } };

	assert_ok_why(store_finding_add(f->store, one, &why), &why);
}

struct listing {
	char text[2048];
};

static enum err
note(void *arg, const struct finding *f)
{
	struct listing *l = arg;
	size_t n = strlen(l->text);

	(void)snprintf(l->text + n, sizeof(l->text) - n,
	    "%.*s %.*s %.*s %s %s %s %s %d %d %.*s %.*s\n", SPAN_ARG(f->id),
	    SPAN_ARG(f->domain), SPAN_ARG(f->subject),
	    finding_state_text(f->state), finding_severity_text(f->severity),
	    finding_conclusion_text(f->conclusion),
	    finding_confidence_text(f->confidence), (int)(f->first_day - DAY),
	    (int)(f->last_day - DAY), SPAN_ARG(f->reason),
	    SPAN_ARG(f->evidence));
	return E_OK;
}

static void
assert_listed(struct fixture *f, struct finding_filter filter, const char *want)
{
	struct listing l = { { 0 } };
	struct why why = { { 0 } };

	if (filter.allowed.p == NULL)
		filter.allowed = T("");
	if (filter.domain.p == NULL)
		filter.domain = T("");
	filter.max = 100;
	assert_ok_why(store_finding_list(f->store, &filter, note, &l, &why),
	    &why);
	assert_string_equal(want, l.text);
}

#define ALL ((struct finding_filter){ .state = 0 })

static void
test_a_finding_is_there_once(void **state)
{
	struct fixture *f = *state;
	struct finding one = make("1", "a.example", "x");
	struct finding again = make("2", "a.example", "x");
	struct finding other = make("3", "b.example", "x");

	add(f, &one);
	add(f, &again);
	add(f, &other);
	assert_listed(f, ALL,
	    "1 a.example x open warning unknown low 0 0  []\n"
	    "3 b.example x open warning unknown low 0 0  []\n");
}

static void
test_closed_is_another_one_when_it_comes_again(void **state)
{
	struct fixture *f = *state;
	struct finding one = make("1", "a.example", "x");
	struct finding again = make("2", "a.example", "x");
	struct listing l = { { 0 } };

	add(f, &one);
	assert_ok(store_finding_close(f->store, one.id, NOW_S + 9, NULL));
	add(f, &again);
	assert_listed(f, ALL,
	    "2 a.example x open warning unknown low 0 0  []\n"
	    "1 a.example x closed warning unknown low 0 0  []\n");
	assert_ok(
	    store_finding_current(f->store, T("a.example"), note, &l, NULL));
	assert_string_equal("2 a.example x open warning unknown low 0 0  []\n",
	    l.text);
	assert_listed(f, (struct finding_filter){ .state = FINDING_CLOSED },
	    "1 a.example x closed warning unknown low 0 0  []\n");
}

static void
test_a_finding_changes(void **state)
{
	struct fixture *f = *state;
	struct finding one = make("1", "a.example", "x");

	add(f, &one);
	one.state = FINDING_ACKNOWLEDGED;
	one.severity = SEVERITY_CRITICAL;
	one.conclusion = CONCLUSION_PATH;
	one.confidence = CONFIDENCE_HIGH;
	one.first_day = DAY - 1;
	one.last_day = DAY + 2;
	one.evidence = T("[1]");
	assert_ok(store_finding_update(f->store, &one, NULL));
	assert_listed(f, ALL,
	    "1 a.example x acknowledged critical path high -1 2  [1]\n");
	assert_ok(store_finding_close(f->store, one.id, NOW_S, NULL));
	one.severity = SEVERITY_INFO;
	assert_ok(store_finding_update(f->store, &one, NULL));
	assert_listed(f, ALL,
	    "1 a.example x closed critical path high -1 2  [1]\n");
}

static void
test_counted_by_severity(void **state)
{
	struct fixture *f = *state;
	struct finding one = make("1", "a.example", "x");
	struct finding other = make("2", "b.example", "x");
	struct finding grave = make("3", "a.example", "y");
	uint64_t n[FINDING_SEVERITIES] = { 9, 9, 9, 9 };

	add(f, &one);
	add(f, &other);
	grave.severity = SEVERITY_CRITICAL;
	add(f, &grave);
	assert_ok(store_finding_count(f->store, FINDING_OPEN, n, NULL));
	assert_int_equal(0, n[SEVERITY_INFO]);
	assert_int_equal(2, n[SEVERITY_WARNING]);
	assert_int_equal(1, n[SEVERITY_CRITICAL]);
	assert_ok(store_finding_close(f->store, one.id, NOW_S, NULL));
	assert_ok(store_finding_count(f->store, FINDING_OPEN, n, NULL));
	assert_int_equal(1, n[SEVERITY_WARNING]);
	assert_int_equal(1, n[SEVERITY_CRITICAL]);
}

static void
test_the_gravest_come_first(void **state)
{
	struct fixture *f = *state;
	struct finding v[3] = { make("1", "a.example", "x"),
		make("2", "a.example", "y"), make("3", "b.example", "z") };

	v[1].last_day = DAY + 1;
	v[2].severity = SEVERITY_CRITICAL;
	for (int i = 0; i < 3; i++)
		add(f, &v[i]);
	assert_listed(f, ALL,
	    "3 b.example z open critical unknown low 0 0  []\n"
	    "2 a.example y open warning unknown low 0 1  []\n"
	    "1 a.example x open warning unknown low 0 0  []\n");
	assert_listed(f, (struct finding_filter){ .domain = T("b.example") },
	    "3 b.example z open critical unknown low 0 0  []\n");
	assert_listed(f,
	    (struct finding_filter){ .allowed = T("|b.example|c.example|") },
	    "3 b.example z open critical unknown low 0 0  []\n");
	assert_listed(f, (struct finding_filter){ .allowed = T("|") }, "");
}

static void
test_a_person_marks_what_is_there(void **state)
{
	struct fixture *f = *state;
	struct finding one = make("1", "a.example", "x");
	struct why why = { { 0 } };

	add(f, &one);
	assert_ok(store_finding_mark(f->store, one.id, FINDING_MUTED, NOW_S + 1,
	    T("known"), NULL));
	assert_listed(f, ALL,
	    "1 a.example x muted warning unknown low 0 0 known []\n");
	assert_err(E_ABSENT,
	    store_finding_mark(f->store, T("2"), FINDING_MUTED, 0, T(""),
		&why));
	assert_string_equal("there is no finding 2, or it is closed", why.text);
	assert_ok(store_finding_close(f->store, one.id, NOW_S, NULL));
	assert_err(E_ABSENT,
	    store_finding_mark(f->store, one.id, FINDING_ACKNOWLEDGED, 0, T(""),
		NULL));
}

static void
test_one_finding(void **state)
{
	struct fixture *f = *state;
	struct finding one = make("1", "a.example", "x");
	struct listing l = { { 0 } };

	add(f, &one);
	assert_ok(store_finding_get(f->store, one.id, note, &l, NULL));
	assert_string_equal("1 a.example x open warning unknown low 0 0  []\n",
	    l.text);
	assert_err(E_ABSENT,
	    store_finding_get(f->store, T("2"), note, &l, NULL));
}

static void
test_those_of_domains_that_went_are_closed(void **state)
{
	struct fixture *f = *state;
	struct finding v[3] = { make("1", "a.example", "x"),
		make("2", "b.example", "x"), make("3", "", "x") };

	own(f, "a.example");
	for (int i = 0; i < 3; i++)
		add(f, &v[i]);
	assert_ok(store_finding_disown(f->store, NOW_S, NULL));
	assert_listed(f, ALL,
	    "1 a.example x open warning unknown low 0 0  []\n"
	    "3  x open warning unknown low 0 0  []\n"
	    "2 b.example x closed warning unknown low 0 0  []\n");
}

/* -- evidence: the estate is counted by hand in inbox_estate.h -- */

static const struct evidence_scope scope = { .domain = T("a.example"),
	.first = DAY,
	.last = DAY + 2,
	.until_s = INT64_MAX,
	.max = 100 };

static enum err
note_day(void *arg, const struct evidence_day *d)
{
	struct listing *l = arg;
	size_t n = strlen(l->text);

	(void)snprintf(l->text + n, sizeof(l->text) - n,
	    "%d %.*s %d %d: %d %d %d of %d\n", (int)(d->told.day - DAY),
	    SPAN_ARG(d->told.reporter), (int)d->told.state,
	    (int)d->told.verdict, (int)d->sessions, (int)d->failed,
	    (int)d->not_sent, (int)d->reports);
	return E_OK;
}

static void
assert_days(struct fixture *f, struct evidence_scope s, const char *want)
{
	struct listing l = { { 0 } };
	struct why why = { { 0 } };

	assert_ok_why(store_evidence_days(f->store, &s, note_day, &l, &why),
	    &why);
	assert_string_equal(want, l.text);
}

static void
test_days_by_reporter_and_trust(void **state)
{
	struct fixture *f = *state;
	struct evidence_scope early = scope;

	tell_estate(f);
	assert_days(f, scope,
	    "0 g.example 1 1: 100 10 10 of 1\n"
	    "2 g.example 1 1: 0 0 0 of 1\n"
	    "0 m.example 1 1: 42 2 0 of 1\n"
	    "0 evil.example 1 3: 1000 1000 1000 of 1\n"
	    "0 g.example 3 1: 100 10 10 of 1\n"
	    "1 u.example 2 5: 7 0 0 of 1\n");
	/* Each came an hour after its day. */
	early.until_s = day_start_s(DAY + 1) + 3599;
	assert_days(f, early, "");
	early.until_s++;
	early.last = DAY + 1;
	assert_days(f, early,
	    "0 g.example 1 1: 100 10 10 of 1\n"
	    "0 m.example 1 1: 42 2 0 of 1\n"
	    "0 evil.example 1 3: 1000 1000 1000 of 1\n"
	    "0 g.example 3 1: 100 10 10 of 1\n");
	/* What counts and is authenticated is not pushed out. */
	early.max = 2;
	assert_days(f, early,
	    "0 g.example 1 1: 100 10 10 of 1\n"
	    "0 m.example 1 1: 42 2 0 of 1\n");
}

static enum err
note_policy(void *arg, const struct evidence_policy *p)
{
	struct listing *l = arg;
	size_t n = strlen(l->text);

	if (p->told.state == INBOX_COUNTED && p->told.verdict == 1)
		(void)snprintf(l->text + n, sizeof(l->text) - n,
		    "%d %.*s %s %d %d\n", (int)(p->told.day - DAY),
		    SPAN_ARG(p->told.reporter), policy_type_text(p->type),
		    (int)p->succeeded, (int)p->failed);
	return E_OK;
}

static void
test_policies_that_were_seen(void **state)
{
	struct fixture *f = *state;
	struct listing l = { { 0 } };

	tell_estate(f);
	assert_ok(
	    store_evidence_policies(f->store, &scope, note_policy, &l, NULL));
	assert_string_equal("0 g.example tlsa 95 5\n"
			    "0 g.example sts 90 10\n"
			    "2 g.example sts 0 0\n"
			    "0 m.example no-policy-found 40 2\n",
	    l.text);
}

static enum err
note_failure(void *arg, const struct evidence_failure *d)
{
	struct listing *l = arg;
	size_t n = strlen(l->text);

	(void)snprintf(l->text + n, sizeof(l->text) - n,
	    "%d-%d %.*s %d %s %s level %d: %d\n", (int)(d->told.day - DAY),
	    (int)(d->last_day - DAY), SPAN_ARG(d->told.reporter),
	    (int)d->told.verdict, policy_type_text(d->type),
	    result_type_text(d->result), (int)d->level, (int)d->sessions);
	return E_OK;
}

/* A count that is not told is one. */
static void
test_failures(void **state)
{
	struct fixture *f = *state;
	struct listing l = { { 0 } };

	tell_estate(f);
	assert_ok(
	    store_evidence_failures(f->store, &scope, note_failure, &l, NULL));
	assert_string_equal(
	    "0-0 g.example 1 sts certificate-expired level 5: 10\n"
	    "0-0 g.example 1 tlsa validation-failure level 5: 5\n"
	    "0-0 m.example 1 no-policy-found starttls-not-supported level 4: 2\n"
	    "0-0 evil.example 3 sts validation-failure level 5: 1\n",
	    l.text);
}

static enum err
note_reporter(void *arg, struct span reporter, int64_t last, uint64_t domains)
{
	struct listing *l = arg;
	size_t n = strlen(l->text);

	(void)snprintf(l->text + n, sizeof(l->text) - n, "%.*s %d %d\n",
	    SPAN_ARG(reporter), (int)(last - DAY), (int)domains);
	return E_OK;
}

static void
test_reporters_of_all_domains(void **state)
{
	struct fixture *f = *state;
	struct listing l = { { 0 } };

	tell_estate(f);
	assert_ok(store_evidence_reporters(f->store, &scope,
	    TRUST_AUTHENTICATED, note_reporter, &l, NULL));
	assert_string_equal("g.example 2 1\nm.example 0 2\n", l.text);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_finding_is_there_once),
		TEST(test_closed_is_another_one_when_it_comes_again),
		TEST(test_a_finding_changes),
		TEST(test_counted_by_severity),
		TEST(test_the_gravest_come_first),
		TEST(test_a_person_marks_what_is_there),
		TEST(test_one_finding),
		TEST(test_those_of_domains_that_went_are_closed),
		TEST(test_days_by_reporter_and_trust),
		TEST(test_policies_that_were_seen),
		TEST(test_failures),
		TEST(test_reporters_of_all_domains),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
