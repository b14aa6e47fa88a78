#include "cli/demo_story.h"

#include <assert.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/siphash.h"

#define SEED UINT64_C(8460)
#define SIZE_UNIT 10  /* of a reporter, that a domain's volume is for */
#define EVEN_BELOW 10 /* so few sessions are as many each day */

enum trait {
	TRAIT_STS = 1,
	TRAIT_DANE = 2,
	TRAIT_BOTH = 4,
	TRAIT_BARE = 8,
};

enum days { DAYS_ANY, DAYS_TWO_OF_THREE, DAYS_EACH_SEVENTH, DAYS_FAILURES };

/* -- the tables -- */

struct mx {
	const char *host, *ip;
};

static const struct domain {
	const char *name;
	unsigned volume, every;
	struct mx mx[2];
} domains[] = {
#define STORY_DOMAIN(name, domain, volume, every, mx0, ip0, mx1, ip1) \
	{ domain, volume, every, { { mx0, ip0 }, { mx1, ip1 } } },
#include "cli/demo_story_domains.def"
#undef STORY_DOMAIN
};

static const struct reporter_of {
	struct story_sender sender;
	unsigned size, traits;
	enum days days;
} reporters[] = {
	[STORY_ALL] = { .size = 0 },
#define STORY_REPORTER(name, organization, domain, size, traits, days, way, \
    ip, delay_min)                                                          \
	{ { organization, domain, "tls-reports@" domain, ip, STORY_##way,   \
	      (delay_min)*60 },                                             \
		size, traits, DAYS_##days },
#include "cli/demo_story_reporters.def"
#undef STORY_REPORTER
};

static const struct published {
	enum story_domain_name domain;
	int64_t since; /* days ago */
	enum policy_type type;
	const char *lines;
} published[] = {
#define STORY_POLICY(domain, since, type, lines) \
	{ STORY_##domain, since, POLICY_##type, lines },
#include "cli/demo_story_policies.def"
#undef STORY_POLICY
};

static const struct failure {
	enum story_domain_name domain;
	int64_t first, last; /* days ago */
	enum story_reporter_name reporter;
	enum policy_type policy;
	enum result_type result;
	int mx;
	unsigned sessions;
	const char *reason, *info;
} failures[] = {
#define STORY_FAILURE(domain, first, last, reporter, policy, result, mx,  \
    sessions, reason, info)                                               \
	{ STORY_##domain, first, last, STORY_##reporter, POLICY_##policy, \
		RESULT_##result, mx, sessions, reason, info },
#include "cli/demo_story_failures.def"
#undef STORY_FAILURE
};

static const struct mishap {
	struct story_case about;
	enum story_what what;
} mishaps[] = {
#define STORY_MISHAP(ago, reporter, domain, what) \
	{ { ago, STORY_##domain, STORY_##reporter }, STORY_##what },
#include "cli/demo_story_mishaps.def"
#undef STORY_MISHAP
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *
story_domain(enum story_domain_name name)
{
	return domains[name].name;
}

const struct story_sender *
story_sender(enum story_reporter_name name)
{
	return &reporters[name].sender;
}

uint64_t
story_number(const struct story_case *c, uint64_t purpose)
{
	const struct siphash_key key = { SEED, purpose };
	const uint64_t text[] = { (uint64_t)c->ago, c->domain, c->reporter };

	return siphash(&key, text, sizeof(text), 1, 3);
}

/* -- policies -- */

/* NULL: there is none. */
static const struct published *
find_policy(const struct story_case *c, enum policy_type type)
{
	const struct published *found = NULL;

	for (size_t i = 0; i < COUNT(published); i++)
		if (published[i].domain == c->domain &&
		    published[i].type == type && published[i].since >= c->ago)
			found = &published[i];
	return found;
}

/* What the reporter finds; what it tells of both, if not both: RFC 8461 s2 has
 * DANE come first. */
static size_t
find_policies(const struct story_case *c,
    const struct published *ret[STORY_POLICIES_MAX])
{
	const unsigned traits = reporters[c->reporter].traits;
	const struct published *tlsa = (traits & TRAIT_DANE) == 0
	    ? NULL
	    : find_policy(c, POLICY_TLSA);
	const struct published *sts = (traits & TRAIT_STS) == 0
	    ? NULL
	    : find_policy(c, POLICY_STS);
	size_t n = 0;

	if (sts != NULL && (tlsa == NULL || (traits & TRAIT_BOTH) != 0))
		ret[n++] = sts;
	if (tlsa != NULL)
		ret[n++] = tlsa;
	return n;
}

/* -- failures -- */

static bool
is_seen(const struct failure *f, const struct story_case *c,
    enum policy_type type)
{
	return f->domain == c->domain && c->ago <= f->first &&
	    c->ago >= f->last && f->policy == type &&
	    (f->reporter == STORY_ALL || f->reporter == c->reporter);
}

static bool
has_failures(const struct story_case *c)
{
	const struct published *policies[STORY_POLICIES_MAX];
	size_t n = find_policies(c, policies);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < COUNT(failures); j++)
			if (is_seen(&failures[j], c, policies[i]->type))
				return true;
	return false;
}

static struct failure_detail
detail_of(const struct failure *f, const struct story_case *c)
{
	const struct mx *mx = f->mx < 0 ? NULL : &domains[c->domain].mx[f->mx];
	const struct reporter_of *r = &reporters[c->reporter];
	struct failure_detail d = {
		.type = f->result,
		.reason = span_str(f->reason),
		.info = span_str(f->info),
	};

	if (mx != NULL)
		d.mx_hostname = span_str(mx->host);
	if ((r->traits & TRAIT_BARE) != 0)
		return d;
	d.sending_ip = span_str(r->sender.ip);
	if (mx != NULL)
		d.receiving_ip = span_str(mx->ip);
	return d;
}

static void
add_failures(const struct story_case *c, struct report_policy *p)
{
	for (size_t i = 0; i < COUNT(failures); i++) {
		const struct failure *f = &failures[i];
		uint64_t sessions = (uint64_t)f->sessions *
		    reporters[c->reporter].size;

		if (!is_seen(f, c, p->policy.type))
			continue;
		assert(p->ndetails < STORY_DETAILS_MAX);
		p->details[p->ndetails++] = (struct report_detail){
			.detail = detail_of(f, c),
			.sessions = sessions,
		};
		p->failed += sessions;
	}
}

/* -- how much mail there is -- */

/* The 1970-01-01 was a Thursday. */
static bool
is_weekend(int64_t day)
{
	return day % 7 == 2 || day % 7 == 3;
}

static uint64_t
sessions_of(const struct story_case *c)
{
	const struct domain *d = &domains[c->domain];

	if (c->ago % d->every != 0)
		return 0;
	return (uint64_t)d->volume * reporters[c->reporter].size / SIZE_UNIT;
}

/* From 60 to 140 of a hundred, and less at weekends. */
static uint64_t
vary(const struct story_case *c, int64_t day, uint64_t sessions)
{
	if (sessions < EVEN_BELOW)
		return sessions;
	sessions = sessions * (60 + story_number(c, 0) % 81) / 100;
	return is_weekend(day) ? sessions * 2 / 5 : sessions;
}

/* -- whether there is a report -- */

static enum story_what
what_is(const struct story_case *c)
{
	for (size_t i = 0; i < COUNT(mishaps); i++)
		if (mishaps[i].about.ago == c->ago &&
		    mishaps[i].about.domain == c->domain &&
		    mishaps[i].about.reporter == c->reporter)
			return mishaps[i].what;
	return STORY_USUAL;
}

static bool
is_its_day(const struct story_case *c)
{
	switch (reporters[c->reporter].days) {
	case DAYS_TWO_OF_THREE:
		return c->ago % 3 != 0;
	case DAYS_EACH_SEVENTH:
		return c->ago % 7 == 1;
	case DAYS_FAILURES:
		return false;
	case DAYS_ANY:
		break;
	}
	return true;
}

bool
story_has(const struct story_case *c, enum story_what *ret)
{
	*ret = what_is(c);
	if (c->domain >= STORY_OURS)
		return *ret == STORY_MISPLACED;
	if (has_failures(c))
		return true;
	return is_its_day(c) && sessions_of(c) > 0;
}

/* -- the report -- */

static void
add_strings(const char *lines, struct span *strings, size_t *nstrings,
    struct span *hosts, size_t *nhosts)
{
	struct span rest = span_str(lines), line;

	while (rest.len > 0) {
		line = span_until(&rest, '\n');
		assert(*nstrings < STORY_STRINGS_MAX);
		strings[(*nstrings)++] = line;
		if (span_take(&line, SPAN_LIT("mx: ")))
			hosts[(*nhosts)++] = line;
	}
}

static void
add_policy(const struct story_case *c, enum policy_type type, const char *lines,
    struct story_report *r)
{
	const size_t i = r->report.npolicies++;
	struct report_policy *p = &r->policies[i];
	struct policy *policy = &p->policy;

	*p = (struct report_policy){ .details = r->details[i] };
	*policy = (struct policy){
		.type = type,
		.domain = span_str(story_domain(c->domain)),
		.strings = { r->strings[i], 0 },
		.mx_hosts = { r->mx_hosts[i], 0 },
	};
	add_strings(lines, r->strings[i], &policy->strings.n, r->mx_hosts[i],
	    &policy->mx_hosts.n);
	add_failures(c, p);
}

static void
add_policies(const struct story_case *c, struct story_report *r)
{
	const struct published *found[STORY_POLICIES_MAX];
	size_t n = find_policies(c, found);

	for (size_t i = 0; i < n; i++)
		add_policy(c, found[i]->type, found[i]->lines, r);
	if (n == 0)
		add_policy(c, POLICY_NO_POLICY_FOUND, "", r);
}

void
story_tell(const struct story_case *c, int64_t day, struct story_report *ret)
{
	const struct story_sender *s = story_sender(c->reporter);
	const uint64_t sessions = vary(c, day, sessions_of(c));
	char text[DAY_TEXT_SIZE];

	day_text(day, text);
	(void)snprintf(ret->id, sizeof(ret->id), "%s_%s", text,
	    story_domain(c->domain));
	ret->report = (struct report){
		.reporter = { span_str(s->organization), span_str(s->contact),
		    span_str(s->domain) },
		.id = span_str(ret->id),
		.domain = span_str(story_domain(c->domain)),
		.day = day,
		.policies = ret->policies,
	};
	add_policies(c, ret);
	for (size_t i = 0; i < ret->report.npolicies; i++) {
		struct report_policy *p = &ret->policies[i];

		p->succeeded = sessions > p->failed ? sessions - p->failed : 0;
	}
}
