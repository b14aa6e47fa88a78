#include "insight_fixture.h"

#include <stdlib.h>

#include "codec/lines.h"

int
story_setup(void **state)
{
	struct story *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->arena = ARENA_INIT((size_t)64 << 20);
	s->hosts[0] = SPAN_LIT("mx1.o.example");
	s->hosts[1] = SPAN_LIT("mx2.o.example");
	s->evidence = (struct evidence){ .domain = SPAN_LIT("o.example"),
		.today = TODAY,
		.as_of_s = day_end_s(TODAY),
		.hosts = { s->hosts, 2 },
		.days = s->days,
		.policies = s->policies,
		.failures = s->failures,
		.elsewhere = s->elsewhere,
		.own_days = s->own_days,
		.past = s->past };
	s->state = INBOX_COUNTED;
	s->verdict = TRUST_AUTHENTICATED;
	s->delay = 1;
	*state = s;
	return 0;
}

int
story_teardown(void **state)
{
	struct story *s = *state;

	arena_free(&s->arena);
	free(s);
	return 0;
}

static struct evidence_told
told(const struct story *s, const char *reporter, int64_t ago)
{
	return (struct evidence_told){ .day = TODAY - ago,
		.reporter = span_str(reporter),
		.state = s->state,
		.verdict = s->verdict,
		.intake = SPAN_LIT("i") };
}

static int64_t
received(const struct story *s, int64_t ago)
{
	return day_start_s(TODAY - ago + s->delay) + 7200;
}

void
tell_under(struct story *s, const char *reporter, int64_t ago,
    enum policy_type type, const char *policy_domain, const char *strings,
    uint64_t sessions, uint64_t failed)
{
	struct seen_policy *p = &s->policies[s->evidence.npolicies++];

	assert_true(s->evidence.npolicies < ROWS && s->evidence.ndays < ROWS);
	s->days[s->evidence.ndays++] = (struct evidence_day){
		.told = told(s, reporter, ago),
		.sessions = sessions,
		.failed = failed,
		.reports = 1,
		.first_received_s = received(s, ago),
		.received_s = received(s, ago),
	};
	*p = (struct seen_policy){
		.row = { .told = told(s, reporter, ago),
		    .type = type,
		    .policy_domain = span_str(policy_domain),
		    .strings = span_str(strings),
		    .mx_hosts = SPAN_LIT(""),
		    .succeeded = sessions - failed,
		    .failed = failed },
	};
	assert_ok(lines_split(p->row.strings, &s->arena, &p->policy.strings));
	p->policy.type = type;
	p->policy.domain = p->row.policy_domain;
	seen_policy_finish(p);
}

void
tell(struct story *s, const char *reporter, int64_t ago, uint64_t sessions,
    uint64_t failed)
{
	tell_under(s, reporter, ago, POLICY_STS, "o.example", ENFORCE, sessions,
	    failed);
}

struct evidence_failure *
tell_failed(struct story *s, const char *reporter, int64_t ago,
    enum result_type type, uint64_t sessions)
{
	struct evidence_failure *f = &s->failures[s->evidence.nfailures++];

	*f = (struct evidence_failure){
		.told = told(s, reporter, ago),
		.type = POLICY_STS,
		.level = LEVEL_NOT_SENT,
		.result = type,
		.mx = SPAN_LIT("mx1.o.example"),
		.receiving_ip = SPAN_LIT("198.51.100.1"),
		.sending_ip = SPAN_LIT("192.0.2.1"),
		.reason = SPAN_LIT(""),
		.sessions = sessions,
		.received_s = received(s, ago),
		.last_day = TODAY - ago,
	};
	return f;
}

void
quiet(struct story *s, const char *reporter, int64_t from, int64_t to,
    uint64_t sessions)
{
	for (int64_t ago = from; ago >= to; ago--)
		tell(s, reporter, ago, sessions, 0);
}

void
judge_story(struct story *s)
{
	assert_ok(rules_apply(&s->evidence, &s->arena, &s->found));
}

const struct found *
found(const struct story *s, enum finding_kind kind, const char *subject)
{
	for (size_t i = 0; i < s->found.n; i++)
		if (s->found.v[i].kind == kind &&
		    span_eq(s->found.v[i].subject, span_str(subject)))
			return &s->found.v[i];
	return NULL;
}
